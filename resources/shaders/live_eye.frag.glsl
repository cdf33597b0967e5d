// Eyeball of the live tier.
#include "live_light.glsl"
#include "live_room.glsl"
#include "live_lamp.glsl"
#include "live_shadow.glsl"
in vec3 world;
in vec3 world_normal;
in vec2 texel;
in float sky;
in float cavity;
uniform mat3 turn;
uniform vec3 centre;
uniform float radius;
uniform vec3 iris_colour;
uniform mat3 facing;
uniform vec2 upper[4];
uniform vec2 lower[4];
out vec4 colour;

void main() {
    vec3 v = normalize(camera_position - world), ball = transpose(turn) * (world - centre) / radius, s = normalize(ball);
    float r = length(s.xy), iris_r = r / .46;
    vec3 iris = iris_colour * (.9 + .5 * sin(atan(s.y, s.x) * 23.) * .3) * mix(1.5, .4, smoothstep(.5, 1., iris_r));
    iris *= smoothstep(.30, .37, iris_r);
    vec3 sclera = mix(vec3(.56, .52, .50), vec3(.50, .33, .29), smoothstep(.62, 1.05, r) * .45);
    float inside = smoothstep(1.08, .92, iris_r) * step(0., s.z);
    vec3 lid = transpose(facing) * (world - centre) / radius;
    float top = mix(upper[1].y, upper[2].y, clamp((lid.x - upper[1].x) / (upper[2].x - upper[1].x), 0., 1.)) - lid.y;
    float shade = smoothstep(-.1, .4, top);
    vec3 n = normalize(turn * s);
    float shadow = key_shadow(lamp_place(world, n)) * mix(.4, 1., shade);
    vec3 light = light_colour[0] * clamp(dot(n, light_direction[0]) * .75 + .25, 0., 1.) * shadow
        + room_light(n) * shade;
    vec3 bulge = normalize(turn * normalize(vec3(s.xy * mix(1., 1.5, inside), s.z)));
    float spark = smoothstep(.965, .985, dot(reflect(-v, bulge), light_direction[0])) * .5 * inside + smoothstep(.90, .98, dot(reflect(-v, bulge), light_direction[0])) * .05;
    colour = vec4(develop(mix(sclera, iris, inside) * light + light_colour[0] * spark * mix(.3, 1., shadow)), 1);
}
