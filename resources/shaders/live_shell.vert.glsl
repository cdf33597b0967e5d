// One point of the hair shell. The shell is lit as it lies on the head at rest, with lamp and camera turned instead, so
// that its streaks stay where they are when the head turns.
#include "live_room.glsl"
in vec3 position;
in vec3 direction;
in vec2 place;   // share of the height, density of roots
uniform mat4 view_projection;
uniform vec3 camera_position;
uniform mat4 carry;
uniform vec3 middle;   // of the head, in the world
out vec3 rest;
out vec3 outward;
out vec3 along;
out vec3 half_way;   // between key and camera
out vec2 spot;
out vec3 room;
void main() {
    vec3 world = (carry * vec4(position, 1)).xyz, n = normalize(world - middle);
    mat3 back = transpose(mat3(carry));
    rest = position;
    outward = back * n;
    along = direction;
    half_way = back * normalize(light_direction[0] + normalize(camera_position - world));
    spot = place;
    room = room_light(n);
    gl_Position = view_projection * vec4(world, 1);
}
