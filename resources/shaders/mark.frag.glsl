// A round dot with a dark rim, so that it shows on light skin and dark cloth alike.
uniform vec4 tone;
out vec4 colour;
void main() {
    float r = length(gl_PointCoord * 2. - 1.);
    colour = vec4(mix(tone.rgb, vec3(.02, .05, .04), smoothstep(.5, .68, r)), tone.a * (1. - smoothstep(.8, 1., r)));
}
