// Skin put together again: albedo times scattered irradiance, plus what is mirrored, times contact shade.
// Weights of the sum of Gaussians per colour: d'Eon and Luebke, GPU Gems 3 (2007), ch. 14, table 1, merged to
// sharp (below 0.3 mm), narrow (0.4 to 0.8 mm) and wide (above 1.4 mm).
in vec2 at;
uniform sampler2D shine_map;
uniform sampler2D glow_map;
uniform sampler2D tint_map;
uniform sampler2D narrow_map;
uniform sampler2D wide_map;
uniform sampler2D contact_map;
out vec4 colour;
void main() {
    vec4 shine = texture(shine_map, at), tint = texture(tint_map, at), glow = texture(glow_map, at);
    vec4 narrow = texture(narrow_map, at), wide = texture(wide_map, at);
    if (narrow.a <= 0. || wide.a <= 0.) { narrow = glow; wide = glow; }
    vec3 light = glow.rgb * vec3(.333, .78, .97) + narrow.rgb * vec3(.231, .20, .03) + wide.rgb * vec3(.436, .02, .0);
    float contact = texture(contact_map, at).r;
    vec3 warm = pow(vec3(contact), vec3(.8, 1., 1.08));
    colour = vec4(shine.rgb * contact + tint.rgb * light * glow.a * warm, tint.a);
}
