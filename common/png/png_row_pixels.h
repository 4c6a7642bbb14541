/* SPDX-License-Identifier: MIT
 *
 * Converts unfiltered rows of every kind to pixels, but those of 8 bits that png_unfilter.h
 * converts as it unfilters them. Pure; any thread. */
#ifndef SHMFLIP_PNG_ROW_PIXELS_H
#define SHMFLIP_PNG_ROW_PIXELS_H

#include <stdint.h>

#include "png_fast.h"
#include "png_unfilter.h"

struct png_row_converter {
	const struct png_fast_format *format;
	png_look_up_function *look_up;
	uint8_t *unpacked;          /* a byte per pixel, for samples below 8 bits */
	struct png_indices indices; /* of all rows so far, and the and of all other alphas */
};

/* Bytes of a pixel in the format's fourcc. */
unsigned png_pixel_bytes(const struct png_fast_format *format);

/* Writes the pixels of the first width samples of a row. */
void png_row_to_pixels(struct png_row_converter *converter, const uint8_t *row, uint32_t width,
                       uint8_t *pixels);

#endif
