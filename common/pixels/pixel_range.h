/* SPDX-License-Identifier: MIT
 *
 * Which values of 16-bit and float pixels are shown as black and as white. Pure; any thread. */
#ifndef SHMFLIP_PIXEL_RANGE_H
#define SHMFLIP_PIXEL_RANGE_H

#include <stdbool.h>

#include "pixel_source.h"

struct pixel_range {
	float low;
	float high;
};

/* All that the format can hold: 0 to white; for floats 0 to 1. If 16-bit gray has limited range,
 * the black and white of that. */
struct pixel_range pixel_range_full(const struct pixel_source *source);

/* The percentiles 1 and 99 of every 16th pixel: each fourth one of each fourth row. Values that are
 * 0 or not finite do not count. For RGB, each channel counts, but not alpha. Returns false if there
 * is no value. Call it only for PIXEL_VALUE and PIXEL_RGBA16. */
bool pixel_range_measure(const struct pixel_source *source, struct pixel_range *range);

/* Moves the shown range a quarter of the way to the measured one, so that it does not flicker. If
 * an end is off by more than a quarter of the shown range, jumps. */
void pixel_range_follow(struct pixel_range *shown, const struct pixel_range *measured);

#endif
