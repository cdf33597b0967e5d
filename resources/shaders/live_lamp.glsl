#ifndef LAMP
#define LAMP
uniform mat4 shadow_matrix;
// Where a point lies in the key lamp's depth picture: a little off its surface and nearer to the lamp, against acne.
vec3 lamp_place(vec3 p, vec3 n) {
    return (shadow_matrix * vec4(p + n * .15, 1)).xyz * .5 + vec3(.5, .5, .4988);
}
#endif
