// Everything but the key, lit per vertex: the room, the fill and the rims change slowly over the head.
#include "lamps.glsl"
vec3 room_light(vec3 n) {
    vec3 sum = max(vec3(0), ambient[0] + ambient[1] * n.y + ambient[2] * n.z + ambient[3] * n.x + ambient[4] * n.x * n.y
        + ambient[5] * n.y * n.z + ambient[6] * (3. * n.z * n.z - 1.) + ambient[7] * n.x * n.z
        + ambient[8] * (n.x * n.x - n.y * n.y));
    for (int i = 1; i < 4; i++) sum += light_colour[i] * max(dot(n, light_direction[i]), 0.);
    return sum;
}
