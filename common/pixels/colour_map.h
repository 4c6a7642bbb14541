/* SPDX-License-Identifier: MIT
 *
 * Colours for values. Pure; any thread. */
#ifndef SHMFLIP_COLOUR_MAP_H
#define SHMFLIP_COLOUR_MAP_H

#include <stdint.h>

enum colour_map { COLOUR_MAP_GRAY, COLOUR_MAP_TURBO, COLOUR_MAP_VIRIDIS, COLOUR_MAPS };

enum { COLOUR_MAP_STEPS = 256 };

/* "gray", "turbo", "viridis". */
extern const char *const colour_map_names[COLOUR_MAPS];

/* What 0 and NaN look like, where they mean that there is no value: dark violet, 0xffRRGGBB. */
#define COLOUR_OF_NO_VALUE 0xff200030u

/* Fills in 0xffRRGGBB for each step from low to high. */
void colour_map_fill(enum colour_map map, uint32_t colours[COLOUR_MAP_STEPS]);

#endif
