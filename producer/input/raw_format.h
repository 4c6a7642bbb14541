/* SPDX-License-Identifier: MIT
 *
 * The formats of raw pixels: those of the library, and a few more that are only converted. Converts
 * rows of these, and of our own, to our pixels: the bytes blue, green, red, and alpha or 255. Pure;
 * any thread. */
#ifndef SHMFLIP_PRODUCER_INPUT_RAW_FORMAT_H
#define SHMFLIP_PRODUCER_INPUT_RAW_FORMAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Converts one row of packed pixels. May read up to 3 bytes after the row. Returns the AND of all
 * alphas. */
typedef uint8_t raw_convert(const uint8_t *in, uint8_t *out, size_t width);

struct raw_format {
	const char *name;     /* of a format that the library does not know, or that says more */
	raw_convert *convert; /* NULL: pixel_convert() has to */
	uint32_t fourcc;      /* enum shmflip_format; 0: see name */
	uint8_t pixel_bytes;  /* 0: YUV */
	uint8_t range;        /* as in struct shmflip_colour, by the name; 0: not known */
	uint16_t white;       /* likewise */
	bool exact;           /* our pixels hold all of it */
	bool in_place; /* convert() works in place: the caller puts the input at the output */
};

/* Finds a format by a name of ffmpeg's, or by any other that shmflip_format_find() knows. NULL: no
 * such format; shmflip_error_detail() says why. */
const struct raw_format *raw_format_find(const char *name);

/* The format with the bytes of a fourcc of enum shmflip_format. */
const struct raw_format *raw_format_of(uint32_t fourcc);

/* A name for people: ffmpeg's, if it has one. */
const char *raw_format_name(const struct raw_format *format);

/* Returns the AND of all alphas of our pixels. */
uint8_t raw_alpha_of_row(const uint8_t *pixels, size_t width);

/* Blends our pixels onto a colour, 0xRRGGBB, which makes them opaque. */
void raw_flatten_row(uint8_t *pixels, size_t width, uint32_t background);

#endif
