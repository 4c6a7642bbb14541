/* SPDX-License-Identifier: MIT
 *
 * Luma and two colour differences, as video has them, made into our pixels: ITU-R BT.601 and BT.709,
 * limited and full range, 8 bits. Colour differences that stand for several pixels are repeated, not
 * blended. Pure; any thread. */
#ifndef SHMFLIP_PRODUCER_INPUT_RAW_YUV_H
#define SHMFLIP_PRODUCER_INPUT_RAW_YUV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum raw_matrix { RAW_BT601, RAW_BT709 };

/* What red, green and blue are made of, in units of 2^-13. */
struct raw_yuv {
	int16_t black; /* the luma that is black */
	int16_t luma;
	int16_t v_red, u_green, v_green, u_blue;
};

void raw_yuv_init(struct raw_yuv *yuv, enum raw_matrix matrix, bool full_range);

/* One row, opaque; each value of u and v is for 1 << shift_x pixels, shift_x being 0 or 1. */
void raw_yuv_row(const struct raw_yuv *yuv, const uint8_t *y, const uint8_t *u, const uint8_t *v,
                 unsigned shift_x, uint8_t *out, size_t width);

#endif
