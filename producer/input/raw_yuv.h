/* SPDX-License-Identifier: MIT
 *
 * Converts Y, U and V of video to our pixels: by any matrix, limited and full range, 8 bits. Chroma
 * samples that cover several pixels are repeated, not interpolated. Pure; any thread. */
#ifndef SHMFLIP_PRODUCER_INPUT_RAW_YUV_H
#define SHMFLIP_PRODUCER_INPUT_RAW_YUV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "matrix.h"

/* Coefficients of the conversion, in units of 2^-13; all but black. */
struct raw_yuv {
	int16_t black; /* the luma of black, 0 or 16 */
	int16_t luma;
	int16_t v_red, u_green, v_green, u_blue;
};

void raw_yuv_init(struct raw_yuv *yuv, const struct matrix *matrix, bool full_range);

/* Converts one row to opaque pixels. Each value of u and v covers 1 << shift_x pixels: 1 or 2. */
void raw_yuv_row(const struct raw_yuv *yuv, const uint8_t *y, const uint8_t *u, const uint8_t *v,
                 unsigned shift_x, uint8_t *out, size_t width);

#endif
