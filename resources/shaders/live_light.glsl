// Lamps of the live tier: one shadowed key, the other lamps and the room without shadows, a film curve in the shader.
#include "lamps.glsl"
uniform vec3 camera_position;
uniform sampler2D shadow_map;
uniform mat4 shadow_matrix;
uniform float exposure;

float key_shadow(vec3 p, vec3 n) {
    vec3 s = (shadow_matrix * vec4(p + n * .15, 1)).xyz * .5 + .5;
    const vec2 e = vec2(1.1 / 1024., 0.);
    float z = s.z - .0012;
    return .25 * (step(z, texture(shadow_map, s.xy + e.xy).r) + step(z, texture(shadow_map, s.xy - e.xy).r)
        + step(z, texture(shadow_map, s.xy + e.yx).r) + step(z, texture(shadow_map, s.xy - e.yx).r));
}

// The film tier's curve with cheap powers: x^1.25, then a square root for the display.
vec3 develop(vec3 c) {
    c *= exposure;
    c = mix(c, vec3(dot(c, vec3(.25, .55, .20))), .07);
    vec3 x = c * sqrt(sqrt(max(c, 1e-6)));
    return sqrt(clamp(x / (x + .534) * 1.04, 0., 1.));
}
