// Points and lines drawn over the picture.
in vec3 position;
uniform mat4 view_projection;
uniform float size;
void main() {
    gl_Position = view_projection * vec4(position, 1);
    gl_PointSize = size;
}
