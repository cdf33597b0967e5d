#ifndef LAMPS
#define LAMPS
uniform vec3 light_direction[4];  // key, fill, two rims
uniform vec3 light_colour[4];
uniform vec3 ambient[9];
#endif
