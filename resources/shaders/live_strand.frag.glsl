// Hair of the live tier: Kajiya-Kay (1989) with two highlights.
#include "live_light.glsl"
in vec3 world;
in vec3 along;
in vec2 spot;
in vec3 room;
uniform vec3 middle;
uniform vec3 hair_colour;
uniform float opacity;
out vec4 colour;
void main() {
    vec3 t = normalize(along), v = normalize(camera_position - world), n = normalize(world - middle);
    vec3 base = hair_colour * (.6 + .8 * spot.y) * (.5 + .6 * spot.x), l = light_direction[0], h = normalize(l + v);
    float tl = dot(t, l), th = dot(t + n * .1, h), sine = sqrt(max(1. - tl * tl, 0.)), lit = smoothstep(-.3, .5, dot(n, l));
    float shine = max(1. - th * th, 0.);
    shine *= shine; shine *= shine; shine *= shine;
    vec3 sum = base * room + light_colour[0] * lit * (base * (sine * .5 + shine * .9) + .02 * shine * shine);
    colour = vec4(develop(sum), opacity);
}
