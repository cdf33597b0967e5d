// One posed mesh: world positions and normals come in ready.
#include "aperture.glsl"
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
out float gap;  // light that comes in between the lips, per vertex: too dear per pixel
void main() {
    world = position;
    world_normal = normal;
    texel = uv;
    sky = mix(occlusion.x, occlusion.y, jaw);
    cavity = occlusion.z;
    gap = through_lips(position, normalize(normal));
    gl_Position = view_projection * vec4(position, 1);
}
