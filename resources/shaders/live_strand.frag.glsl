// Hair of the live tier: Kajiya-Kay (1989) with two highlights.
#include "live_light.glsl"
in vec3 world;
in vec3 along;
in vec2 spot;
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
    vec3 sum = base * irradiance(n) + light_colour[0] * lit * (base * (sine * .5 + shine * .9) + .02 * shine * shine);
    sum += (light_colour[2] * max(dot(n, light_direction[2]), 0.) + light_colour[3] * max(dot(n, light_direction[3]), 0.)) * base;
    colour = vec4(develop(sum), opacity);
}
