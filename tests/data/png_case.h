/* SPDX-License-Identifier: MIT
 *
 * One kind of PNG: a small picture, written by libpng, in which each wrong pixel can be seen. */
#ifndef SHMFLIP_TESTS_DATA_PNG_CASE_H
#define SHMFLIP_TESTS_DATA_PNG_CASE_H

#include "bytes.h"

/* Ancillary chunks. */
enum png_case_chunk {
	PNG_CASE_GAMA = 1 << 0,
	PNG_CASE_SRGB = 1 << 1,
	PNG_CASE_CHRM = 1 << 2,
	PNG_CASE_BKGD = 1 << 3,
	PNG_CASE_SBIT = 1 << 4,
	PNG_CASE_PHYS = 1 << 5,
	PNG_CASE_TEXT = 1 << 6,
	PNG_CASE_ZTXT = 1 << 7,
	PNG_CASE_ITXT = 1 << 8,
	PNG_CASE_OFFS = 1 << 9,
	PNG_CASE_HIST = 1 << 10, /* palette only */
	PNG_CASE_TIME = 1 << 11,
};

struct png_case {
	int colour_type; /* PNG_COLOR_TYPE_... */
	int depth;       /* bits per sample */
	int width, height;
	bool interlaced;
	bool transparent;    /* has a tRNS chunk */
	bool opaque;         /* every alpha is the highest value */
	bool stored;         /* compressed at level 0 */
	int palette_entries; /* 0: as many as the depth allows */
	int filters;         /* PNG_FILTER_..., 0: libpng chooses */
	unsigned chunks;     /* enum png_case_chunk */
};

void png_case_write(const struct png_case *png_case, struct bytes *out);

#endif
