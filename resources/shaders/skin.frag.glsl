// Skin of the film tier: irradiance apart from albedo (it is scattered later) and mirrored light apart from both.
#include "film_light.glsl"
in vec3 world;
in vec3 world_normal;
in vec2 texel;
in float sky;
in float cavity;
in float gap;
uniform sampler2D albedo_map;
uniform sampler2D normal_map;    // tangent space: r along u, g along v, b height
uniform sampler2D surface_map;   // r roughness, g open pores and oil, b lips
uniform float detail_strength;
uniform float wetness;
layout(location = 0) out vec4 shine;
layout(location = 1) out vec4 glow;
layout(location = 2) out vec4 tint;

vec3 bent_normal(vec3 n, vec2 w, vec2 slope) {
    vec2 dx = dFdx(w), dy = dFdy(w);
    vec3 px = dFdx(world), py = dFdy(world), r1 = cross(py, n), r2 = cross(n, px);
    vec3 t = r1 * dx.x + r2 * dy.x, b = r1 * dx.y + r2 * dy.y;
    float size = inversesqrt(max(max(dot(t, t), dot(b, b)), 1e-12));
    return normalize(n + (t * slope.x + b * slope.y) * size);
}

float lobe(vec3 n, vec3 v, vec3 l, float a, float f0) {
    vec3 h = normalize(l + v);
    float nl = max(dot(n, l), 0.);
    return nl * schlick(max(dot(l, h), 0.), f0) * ggx(max(dot(n, h), 0.), a)
        * visibility(nl, max(dot(n, v), .06), a);
}

void main() {
    vec3 n = normalize(world_normal), v = normalize(camera_position - world);
    if (!gl_FrontFacing) n = -n;
    vec2 w = texel;
    const vec3 usual = vec3(.54, .35, .26);  // blemishes and blood stand out a little more than painted
    vec3 albedo = usual * pow(linear_colour(texture(albedo_map, w).rgb) / usual, vec3(1.22));
    vec3 fine = texture(normal_map, w).rgb, surface = texture(surface_map, w).rgb;
    float lip = surface.b, rough = clamp(surface.r, .22, .85);
    vec3 nd = bent_normal(n, w, (fine.xy - .50196) * 2. * detail_strength);

    float ao = mix(clamp(sky, 0., 1.), min(sky * 2.2 + .25, 1.) * gap, cavity);
    vec3 ao3 = pow(vec3(ao), vec3(.78, 1.02, 1.12));  // blood keeps shaded folds warm
    float shadow = dot(n, light_direction[0]) > -.3 ? key_shadow(world, n) : 0.;
    shadow *= mix(1., smoothstep(.0, .35, gap), cavity);

    vec3 wrap = vec3(.10, .03, .015);
    vec3 cosine = mix(vec3(dot(nd, light_direction[0])), vec3(dot(n, light_direction[0])), vec3(.45, .15, .05));
    vec3 diffuse = light_colour[0] * clamp((cosine + wrap) / (1. + wrap), 0., 1.) * vec3(shadow);
    diffuse += light_colour[1] * clamp((dot(nd, light_direction[1]) + .15) / 1.15, 0., 1.) * ao3;
    float open = smoothstep(.15, .75, ao);
    for (int i = 2; i < 4; i++) diffuse += light_colour[i] * clamp((dot(nd, light_direction[i]) + .1) / 1.1, 0., 1.) * open;
    diffuse += irradiance(mix(n, nd, .7)) * ao3;

    float pit = clamp((fine.b - .5) * 3.5, -.6, .6);  // pores and wrinkles hold less of the highlight
    float oil = (.75 + .95 * surface.g) * (1. + pit) * (1. - cavity * .3);
    float f0 = mix(.028, .038, cavity * wetness), a = rough * rough, glossy = smoothstep(.3, .95, ao) * oil;
    float nv = max(dot(nd, v), .05);
    vec3 mirror = vec3(0);
    mirror += light_colour[0] * PI * shadow * oil
        * (.82 * lobe(nd, v, light_direction[0], min(a + .06, 1.), f0) + .18 * lobe(nd, v, light_direction[0], a * .45 + .05, f0));
    mirror += light_colour[1] * PI * glossy * lobe(nd, v, light_direction[1], min(a + .1, 1.), f0);
    // the rims graze: the head itself hides them from all but its outline
    float outline = smoothstep(.75, .25, dot(n, v)) * glossy * .8;
    for (int i = 2; i < 4; i++) mirror += light_colour[i] * PI * outline * lobe(n, v, light_direction[i], min(a + .15, 1.), f0);
    float edge = f0 + (max(1. - rough, f0) - f0) * pow(1. - nv, 5.);
    mirror += irradiance(reflect(-v, nd)) * edge * glossy * .9;
    mirror *= 1. + lip * .35;
    shine = vec4(mirror, 1);
    glow = vec4(diffuse, 1);
    tint = vec4(albedo, 1);
}
