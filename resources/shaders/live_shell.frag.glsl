// Hair shell of the live tier: streaks along the strands are cut out of each layer, thinner towards the hairline; where
// hair is FULL the outermost layer hides the others.
#include "live_light.glsl"
in vec3 rest;
in vec3 outward;
in vec3 along;
in vec3 half_way;
in vec2 spot;
in vec3 room;
uniform mat4 carry;
uniform vec3 hair_colour;
uniform sampler2D streaks;
out vec4 colour;
void main() {
    vec3 t = normalize(along), n = outward, across = normalize(cross(t, n));
    vec2 at = vec2(dot(rest, across) * .16, dot(rest, t) * .014);
    float streak = texture(streaks, at).r * .65 + texture(streaks, at * 2.7 + .37).r * .35, alpha = 1.;
#ifndef FULL
    float full = clamp((spot.y - .28) / .5, 0., 1.);  // roots count from a little away: step back from the edge
    float fill = full * mix(1.9, .85, spot.x * spot.x);
    if (streak > fill + .12) discard;
    alpha = smoothstep(.12, -.02, streak - fill);
#endif
    vec3 l = transpose(mat3(carry)) * light_direction[0];
    vec3 base = hair_colour * (.35 + 1.3 * streak) * (.35 + .75 * spot.x);
    vec3 bent = normalize(t + n * (.12 + (streak - .5) * .5));
    float tl = dot(t, l), th = dot(bent, half_way), sine = sqrt(max(1. - tl * tl, 0.)), lit = smoothstep(-.3, .5, dot(n, l));
    float shine = max(1. - th * th, 0.);
    shine *= shine; shine *= shine; shine *= shine;
    vec3 sum = base * room + light_colour[0] * lit * (base * (sine * .5 + shine * .9) + .015 * shine * shine);
    colour = vec4(develop(sum), alpha);
}
