// One point of a strand: position, direction, place along it and a number of its own.
#include "live_room.glsl"
in vec3 position;
in vec3 direction;
in vec2 place;   // 0 root .. 1 tip, random per strand
uniform mat4 view_projection;
uniform mat4 carry;  // rigid motion (rows first)
out vec3 world;
out vec3 along;
out vec2 spot;
out vec3 room;
uniform vec3 middle;
void main() {
    vec4 p = carry * vec4(position, 1);
    world = p.xyz;
    along = mat3(carry) * direction;
    spot = place;
    room = room_light(normalize(world - middle));
    gl_Position = view_projection * p;
}
