// Irradiance at output size (mean of the samples that are skin) with linear depth in alpha; 0 where there is no skin.
in vec2 at;
uniform sampler2D glow_map;
uniform sampler2D depth_map;
uniform vec2 planes;
uniform vec2 texel_size;  // of the fine picture
uniform int samples;
out vec4 mean;
float distance_at(vec2 p) {
    float z = texture(depth_map, p).r * 2. - 1.;
    return 2. * planes.x * planes.y / (planes.y + planes.x - z * (planes.y - planes.x));
}
void main() {
    vec3 sum = vec3(0);
    float count = 0., depth = 0.;
    for (int i = 0; i < samples; i++)
        for (int j = 0; j < samples; j++) {
            vec2 p = at + (vec2(i, j) - float(samples - 1) * .5) * texel_size;
            vec4 c = texture(glow_map, p);
            sum += c.rgb * c.a;
            count += c.a;
            depth += distance_at(p) * c.a;
        }
    mean = count > 0. ? vec4(sum / count, depth / count) : vec4(0);
}
