// A triangle strip over the whole picture.
in vec2 corner;
out vec2 at;
void main() {
    at = corner * .5 + .5;
    gl_Position = vec4(corner, 0, 1);
}
