/* SPDX-License-Identifier: MIT
 *
 * What an encoder of PNG does to each byte of a row: puts blue, green and red in PNG's order, and
 * applies a filter. png_unfilter.h is the way back.
 *
 * There is a variant in plain C, and one for each instruction set that helps. All give the same
 * bytes. Pure; any thread. */
#ifndef SHMFLIP_PNG_FILTER_H
#define SHMFLIP_PNG_FILTER_H

#include <stddef.h>
#include <stdint.h>

#include "png_unfilter.h"

enum { PNG_FILTER_MARGIN = 16 };

struct png_filter_variant {
	const char *name; /* of the instruction set */
	/* Writes the bytes of a row less what the filter predicts from the pixel before, step
	 * bytes to the left, and from the row above. PNG_FILTER_MARGIN zeros lie before row and
	 * above. That many bytes behind them are read, and behind out overwritten. */
	void (*filter)(enum png_filter filter, const uint8_t *row, const uint8_t *above,
	               size_t bytes, unsigned step, uint8_t *out);
	/* Writes red, green, blue, and of 4 channels alpha, of pixels of four bytes: blue, green,
	 * red, alpha. */
	void (*pack)(const uint8_t *bgra, size_t pixels, unsigned channels, uint8_t *out);
};

static inline void png_pack_pixel(const uint8_t *bgra, unsigned channels, uint8_t *out)
{
	out[0] = bgra[2];
	out[1] = bgra[1];
	out[2] = bgra[0];
	if (channels == 4)
		out[3] = bgra[3];
}

/* Returns a variant that this machine can run: index 0 is the fastest, and the last is plain C.
 * Returns NULL after the last. */
const struct png_filter_variant *png_filter_get(unsigned index);

#endif
