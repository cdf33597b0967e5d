// Surfaces of the live tier, by `MATERIAL`: 0 skin, 1 cloth, 2 teeth, 3 tongue.
#include "live_light.glsl"
#include "live_shadow.glsl"
in vec2 texel;
in vec3 around;
in vec3 place;
in vec3 away;
in vec2 slope;
in float gap;
uniform sampler2D albedo_map;   // alpha: roughness of skin
out vec4 colour;

void main() {
    vec4 paint = texture(albedo_map, texel);
    vec3 albedo = paint.rgb * paint.rgb;
    float shadow = key_shadow(place), side = 1.;
#if MATERIAL == 1
    if (!gl_FrontFacing) side = -1.;   // collar and lapels are open sheets
#endif
    float facing = slope.x * side;
#if MATERIAL == 0
    float rough = paint.a;
    const vec3 wrap = vec3(.24, .12, .08);
    const float f0 = .028;
#elif MATERIAL == 1
    const float rough = .75, wrap = 0., f0 = .028;
#else
    const float rough = .32, wrap = .4, f0 = .04;
    shadow = max(shadow, MATERIAL == 2 ? .4 : .1) * smoothstep(.0, .12, gap);
#endif
    vec3 diffuse = clamp((facing + wrap) / (1. + wrap), 0., 1.) * light_colour[0];
    diffuse *= vec3(mix(shadow, sqrt(shadow), .35), shadow, shadow);
    diffuse += around;
    float a = rough * rough, nh = max(1. - .5 * dot(away, away), 0.), d = nh * nh * (a * a - 1.) + 1.;
    float mirror = a * a / (d * d) * (f0 * .5) * shadow * max(facing, 0.);
    float edge = 1. - max(slope.y * side, 0.);
    edge = edge * edge * edge * (1. - rough) * .5;
    colour = vec4(develop(albedo * diffuse + light_colour[0] * mirror + around * edge), 1);
}
