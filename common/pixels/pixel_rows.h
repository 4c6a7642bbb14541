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

/* A variant's functions have the same names. */
#define PIXEL_ROW_FUNCTIONS                                                                        \
	{                                                                                          \
		[ORDER_BGRA] = bgra_8, [ORDER_RGBA] = rgba_8, [ORDER_BGR] = bgr_8,                 \
		[ORDER_RGB] = rgb_8, [ORDER_GRAY_8] = gray_8, [ORDER_GRAY_16] = gray_16,           \
		[ORDER_FLOAT] = float_32, [ORDER_RGBA_16] = rgba_16, [ORDER_YUYV_8] = yuyv_8,      \
		[ORDER_UYVY_8] = uyvy_8, [ORDER_Y_UV_8] = y_uv_8, [ORDER_Y_VU_8] = y_vu_8,         \
		[ORDER_Y_UV_HIGH] = y_uv_high, [ORDER_Y_U_V_8] = y_u_v_8,                          \
		[ORDER_Y_U_V_LOW] = y_u_v_low, [ORDER_YUV444_8] = yuv444_8,                        \
		[ORDER_YUV444_LOW] = yuv444_low,                                                   \
	}

extern const struct pixel_rows pixel_rows_plain_c;
extern const struct pixel_rows pixel_rows_sse2;
extern const struct pixel_rows pixel_rows_avx2;
extern const struct pixel_rows pixel_rows_neon;

/* The arithmetic of YUV, the same in all variants. Luma gets 7 more bits and chroma 8 (10-bit
 * samples: 5 and 6), so that both fill 16 bits. Coefficients are in units of 2^-14 and 2^-13, and
 * products keep their upper 16 bits. So sums have 5 fractional bits and fit 16 bits. */
enum { YUV_LUMA_BITS = 7, YUV_CHROMA_BITS = 8, YUV_SUM_BITS = 5 };
enum { YUV_LUMA_UNIT = 1 << (16 + YUV_SUM_BITS - YUV_LUMA_BITS) };
enum { YUV_CHROMA_UNIT = 1 << (16 + YUV_SUM_BITS - YUV_CHROMA_BITS) };
enum { YUV_ROUNDING = 1 << (YUV_SUM_BITS - 1), YUV_CHROMA_ZERO = 128, YUV_LOW_MAX = 1023 };

#endif
