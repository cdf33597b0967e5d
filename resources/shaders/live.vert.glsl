// One mesh of the live tier: face shapes (here if SHAPES is defined, else done already), then the turn of the head.
#include "live_room.glsl"
#if MATERIAL != 1
#include "aperture.glsl"
#endif
in vec3 position;
in vec3 normal;
in vec2 uv;
in vec3 occlusion;
in float follow;
uniform mat4 view_projection;
uniform mat4 carry;   // rigid motion of the head
uniform float jaw;
#ifdef SHAPES
uniform sampler2D shape_offsets;   // SHAPES wide; `rows` rows a shape: offsets
uniform sampler2D shape_normals;   // likewise: changes of the normal
uniform int rows;
uniform int active_count;
uniform int active_shape[52];
uniform float active_weight[52];
#endif
out vec3 world;
out vec3 world_normal;
out vec2 texel;
out float sky;
out float cavity;
out vec3 room;
out float gap;
void main() {
    vec3 p = position, n = normal;
#ifdef SHAPES
    for (int i = 0; i < active_count; i++) {
        ivec2 at = ivec2(gl_VertexID % SHAPES, gl_VertexID / SHAPES + active_shape[i] * rows);
        p += active_weight[i] * texelFetch(shape_offsets, at, 0).xyz;
        n += active_weight[i] * texelFetch(shape_normals, at, 0).xyz;
    }
#endif
    world = mix(p, (carry * vec4(p, 1)).xyz, follow);
    world_normal = mix(n, mat3(carry) * n, follow);
    room = room_light(normalize(world_normal));
    texel = uv;
    sky = mix(occlusion.x, occlusion.y, jaw);
    cavity = occlusion.z;
#if MATERIAL != 1
    gap = through_lips(world, normalize(world_normal));
#else
    gap = 1.;
#endif
    gl_Position = view_projection * vec4(world, 1);
}
