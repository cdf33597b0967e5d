// One posed mesh: world positions and normals come in ready.
in vec3 position;
in vec3 normal;
in vec2 uv;
in vec3 occlusion;  // sky seen with the jaw shut, with the jaw open; how far inside the mouth
uniform mat4 view_projection;
uniform float jaw;
out vec3 world;
out vec3 world_normal;
out vec2 texel;
out float sky;
out float cavity;
void main() {
    world = position;
    world_normal = normal;
    texel = uv;
    sky = mix(occlusion.x, occlusion.y, jaw);
    cavity = occlusion.z;
    gl_Position = view_projection * vec4(position, 1);
}
