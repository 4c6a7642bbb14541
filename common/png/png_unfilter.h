/* SPDX-License-Identifier: MIT
 *
 * Rows of a PNG as inflating leaves them, each behind the byte that names its filter, to 32-bit pixels:
 * blue, green, red, and alpha or 255. Filtering is undone in the pixels' order, so that a row of pixels is
 * itself what the next row is predicted from, and every byte is read and written once.
 *
 * The rows may lie in the same memory as the pixels if they lie behind them: so far that PNG_ROWS_AT_ONCE
 * rows of pixels end before the first row that is not read yet begins, and with PNG_ROWS_MARGIN readable
 * bytes after the last. What lies between a row's last pixel and the next row gets undefined content.
 *
 * There is a version in plain C, and one for each instruction set that helps. Pure; any thread. */
#ifndef SHMFLIP_PNG_UNFILTER_H
#define SHMFLIP_PNG_UNFILTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

enum { PNG_ROWS_AT_ONCE = 4, PNG_ROWS_MARGIN = 16, PNG_FILTERS = 5 };

enum png_filter { FILTER_NONE, FILTER_SUB, FILTER_UP, FILTER_AVERAGE, FILTER_PAETH };

struct png_rows {
	const uint8_t *raw; /* height rows of 1 + channels * width bytes */
	uint8_t *pixels;
	const uint8_t *zeros; /* stride_bytes of them: what is above the first row */
	size_t stride_bytes;  /* of the pixels; a multiple of 64 */
	uint32_t width;
	uint32_t height;
	unsigned channels; /* of 8 bits: 1 grey, 2 grey and alpha, 3 RGB, 4 RGBA */
	bool opaque;       /* result: every alpha is 255 */
};

/* False: there is a filter that does not exist; the pixels are undefined then. */
typedef bool png_unfilter_function(struct png_rows *rows);

struct png_unfilter {
	const char *name; /* of the instruction set */
	png_unfilter_function *unfilter;
};

/* What this machine can do, the fastest first and plain C last; NULL behind the last. */
const struct png_unfilter *png_unfilter_get(unsigned index);

static inline uint8_t png_predict_paeth(int left, int above, int corner)
{
	int to_left = abs(above - corner), to_above = abs(left - corner);
	int to_corner = abs(left + above - 2 * corner);

	if (to_left <= to_above && to_left <= to_corner)
		return (uint8_t)left;
	return (uint8_t)(to_above <= to_corner ? above : corner);
}

/* What a filter adds to a byte, by the bytes to the left, above, and above that to the left. To be called
 * with a filter known when it is compiled. */
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
