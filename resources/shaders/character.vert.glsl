// An imported character: its shapes are summed already, here the head turns.
#include "live_room.glsl"
in vec3 position;
in vec3 normal;
in vec2 uv;
in float follow;
in vec3 tint;
uniform mat4 view_projection;
uniform mat4 carry;   // rigid motion of the head
out vec3 world;
out vec3 world_normal;
out vec2 texel;
out vec3 room;
out vec3 dye;
void main() {
    world = mix(position, (carry * vec4(position, 1)).xyz, follow);
    world_normal = mix(normal, mat3(carry) * normal, follow);
    room = room_light(normalize(world_normal));
    texel = uv;
    dye = tint;
    gl_Position = view_projection * vec4(world, 1);
}
