// A surface of one colour, or of the file's base colour picture, as dull as the file says, under the studio's lamps.
#include "live_light.glsl"
in vec3 world;
in vec3 world_normal;
in vec2 texel;
in vec3 room;
in vec3 dye;
uniform sampler2D albedo_map;
uniform vec4 base;
uniform float rough;
uniform float cut;   // alpha below it is a hole
out vec4 colour;
void main() {
    vec4 albedo = texture(albedo_map, texel);
    albedo.rgb *= albedo.rgb;
    albedo *= base * vec4(dye, 1.);
    if (albedo.a < cut) discard;
    vec3 n = normalize(world_normal), v = normalize(camera_position - world);
    if (!gl_FrontFacing) n = -n;
    float facing = dot(n, light_direction[0]);
    vec3 light = light_colour[0] * clamp((facing + .18) / 1.18, 0., 1.) + room;
    float a = max(rough * rough, .05), nh = max(dot(n, normalize(light_direction[0] + v)), 0.), d = nh * nh * (a * a - 1.) + 1.;
    float shine = a * a / (d * d) * .014 * max(facing, 0.);
    colour = vec4(develop(albedo.rgb * light + light_colour[0] * shine), mix(1., albedo.a, step(.001, cut)));
}
