/* SPDX-License-Identifier: MIT
 *
 * One kind of PNG: a small picture in which every pixel counts, written by libpng. */
#ifndef TESTS_DATA_BIRD_H
#define TESTS_DATA_BIRD_H

#include "bytes.h"

/* Chunks that say something about the picture, or nothing. */
enum bird_chunk {
	BIRD_GAMA = 1 << 0,
	BIRD_SRGB = 1 << 1,
	BIRD_CHRM = 1 << 2,
	BIRD_BKGD = 1 << 3,
	BIRD_SBIT = 1 << 4,
	BIRD_PHYS = 1 << 5,
	BIRD_TEXT = 1 << 6,
	BIRD_ZTXT = 1 << 7,
	BIRD_ITXT = 1 << 8,
	BIRD_OFFS = 1 << 9,
	BIRD_HIST = 1 << 10, /* palette only */
	BIRD_TIME = 1 << 11,
};

struct bird {
	int colour_type; /* PNG_COLOR_TYPE_... */
	int depth;       /* bits in a sample */
	int width, height;
	bool interlaced;
	bool transparent;    /* has a tRNS chunk */
	bool opaque;         /* alpha is at its highest throughout */
	bool stored;         /* deflated at level 0 */
	int palette_entries; /* 0: as many as the depth allows */
	int filters;         /* PNG_FILTER_..., 0: as libpng likes */
	unsigned chunks;     /* enum bird_chunk */
};

void bird_write(const struct bird *bird, struct bytes *out);

#endif
