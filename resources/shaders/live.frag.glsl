// Surfaces of the live tier, by `MATERIAL`: 0 skin, 1 cloth, 2 teeth, 3 tongue.
#include "live_light.glsl"
in vec3 world;
in vec3 world_normal;
in vec2 texel;
in float sky;
in float cavity;
in vec3 room;
in float gap;
uniform sampler2D albedo_map;
uniform sampler2D surface_map;
out vec4 colour;

void main() {
    vec3 n = normalize(world_normal), v = normalize(camera_position - world);
    if (!gl_FrontFacing) n = -n;
    vec3 albedo = texture(albedo_map, texel).rgb;
    albedo *= albedo;
    float ao = sky, rough = .75, f0 = .028;
    vec3 wrap = vec3(0), nd = n;
#if MATERIAL == 0
    rough = texture(surface_map, texel).r;
    wrap = vec3(.24, .12, .08);
    ao = mix(ao, min(sky * 2.2 + .25, 1.) * gap, cavity);
#elif MATERIAL > 1
    ao = sqrt(gap) * .86 + .1;
    rough = .32;
    f0 = .04;
    wrap = vec3(.4);
#endif
    float facing = dot(nd, light_direction[0]), shadow = facing > -.35 ? key_shadow(world, n) : 0.;
#if MATERIAL > 1
    shadow = max(shadow, MATERIAL == 2 ? .4 : .1) * smoothstep(.0, .12, gap);
#endif
    vec3 diffuse = light_colour[0] * clamp((facing + wrap) / (1. + wrap), 0., 1.) * mix(vec3(shadow), vec3(sqrt(shadow), shadow, shadow), .35);
    diffuse += room * ao;
    vec3 h = normalize(light_direction[0] + v);
    float a = rough * rough, nh = max(dot(nd, h), 0.), d = nh * nh * (a * a - 1.) + 1.;
    float mirror = a * a / (d * d) * f0 * shadow * max(facing, 0.) * .5;
    float edge = 1. - max(dot(n, v), 0.);
    edge = edge * edge * edge * (1. - rough) * .5 * ao;
    colour = vec4(develop(albedo * diffuse + light_colour[0] * mirror + room * edge), 1);
}
