// Shade where surfaces meet: a pixel is dark when its neighbours on both sides are nearer than itself. No normals
// are needed and a flat tilted surface stays bright. Fixed directions, two reaches.
in vec2 at;
uniform sampler2D depth_map;
uniform vec2 planes;
uniform vec2 cm;      // width and height of the picture in texture units per centimetre
uniform int turns;
out vec4 shade;
float distance_at(vec2 p) {
    p += .5 / vec2(textureSize(depth_map, 0));  // off the corner between fine samples: rounding must not choose
    float z = texture(depth_map, p).r * 2. - 1.;
    return 2. * planes.x * planes.y / (planes.y + planes.x - z * (planes.y - planes.x));
}
float pair(vec2 d, float reach, float here) {
    vec2 offset = d * reach * cm;
    float a = here - distance_at(at + offset), b = here - distance_at(at - offset);  // > 0: nearer than here
    float limit = reach * 1.6;
    if (a > limit * 2. || b > limit * 2. || a < -limit * 4. || b < -limit * 4.) return 0.;
    return clamp((clamp(a, -limit, limit) + clamp(b, -limit, limit)) / reach - .12, 0., 1.2);
}
void main() {
    if (distance_at(at) >= planes.y * .999) { shade = vec4(1); return; }
    float here = distance_at(at), small = 0., large = 0.;
    for (int i = 0; i < turns; i++) {
        float t = (float(i) + .5) * 3.14159265 / float(turns);
        vec2 d = vec2(cos(t), sin(t));
        small += pair(d, .22, here);
        large += pair(d, .75, here);
    }
    float k = 1. / float(turns);
    shade = vec4(exp(-small * k * .9 - large * k * .7));
}
