/* SPDX-License-Identifier: MIT
 *
 * Pixels as other programs write them, and their rows made into ours: the bytes blue, green, red, and
 * alpha or 255. The names are those of ffmpeg's pixel formats. Pure; any thread. */
#ifndef SHMFLIP_PRODUCER_INPUT_RAW_FORMAT_H
#define SHMFLIP_PRODUCER_INPUT_RAW_FORMAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One row of packed pixels. Up to 3 bytes behind the row may be looked at. Returns the AND of all
 * alphas. */
typedef uint8_t raw_convert(const uint8_t *in, uint8_t *out, size_t width);

struct raw_format {
	const char *name;
	raw_convert *convert; /* NULL: planes */
	uint8_t samples;      /* of a packed pixel, 8 bits each; 0: three planes, Y, U and V */
	bool in_place;        /* convert() wants its input where its output is to be */
	uint8_t shift_x;      /* chroma planes are so many times halved */
	uint8_t shift_y;
};

/* NULL: there is no such format. */
const struct raw_format *raw_format_find(const char *name);

/* The name of each; NULL behind the last. */
const char *raw_format_name(size_t index);

/* Blends our pixels onto a colour, 0xRRGGBB; they are opaque then. */
void raw_flatten_row(uint8_t *pixels, size_t width, uint32_t background);

#endif
