// How much of the key lamp a place in its depth picture sees: one filtered comparison makes a soft edge.
uniform sampler2DShadow shadow_map;
float key_shadow(vec3 place) {
    return textureLod(shadow_map, place, 0.);
}
