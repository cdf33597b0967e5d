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
uniform int shadow_taps;

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
float hash3(vec3 p) { return fract(sin(dot(p, vec3(12.9898, 78.233, 45.164))) * 43758.5453); }
float noise3(vec3 p) {
    vec3 i = floor(p), f = fract(p);
    f = f * f * (3. - 2. * f);
    vec4 a = vec4(hash3(i), hash3(i + vec3(1, 0, 0)), hash3(i + vec3(0, 1, 0)), hash3(i + vec3(1, 1, 0)));
    vec4 b = vec4(hash3(i + vec3(0, 0, 1)), hash3(i + vec3(1, 0, 1)), hash3(i + vec3(0, 1, 1)), hash3(i + vec3(1)));
    vec4 c = mix(a, b, f.z);
    return mix(mix(c.x, c.y, f.x), mix(c.z, c.w, f.x), f.y);
}

// Percentage-closer soft shadows (Fernando 2005) over a Vogel disc; its turn depends on the place inside the 2x2
// samples of an output pixel only, so the resolve averages four discs and no grain is left.
float key_shadow(vec3 p, vec3 n) {
    vec3 s = (shadow_matrix * vec4(p + n * .12, 1)).xyz * .5 + .5;
    float bias = .0006, turn = 1.571 * dot(mod(floor(gl_FragCoord.xy), 2.), vec2(1., 2.)) * .25;
    float depth = 0., count = 0.;
    int search = shadow_taps / 2;
    for (int i = 0; i < search; i++) {
        float r = sqrt((float(i) + .5) / float(search)) * shadow_width, t = float(i) * 2.39996 + turn;
        float d = texture(shadow_map, s.xy + vec2(cos(t), sin(t)) * r).r;
        if (d < s.z - bias) { depth += d; count += 1.; }
    }
    if (count < .5) return 1.;
    float width = clamp((s.z - depth / count) * shadow_growth, .06, 1.) * shadow_width;
    float lit = 0.;
    for (int i = 0; i < shadow_taps; i++) {
        float r = sqrt((float(i) + .5) / float(shadow_taps)) * width, t = float(i) * 2.39996 + turn + 1.;
        lit += step(s.z - bias, texture(shadow_map, s.xy + vec2(cos(t), sin(t)) * r).r);
    }
    return lit / float(shadow_taps);
}

vec3 linear_colour(vec3 c) { return pow(c, vec3(2.2)); }
