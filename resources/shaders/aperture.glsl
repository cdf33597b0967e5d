// Light that comes in between the lips: form factor of the lip polygon (Lambert's formula, Baum et al. 1989 eq. 9).
uniform vec3 lips[8];
uniform vec3 lips_normal;
float through_lips(vec3 p, vec3 n) {
    vec3 centre = vec3(0);
    for (int i = 0; i < 8; i++) centre += lips[i] * .125;
    float sum = 0.;
    vec3 a = normalize(lips[7] - p);
    for (int i = 0; i < 8; i++) {
        vec3 b = normalize(lips[i] - p), c = cross(a, b);
        float l = length(c);
        if (l > 1e-5) sum += asin(clamp(l, 0., 1.)) * dot(c / l, n);
        a = b;
    }
    float before = dot(p - centre, lips_normal);  // the tip of the tongue may be outside
    return mix(clamp(abs(sum) / 6.28318531, 0., 1.), 1., smoothstep(-.25, .35, before));
}
