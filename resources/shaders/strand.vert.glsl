// One point of a strand: position, direction, place along it and a number of its own.
in vec3 position;
in vec3 direction;
in vec2 place;   // 0 root .. 1 tip, random per strand
uniform mat4 view_projection;
uniform mat4 carry;  // rigid motion (rows first)
out vec3 world;
out vec3 along;
out vec2 spot;
void main() {
    vec4 p = carry * vec4(position, 1);
    world = p.xyz;
    along = mat3(carry) * direction;
    spot = place;
    gl_Position = view_projection * p;
}
