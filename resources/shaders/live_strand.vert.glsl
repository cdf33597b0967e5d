// One point of a strand: position, direction, place along it and a number of its own. Kajiya-Kay (1989) with two
// highlights, at the points: a line between two of them is only a few pixels long.
#include "live_room.glsl"
#include "live_light.glsl"
in vec3 position;
in vec3 direction;
in vec2 place;   // 0 root .. 1 tip, random per strand
uniform mat4 view_projection;
uniform mat4 carry;  // rigid motion (rows first)
uniform vec3 middle;
uniform vec3 hair_colour;
out vec3 shade;
void main() {
    vec3 world = (carry * vec4(position, 1)).xyz, t = normalize(mat3(carry) * direction);
    vec3 v = normalize(camera_position - world), n = normalize(world - middle);
    vec3 base = hair_colour * (.6 + .8 * place.y) * (.5 + .6 * place.x), l = light_direction[0], h = normalize(l + v);
    float tl = dot(t, l), th = dot(t + n * .1, h), sine = sqrt(max(1. - tl * tl, 0.)), lit = smoothstep(-.3, .5, dot(n, l));
    float shine = max(1. - th * th, 0.);
    shine *= shine; shine *= shine; shine *= shine;
    shade = develop(base * room_light(n) + light_colour[0] * lit * (base * (sine * .5 + shine * .9) + .02 * shine * shine));
    gl_Position = view_projection * vec4(world, 1);
}
