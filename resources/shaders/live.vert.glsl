// One mesh of the live tier: face shapes (here if SHAPES is defined, else done already), the turn of the head, and all
// light that changes slowly. On a software rasteriser the pixels of small triangles cost far more than their corners.
#include "live_room.glsl"
#include "live_lamp.glsl"
#if MATERIAL != 1
#include "aperture.glsl"
#endif
in vec3 position;
in vec3 normal;
in vec2 uv;
in vec3 occlusion;
in float follow;
uniform mat4 view_projection;
uniform vec3 camera_position;
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
out vec3 around;     // the room's light, as far as it comes here
out vec3 place;      // in the key lamp's depth picture
out vec3 away;       // normal less the way half between key and camera: it stays straight between corners
out vec2 slope;      // how far it faces the key, the camera
out float gap;       // light between the lips
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
    world_normal = normalize(mix(n, mat3(carry) * n, follow));
    float ao = mix(occlusion.x, occlusion.y, jaw);
    texel = uv;
    gap = 1.;
#if MATERIAL != 1
    gap = through_lips(world, world_normal);
#endif
#if MATERIAL == 0
    ao = mix(ao, min(ao * 2.2 + .25, 1.) * gap, occlusion.z);
#elif MATERIAL > 1
    ao = sqrt(gap) * .86 + .1;
#endif
    around = room_light(world_normal) * ao;
    vec3 v = normalize(camera_position - world);
    place = lamp_place(world, world_normal);
    away = world_normal - normalize(light_direction[0] + v);
    slope = vec2(dot(world_normal, light_direction[0]), dot(world_normal, v));
    gl_Position = view_projection * vec4(world, 1);
}
