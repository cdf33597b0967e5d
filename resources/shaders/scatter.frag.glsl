// One direction of a Gaussian over skin that stops at depth edges.
in vec2 at;
uniform sampler2D source;
uniform vec2 stride;      // one texel in the direction of the pass
uniform float sigma;      // in texels
out vec4 blurred;
float square_gap(float d) { return d * d * 2.; }
void main() {
    vec4 here = texture(source, at);
    if (here.a <= 0.) { blurred = here; return; }
    vec3 sum = vec3(0);
    float weight = 0.;
    float reach = sigma * 2.6 / 6.;
    for (int i = -6; i <= 6; i++) {
        float x = float(i) * reach;
        vec4 c = texture(source, at + stride * x);
        float w = c.a <= 0. ? 0. : exp(-.5 * x * x / (sigma * sigma) - square_gap(c.a - here.a));
        sum += c.rgb * w;
        weight += w;
    }
    blurred = vec4(sum / max(weight, 1e-5), here.a);
}
