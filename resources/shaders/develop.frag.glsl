// Film curve and resolve: each sample is developed, then the samples are averaged under a soft lens; straight alpha.
in vec2 at;
uniform sampler2D picture;
uniform vec2 texel_size;   // of the fine picture
uniform int samples;       // fine samples per side of an output pixel
uniform float exposure;
out vec4 colour;

// Naka-Rushton response (1966) around 18 % grey, with a little crosstalk so that highlights lose colour as on film.
vec3 develop(vec3 c) {
    c *= exposure;
    c = mix(c, vec3(dot(c, vec3(.25, .55, .20))), .07);
    const float slope = 1.38, grey = .18;
    vec3 x = pow(max(c, 1e-6), vec3(slope));
    vec3 y = x / (x + pow(grey, slope) * (1. - grey) / grey);
    y = mix(vec3(dot(y, vec3(.2126, .7152, .0722))), y, 1.06);
    return pow(clamp(y * 1.04, 0., 1.), vec3(1. / 2.2));
}

void main() {
    vec3 sum = vec3(0);
    float alpha = 0., weight = 0.;
    for (int i = 0; i < samples + 2; i++)
        for (int j = 0; j < samples + 2; j++) {
            vec2 d = vec2(i, j) - .5 * float(samples + 1);
            if (samples == 1 ? dot(d, d) > .1 : dot(d, d) > float(samples * samples)) continue;
            vec4 c = texture(picture, at + d * texel_size);
            float w = exp(-dot(d, d) / (float(samples * samples) * .30)), a = w * clamp(c.a, 0., 1.);
            sum += develop(c.rgb) * a;
            alpha += a;
            weight += w;
        }
    colour = vec4(alpha > 0. ? sum / alpha : vec3(0), alpha / weight);
}
