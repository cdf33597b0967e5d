// Cloth, teeth and tongue of the film tier, by `material`: 0 cloth, 1 teeth, 2 tongue and gums.
#include "film_light.glsl"
in vec3 world;
in vec3 world_normal;
in vec2 texel;
in float sky;
in float cavity;
in float gap;
uniform sampler2D albedo_map;
uniform int material;
uniform vec3 base_colour;
layout(location = 0) out vec4 shine;
layout(location = 1) out vec4 glow;
layout(location = 2) out vec4 tint;

// Bump without a tangent frame: Mikkelsen 2010, equation 20. h in centimetres.
vec3 bump(vec3 n, float h) {
    vec3 px = dFdx(world), py = dFdy(world), r1 = cross(py, n), r2 = cross(n, px);
    float det = dot(px, r1);
    return normalize(abs(det) * n - sign(det) * (dFdx(h) * r1 + dFdy(h) * r2));
}

void main() {
    vec4 image = texture(albedo_map, texel);
    if (image.a < .5) discard;
    vec3 n = normalize(world_normal), v = normalize(camera_position - world);
    if (!gl_FrontFacing) n = -n;
    vec3 albedo = linear_colour(image.rgb) * base_colour;
    float ao = clamp(sky, 0., 1.), rough = .75, f0 = .028, wrap = 0.;
    float shadow = key_shadow(world, n);
    if (material > 0) {
        ao = pow(gap, material == 1 ? .40 : .5) * .86 + (material == 1 ? .11 : .05);
        shadow = max(shadow, material == 1 ? .4 : .1) * smoothstep(.0, .12, gap);  // enamel passes light on
        rough = material == 1 ? .30 : .38;
        f0 = material == 1 ? .045 : .035;
        wrap = material == 1 ? .45 : .3;
    } else {
        float weave = noise(texel * vec2(700., 520.)) * .5 + noise(texel * vec2(420., 1300.)) * .5;
        albedo *= .84 + .32 * weave;
        float fold = noise(texel * vec2(16., 11.) + 3.) + .45 * noise(texel * vec2(29., 37.)) + .2 * noise(texel * 90.);
        n = bump(n, fold * .28);
    }
    vec3 diffuse = light_colour[0] * clamp((dot(n, light_direction[0]) + wrap) / (1. + wrap), 0., 1.) * shadow;
    for (int i = 1; i < 4; i++) diffuse += light_colour[i] * clamp((dot(n, light_direction[i]) + wrap * .5) / (1. + wrap * .5), 0., 1.) * ao;
    diffuse += irradiance(n) * ao;
    float nv = max(dot(n, v), .05), a = rough * rough;
    vec3 mirror = vec3(0);
    for (int i = 0; i < 2; i++) {
        vec3 h = normalize(light_direction[i] + v);
        float nl = max(dot(n, light_direction[i]), 0.);
        mirror += light_colour[i] * PI * (i == 0 ? shadow : ao) * nl * schlick(max(dot(light_direction[i], h), 0.), f0)
            * ggx(max(dot(n, h), 0.), a) * visibility(nl, nv, a);
    }
    mirror += irradiance(reflect(-v, n)) * (f0 + (max(1. - rough, f0) - f0) * pow(1. - nv, 5.)) * ao;
    if (material == 0) mirror += irradiance(n) * pow(1. - nv, 3.) * .05 * ao;  // fuzz at grazing angles
    shine = vec4(albedo * diffuse + mirror, 1);
    glow = vec4(0);
    tint = vec4(0, 0, 0, 1);
}
