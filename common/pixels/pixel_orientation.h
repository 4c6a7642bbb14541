/* SPDX-License-Identifier: MIT
 *
 * Turns and mirrors pictures as EXIF's orientations 1 to 8 say. A frame lies in memory. A viewer
 * shows its picture: in 5 to 8, the picture's width is the frame's height. Any other number means
 * 1: as the frame lies. Pure; any thread. */
#ifndef SHMFLIP_PIXEL_ORIENTATION_H
#define SHMFLIP_PIXEL_ORIENTATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pixel_convert.h"

struct pixel_area {
	uint32_t x;
	uint32_t y;
	uint32_t width;
	uint32_t height;
};

/* Whether width and height change places. */
bool pixel_orientation_swaps(uint32_t orientation);

/* The part of a frame of this size that a part of its picture shows. */
struct pixel_area pixel_orientation_find(uint32_t orientation, uint32_t width, uint32_t height,
                                         struct pixel_area picture);

/* Converts a whole frame to the rows of its picture. Writes nothing between them. */
void pixel_orientation_convert(const struct pixel_converter *converter, uint32_t orientation,
                               uint8_t *out, size_t stride_bytes);

#endif
