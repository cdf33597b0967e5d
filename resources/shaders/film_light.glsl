// Lamps, room and shadows of the film tier. Expects highp floats; every sample pattern is fixed, so nothing flickers.
const float PI = 3.14159265;
uniform vec3 camera_position;
uniform vec3 light_direction[4];  // key, fill, two rims
uniform vec3 light_colour[4];
uniform vec3 ambient[9];
uniform sampler2DArray environment;
uniform sampler2D shadow_map;
uniform mat4 shadow_matrix;
uniform float shadow_width;  // half width of the key's softest shadow, in shadow map units
uniform float shadow_growth;  // how fast it softens with the distance of what casts it
#ifndef TAPS
#define TAPS 18
#define SEARCH 9
#endif
uniform vec2 disc[TAPS];  // Vogel disc of radius 1

float square(float x) { return x * x; }

vec3 irradiance(vec3 n) {
    return max(vec3(0), ambient[0] + ambient[1] * n.y + ambient[2] * n.z + ambient[3] * n.x + ambient[4] * n.x * n.y
        + ambient[5] * n.y * n.z + ambient[6] * (3. * n.z * n.z - 1.) + ambient[7] * n.x * n.z
        + ambient[8] * (n.x * n.x - n.y * n.y));
}

vec3 mirrored(vec3 d, float rough) {
    vec2 uv = vec2(atan(d.x, d.z) / (2. * PI) + .5, acos(clamp(d.y, -1., 1.)) / PI);
    float level = clamp(rough * 5. - .2, 0., 4.), low = floor(level);
    return mix(textureLod(environment, vec3(uv, low), 0.).rgb,
               textureLod(environment, vec3(uv, min(low + 1., 4.)), 0.).rgb, level - low);
}

// GGX distribution and height-correlated visibility: Walter et al. 2007 (33), Heitz 2014 (99).
float ggx(float nh, float a) { float d = nh * nh * (a * a - 1.) + 1.; return a * a / (PI * d * d); }
float visibility(float nl, float nv, float a) {
    float k = a * a;
    return .5 / (nl * sqrt(nv * nv * (1. - k) + k) + nv * sqrt(nl * nl * (1. - k) + k) + 1e-5);
}
float schlick(float c, float f0) { float x = 1. - c, y = x * x; return f0 + (1. - f0) * y * y * x; }

float hash(vec2 p) {
    vec3 q = fract(vec3(p.xyx) * .1031);
    q += dot(q, q.yzx + 33.33);
    return fract((q.x + q.y) * q.z);
}
float noise(vec2 p) {
    vec2 i = floor(p), f = fract(p);
    f = f * f * (3. - 2. * f);
    return mix(mix(hash(i), hash(i + vec2(1, 0)), f.x), mix(hash(i + vec2(0, 1)), hash(i + vec2(1, 1)), f.x), f.y);
}
// Percentage-closer soft shadows (Fernando 2005) over a Vogel disc; its turn depends on the place inside the 2x2
// samples of an output pixel only, so the resolve averages four discs and no grain is left.
float key_shadow(vec3 p, vec3 n) {
    float lean = 1. - clamp(dot(normalize(n), light_direction[0]), 0., 1.);  // grazing light needs more room
    vec3 s = (shadow_matrix * vec4(p + n * (.10 + .45 * lean * lean), 1)).xyz * .5 + .5;
    float bias = .0006, turn = .3927 * dot(mod(floor(gl_FragCoord.xy), 2.), vec2(1., 2.));
    mat2 spin = mat2(cos(turn), sin(turn), -sin(turn), cos(turn)) * shadow_width;
    float depth = 0., count = 0.;
    for (int i = 0; i < SEARCH; i++) {
        float d = texture(shadow_map, s.xy + spin * disc[i * (TAPS / SEARCH)]).r;
        float near = step(d, s.z - bias);
        depth += d * near;
        count += near;
    }
    if (count < .5) return 1.;
    spin *= clamp((s.z - depth / count) * shadow_growth, .06, 1.);
    float lit = 0.;
    for (int i = 0; i < TAPS; i++) lit += step(s.z - bias, texture(shadow_map, s.xy + spin * disc[i]).r);
    return lit / float(TAPS);
}

vec3 linear_colour(vec3 c) { return pow(c, vec3(2.2)); }
