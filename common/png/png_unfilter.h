/* SPDX-License-Identifier: MIT
 *
 * Rows of a PNG to pixels, in a variant for each instruction set that helps and one in plain C.
 *
 * Undoes the filters of a PNG's inflated rows, each of which begins with the byte that names its
 * filter. Writes 32-bit pixels: blue, green, red, and alpha or 255. Filters are undone in the byte
 * order of the pixels. So each row of pixels is itself what the next row is predicted from, and
 * every byte is read and written once.
 *
 * The raw rows may share memory with the pixels if they lie far enough after them. Pixel rows y to
 * y + PNG_ROWS_AT_ONCE - 1 must end before raw row y begins, and PNG_ROWS_MARGIN readable bytes
 * must follow the last raw row. The bytes from a pixel row's end to the next row become undefined.
 *
 * Pure; any thread. */
#ifndef SHMFLIP_PNG_UNFILTER_H
#define SHMFLIP_PNG_UNFILTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { PNG_ROWS_AT_ONCE = 4, PNG_ROWS_MARGIN = 32, PNG_FILTERS = 5 };

enum png_filter { FILTER_NONE, FILTER_SUB, FILTER_UP, FILTER_AVERAGE, FILTER_PAETH };

struct png_rows {
	const uint8_t *raw; /* height rows of 1 + channels * width bytes */
	uint8_t *pixels;
	const uint8_t
		*above; /* the row of pixels above the first; stride_bytes zeros if there is none */
	size_t stride_bytes; /* of the pixels; a multiple of 64 */
	uint32_t width;
	uint32_t height;
	unsigned channels; /* of 8 bits; 1: grey, 2: grey and alpha, 3: RGB, 4: RGBA */
	bool opaque;       /* becomes false if some alpha is not 255 */
};

/* Returns false if a filter does not exist; the pixels are then undefined. */
typedef bool png_unfilter_function(struct png_rows *rows);

/* All that the indices of a row have in common. */
struct png_indices {
	uint8_t most;
	uint8_t alpha; /* bitwise and of the alphas of their colours */
};

/* Writes the colours of a row of indices, and adds the row to *indices. */
typedef void png_look_up_function(const uint8_t colours[256][4], const uint8_t *row, uint32_t width,
                                  uint8_t *pixels, struct png_indices *indices);

struct png_unfilter {
	const char *name; /* of the instruction set */
	png_unfilter_function *unfilter;
	png_look_up_function *look_up;
};

/* Returns a variant that this machine can run: index 0 is the fastest, and the last is plain C.
 * Returns NULL after the last. */
const struct png_unfilter *png_unfilter_get(unsigned index);

static inline bool png_row_is_opaque(const uint8_t *pixels, uint32_t width)
{
	uint8_t all = 255;

	for (uint32_t x = 0; x < width; x++)
		all &= pixels[4 * (size_t)x + 3];
	return all == 255;
}

static inline void png_look_up_one(const uint8_t colours[256][4], uint8_t index, uint8_t *pixel,
                                   struct png_indices *indices)
{
	memcpy(pixel, colours[index], 4);
	indices->alpha &= colours[index][3];
	if (index > indices->most)
		indices->most = index;
}

static inline uint8_t png_predict_paeth(int left, int above, int corner)
{
	int to_left = abs(above - corner), to_above = abs(left - corner);
	int to_corner = abs(left + above - 2 * corner);

	if (to_left <= to_above && to_left <= to_corner)
		return (uint8_t)left;
	return (uint8_t)(to_above <= to_corner ? above : corner);
}

/* Returns what a filter adds to a byte, from the bytes to the left, above, and above left (the
 * corner). The filter must be a constant, so that the switch is compiled away. */
static inline __attribute__((always_inline)) uint8_t
png_predict(enum png_filter filter, uint8_t left, uint8_t above, uint8_t corner)
{
	switch (filter) {
	case FILTER_NONE:
		return 0;
	case FILTER_SUB:
		return left;
	case FILTER_UP:
		return above;
	case FILTER_AVERAGE:
		return (uint8_t)((left + above) / 2);
	default:
		return png_predict_paeth(left, above, corner);
	}
}

#endif
