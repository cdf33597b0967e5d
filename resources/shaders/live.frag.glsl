// Surfaces of the live tier, by `MATERIAL`: 0 skin, 1 cloth, 2 teeth, 3 tongue.
#include "live_light.glsl"
#if MATERIAL != 1
#include "aperture.glsl"
#endif
in vec3 world;
in vec3 world_normal;
in vec2 texel;
in float sky;
in float cavity;
uniform sampler2D albedo_map;
uniform sampler2D detail_map;
out vec4 colour;

void main() {
    vec3 n = normalize(world_normal), v = normalize(camera_position - world);
    if (!gl_FrontFacing) n = -n;
    vec3 albedo = texture(albedo_map, texel).rgb;
    albedo *= albedo;
    float ao = sky, rough = .75, f0 = .028;
    vec3 wrap = vec3(0), nd = n;
#if MATERIAL == 0
    vec4 fine = texture(detail_map, texel);
    rough = fine.w;
    nd = normalize(n + vec3((fine.xy - .502) * 1.2, 0.));  // the face looks along +z: near enough for pores
    wrap = vec3(.34, .15, .09);
    if (cavity > .02) ao = mix(ao, (min(sky * 2.2 + .25, 1.)) * through_lips(world, n), cavity);
#elif MATERIAL > 1
    ao = through_lips(world, n) * .92 + .05;
    rough = .32;
    f0 = .04;
    wrap = vec3(.4);
#endif
    float facing = dot(nd, light_direction[0]), shadow = facing > -.35 ? key_shadow(world, n) : 0.;
#if MATERIAL > 1
    shadow *= smoothstep(.02, .45, ao);
#endif
    vec3 diffuse = light_colour[0] * clamp((facing + wrap) / (1. + wrap), 0., 1.) * mix(vec3(shadow), vec3(sqrt(shadow), shadow, shadow), .6);
    diffuse += light_colour[1] * max(dot(nd, light_direction[1]), 0.) * ao;
    diffuse += (light_colour[2] * max(dot(n, light_direction[2]), 0.) + light_colour[3] * max(dot(n, light_direction[3]), 0.)) * ao;
    diffuse += irradiance(n) * ao;
    vec3 h = normalize(light_direction[0] + v);
    float a = rough * rough, nh = max(dot(nd, h), 0.), d = nh * nh * (a * a - 1.) + 1.;
    float mirror = a * a / (d * d) * f0 * shadow * max(facing, 0.) * .8;
    float edge = 1. - max(dot(n, v), 0.);
    edge = edge * edge * edge * (1. - rough) * .5 * ao;
    colour = vec4(develop(albedo * diffuse + light_colour[0] * mirror + irradiance(n) * edge), 1);
}
