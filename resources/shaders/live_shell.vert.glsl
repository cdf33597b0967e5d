// One point of the hair shell.
#include "live_room.glsl"
in vec3 position;
in vec3 direction;
in vec2 place;   // share of the height, density of roots
uniform mat4 view_projection;
uniform mat4 carry;
out vec3 rest;
out vec3 world;
out vec3 along;
out vec2 spot;
out vec3 room;
uniform vec3 middle;
void main() {
    vec4 p = carry * vec4(position, 1);
    rest = position;
    world = p.xyz;
    along = mat3(carry) * direction;
    spot = place;
    room = room_light(normalize(world - middle));
    gl_Position = view_projection * p;
}
