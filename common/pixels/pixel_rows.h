/* SPDX-License-Identifier: MIT
 *
 * The code that converts rows, for one instruction set each. Call one only on a processor that has
 * its instruction set: pixel_convert.c checks that. */
#ifndef SHMFLIP_PIXEL_ROWS_H
#define SHMFLIP_PIXEL_ROWS_H

#include "pixel_convert.h"

/* Converts the first pixels of a row. in: where they lie in each plane, at an even column if
 * chroma covers two pixels. Reads no byte behind the last pixel or pair, and writes 4 * width
 * bytes. */
typedef void pixel_row_function(const struct pixel_converter *converter, const uint8_t *const in[3],
                                uint32_t width, uint8_t *out);

struct pixel_rows {
	const char *name; /* of the instruction set */
	pixel_row_function *convert[PIXEL_ORDERS];
};

extern const struct pixel_rows pixel_rows_plain_c;
extern const struct pixel_rows pixel_rows_sse2;
extern const struct pixel_rows pixel_rows_avx2;
extern const struct pixel_rows pixel_rows_neon;

/* The arithmetic of YUV, the same in all variants. Samples get 7 more bits (10-bit samples: 5),
 * coefficients are in units of 2^-13, and products keep their upper 16 bits. So sums have 4
 * fractional bits and fit 16 bits. Each product is rounded down, by a half of the last bit on
 * average: the extra bit of YUV_ROUNDING makes up for the two in red and blue. */
enum { YUV_SAMPLE_BITS = 7, YUV_COEFFICIENT_BITS = 13 };
enum { YUV_SUM_BITS = YUV_SAMPLE_BITS + YUV_COEFFICIENT_BITS - 16 };
enum { YUV_ROUNDING = (1 << (YUV_SUM_BITS - 1)) + 1 };
enum { YUV_CHROMA_ZERO = 128, YUV_LOW_MAX = 1023 };

#endif
