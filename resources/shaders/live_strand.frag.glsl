// Hair of the live tier: lines, lit at their points.
in vec3 shade;
uniform float opacity;
out vec4 colour;
void main() {
    colour = vec4(shade, opacity);
}
