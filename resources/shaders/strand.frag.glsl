// Hair of the film tier: three lobes in the manner of Marschner et al. 2003 (R, TT, TRT) on Kajiya-Kay terms.
#include "film_light.glsl"
in vec3 world;
in vec3 along;
in vec2 spot;
uniform vec3 middle;      // centre of the head, for the overall normal
uniform vec3 hair_colour;
uniform float opacity;
uniform float root_fade;
uniform float tip_fade;   // how far the tips fade, and from which share of the length
uniform float tip_start;
uniform float gloss;
layout(location = 0) out vec4 colour;

float ridge(vec3 t, vec3 h, float power) { float a = dot(t, h); return pow(max(sqrt(max(1. - a * a, 0.)), 1e-3), power); }

void main() {
    vec3 t = normalize(along), v = normalize(camera_position - world), out_n = normalize(world - middle);
    vec3 n = normalize(out_n - t * dot(out_n, t) * .7);
    vec3 base = hair_colour * (.35 + 1.3 * spot.y) * (.5 + .75 * spot.x);
    float shadow = key_shadow(world, out_n * 1.6), deep = .18 + .82 * smoothstep(0., .6, spot.x);
    float jitter = (spot.y - .5) * .26;
    vec3 sum = base * irradiance(n) * deep;
    for (int i = 0; i < 4; i++) {
        vec3 l = light_direction[i], h = normalize(l + v);
        vec3 lamp = light_colour[i] * (i == 0 ? mix(.10, 1., shadow) : 1.) * smoothstep(-.35, .5, dot(out_n, l));
        float across = sqrt(max(1. - square(dot(t, l)), 0.));
        float r = ridge(normalize(t + n * (.07 + jitter)), h, 90.), trt = ridge(normalize(t - n * (.12 - jitter)), h, 26.);
        sum += lamp * deep * (base * across * .30 + vec3(gloss) * r + base * trt * 1.7);
        sum += light_colour[i] * (i == 0 ? shadow : 1.) * base * smoothstep(.3, .95, -dot(l, v)) * .30 * across;
    }
    float fade = opacity * mix(1., smoothstep(0., .25, spot.x), root_fade) * (1. - tip_fade * smoothstep(tip_start, 1., spot.x));
    colour = vec4(sum, fade);
}
