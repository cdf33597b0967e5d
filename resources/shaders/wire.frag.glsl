// Edges of a mesh, and the dark body that hides those behind it; edges that look away are paler.
in vec3 world;
in vec3 world_normal;
uniform vec3 camera_position;
uniform vec4 tone;
uniform float body;
out vec4 colour;
void main() {
    float facing = abs(dot(normalize(world_normal), normalize(camera_position - world)));
    colour = vec4(tone.rgb * mix(.35 + .65 * facing, .55 + .45 * facing, body), tone.a);
}
