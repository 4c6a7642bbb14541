/* SPDX-License-Identifier: MIT
 *
 * Converts rows of other programs' pixels to ours: the bytes blue, green, red, and alpha or 255.
 * The names are those of ffmpeg's pixel formats. Pure; any thread. */
#ifndef SHMFLIP_PRODUCER_INPUT_RAW_FORMAT_H
#define SHMFLIP_PRODUCER_INPUT_RAW_FORMAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Converts one row of packed pixels. May read up to 3 bytes after the row. Returns the AND of all
 * alphas. */
typedef uint8_t raw_convert(const uint8_t *in, uint8_t *out, size_t width);

struct raw_format {
	const char *name;
	raw_convert *convert; /* NULL: planes */
	uint8_t samples;      /* of a packed pixel, 8 bits each; 0: three planes, Y, U and V */
	bool in_place;   /* convert() works in place: the caller puts the input at the output */
	uint32_t fourcc; /* of planes */
	uint8_t shift_x; /* chroma planes have 1 / (1 << shift_x) of the columns */
	uint8_t shift_y; /* likewise of the rows */
};

/* NULL: no such format. */
const struct raw_format *raw_format_find(const char *name);

/* The name of each format; NULL after the last. */
const char *raw_format_name(size_t index);

/* Blends our pixels onto a colour, 0xRRGGBB, which makes them opaque. */
void raw_flatten_row(uint8_t *pixels, size_t width, uint32_t background);

#endif
