// Eyeball of the film tier: sclera, refracted iris, cornea highlight, shade of the lids and the wet lower edge.
#include "film_light.glsl"
in vec3 world;
in vec3 world_normal;
in vec2 texel;
in float sky;
in float cavity;
uniform mat3 turn;          // eyeball to world
uniform vec3 centre;
uniform float radius;
uniform vec3 iris_colour;
uniform mat3 facing;        // head to world, for lid coordinates
uniform vec2 upper[4];      // lid edges in head axes, from the eye's centre, in radii, x rising
uniform vec2 lower[4];
layout(location = 0) out vec4 shine;
layout(location = 1) out vec4 glow;
layout(location = 2) out vec4 tint;
const float IRIS = .47;

float edge_at(vec2 lid[4], float x) {
    float y = lid[0].y;
    for (int i = 0; i < 3; i++) {
        float t = clamp((x - lid[i].x) / max(lid[i + 1].x - lid[i].x, 1e-3), 0., 1.);
        if (x >= lid[i].x) y = mix(lid[i].y, lid[i + 1].y, t);
    }
    return y;
}

void main() {
    vec3 v = normalize(camera_position - world);
    vec3 ball = transpose(turn) * (world - centre) / radius, s = normalize(ball), view = transpose(turn) * v;
    float out_r = length(s.xy), front = step(0., s.z);
    vec3 bulge = s;
    if (front > 0. && out_r < IRIS * 1.15)
        bulge = normalize(mix(s, normalize(vec3(s.xy * 1.55, s.z)), smoothstep(IRIS * 1.15, IRIS * .85, out_r)));
    vec3 n = normalize(turn * bulge), ns = normalize(turn * s);

    vec3 ray = refract(-view, bulge, 1. / 1.336);
    vec3 hit = ball + ray * max((.78 - ball.z) / min(ray.z, -1e-3), 0.);
    float r = length(hit.xy) / (IRIS * .98), angle = atan(hit.y, hit.x);
    float fibre = noise(vec2(angle * 14., r * 2.5)) * .5 + noise(vec2(angle * 34. + 3., r * 4.)) * .5;
    vec3 iris = iris_colour * (.45 + 1.15 * fibre);
    iris = mix(iris, iris_colour * vec3(1.6, 1.25, .8) * (.55 + .6 * fibre), smoothstep(.66, .36, r) * .6);
    iris *= mix(1., .28, smoothstep(.76, 1., r)) * smoothstep(.30, .37, r);

    float mottle = noise(s.xy * 14.) * .5 + noise(s.xy * 31. + 7.) * .5;
    float vein = smoothstep(.035, .0, abs(noise(s.xy * vec2(9., 16.) + noise(s.xy * 22.) * 1.6) - .5));
    vec3 sclera = vec3(.56, .52, .50) * (.93 + .1 * mottle);
    sclera = mix(sclera, vec3(.58, .30, .26), clamp(vein * smoothstep(.5, .95, out_r) * .3 + smoothstep(.62, 1.05, out_r) * .42, 0., .6));
    float inside = front * smoothstep(1.10, .88, out_r / IRIS);
    vec3 albedo = mix(sclera, iris, inside);

    vec3 lid = transpose(facing) * (world - centre) / radius;
    float top = edge_at(upper, lid.x) - lid.y, bottom = lid.y - edge_at(lower, lid.x);
    float shade = smoothstep(.0, .40, top) * mix(.55, 1., smoothstep(-.05, .16, bottom));
    float corner = smoothstep(0., .3, lid.x - upper[0].x) * smoothstep(0., .3, upper[3].x - lid.x);
    shade *= mix(.6, 1., corner);
    float shadow = key_shadow(world, ns) * mix(.35, 1., shade);

    vec3 wrap = vec3(.30, .22, .18);
    vec3 lit = clamp((dot(ns, light_direction[0]) + wrap) / (1. + wrap), 0., 1.);
    vec3 bowl = turn * normalize(vec3(-s.xy * .6, 1.));  // the iris is concave: it lights up opposite the lamp
    lit = mix(lit, vec3(clamp(dot(bowl, light_direction[0]) * .85 + .2, 0., 1.)), inside);
    vec3 diffuse = light_colour[0] * lit * shadow + light_colour[1] * max(dot(ns, light_direction[1]) * .8 + .2, 0.) * shade
        + irradiance(ns) * shade;
    vec3 colour = albedo * diffuse * vec3(1., .97, .95);

    float nv = max(dot(n, v), .05), fresnel = min(schlick(nv, .028), .22);
    colour += mirrored(reflect(-v, n), inside > .3 ? .0 : .1) * fresnel * mix(1.2, 2.6, inside) * smoothstep(.0, .3, shade) * mix(.45, 1., shadow);
    float tear = smoothstep(.10, .03, bottom) * smoothstep(-.04, .02, bottom);  // meniscus on the lower lid
    vec3 wet = normalize(ns + facing * vec3(0, .75, .2));
    colour += mirrored(reflect(-v, wet), .12) * tear * .035;
    shine = vec4(colour, 1);
    glow = vec4(0);
    tint = vec4(0, 0, 0, 1);
}
