/* SPDX-License-Identifier: MIT
 *
 * Turns and mirrors 32-bit pixels as EXIF's orientations 1 to 8 say. What lies in memory is the
 * frame. What a viewer shows is the picture: in 5 to 8, its width is the frame's height. Any other
 * number means 1: as it lies. Pure; any thread. */
#ifndef SHMFLIP_PIXEL_ORIENTATION_H
#define SHMFLIP_PIXEL_ORIENTATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

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

/* Turns width x height pixels of the frame into a part of the picture, whose first pixel is at out.
 * Writes nothing between its rows. The two must not overlap. */
void pixel_orientation_turn(uint32_t orientation, const uint8_t *in, size_t in_stride,
                            uint32_t width, uint32_t height, uint8_t *out, size_t out_stride);

#endif
