// Lamps of the live tier: one shadowed key, the other lamps and the room without shadows, a film curve in the shader.
#include "lamps.glsl"
uniform vec3 camera_position;
uniform float exposure;

// The film tier's curve with cheap powers: x^1.25, then a square root for the display.
vec3 develop(vec3 c) {
    c *= exposure;
    c = mix(c, vec3(dot(c, vec3(.25, .55, .20))), .07);
    vec3 x = c * sqrt(sqrt(max(c, 1e-6)));
    return sqrt(clamp(x / (x + .534) * 1.04, 0., 1.));
}
