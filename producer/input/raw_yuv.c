/* SPDX-License-Identifier: MIT */
#include "raw_yuv.h"

#include <endian.h>
#include <math.h>
#include <string.h>

/* Samples get 7 more bits, coefficients are in units of 2^-13, and products keep their upper 16
 * bits. So sums have 4 fractional bits and fit 16 bits, and no result is off by more than one. */
enum { SAMPLE_BITS = 7, COEFFICIENT_BITS = 13, SUM_BITS = SAMPLE_BITS + COEFFICIENT_BITS - 16 };
enum { ROUNDING = 1 << (SUM_BITS - 1), BLOCK = 64 };

static int16_t coefficient(double value)
{
	return (int16_t)lround(value * (1 << COEFFICIENT_BITS));
}

void raw_yuv_init(struct raw_yuv *yuv, const struct matrix *matrix, bool full_range)
{
	double red = matrix->red, blue = matrix->blue, green = 1 - red - blue;
	double chroma = 2 * (full_range ? 1 : 255.0 / 224);

	*yuv = (struct raw_yuv){
		.black = full_range ? 0 : 16,
		.luma = coefficient(full_range ? 1 : 255.0 / 219),
		.v_red = coefficient(chroma * (1 - red)),
		.u_green = coefficient(chroma * (1 - blue) * blue / green),
		.v_green = coefficient(chroma * (1 - red) * red / green),
		.u_blue = coefficient(chroma * (1 - blue)),
	};
}

/* The upper half of a product: one instruction on vectors of 16 bits. */
static int16_t product(int16_t a, int16_t b)
{
	return (int16_t)(a * b >> 16);
}

static uint16_t clamp(int16_t sum)
{
	int16_t value = (int16_t)(sum >> SUM_BITS);

	value = value < 0 ? 0 : value;
	return (uint16_t)(value > 255 ? 255 : value);
}

static int16_t widen_sample(uint8_t sample, int16_t zero)
{
	return (int16_t)((sample - zero) * (1 << SAMPLE_BITS));
}

/* Blocks have a fixed length, so that compilers vectorize the loop. */
static void convert_block(const struct raw_yuv *yuv, const uint8_t *y, const int16_t *u,
                          const int16_t *v, uint8_t *out)
{
	const struct raw_yuv by = *yuv;
	uint32_t pixels[BLOCK];

	for (int x = 0; x < BLOCK; x++) {
		int16_t luma = (int16_t)(product(widen_sample(y[x], by.black), by.luma) + ROUNDING);
		int16_t red = (int16_t)(luma + product(v[x], by.v_red));
		int16_t green =
			(int16_t)(luma - product(u[x], by.u_green) - product(v[x], by.v_green));
		int16_t blue = (int16_t)(luma + product(u[x], by.u_blue));
		uint16_t low = (uint16_t)(clamp(green) << 8 | clamp(blue));
		uint16_t high = (uint16_t)(0xff00 | clamp(red));

		pixels[x] = htole32((uint32_t)high << 16 | low);
	}
	memcpy(out, pixels, sizeof(pixels));
}

static void widen_each(const uint8_t *in, int16_t *out)
{
	for (int x = 0; x < BLOCK; x++)
		out[x] = widen_sample(in[x], 128);
}

static void widen_twice(const uint8_t *in, int16_t *out)
{
	for (size_t x = 0; x < BLOCK / 2; x++)
		out[2 * x] = out[2 * x + 1] = widen_sample(in[x], 128);
}

void raw_yuv_row(const struct raw_yuv *yuv, const uint8_t *y, const uint8_t *u, const uint8_t *v,
                 unsigned shift_x, uint8_t *out, size_t width)
{
	void (*widen)(const uint8_t *, int16_t *) = shift_x ? widen_twice : widen_each;
	int16_t wide_u[BLOCK], wide_v[BLOCK];
	size_t x;

	for (x = 0; x + BLOCK <= width; x += BLOCK) {
		widen(u + (x >> shift_x), wide_u);
		widen(v + (x >> shift_x), wide_v);
		convert_block(yuv, y + x, wide_u, wide_v, out + 4 * x);
	}
	if (x < width) {
		size_t luma = width - x, chroma = ((width + shift_x) >> shift_x) - (x >> shift_x);
		uint8_t last[3][BLOCK] = { 0 }, pixels[4 * BLOCK];

		memcpy(last[0], y + x, luma);
		memcpy(last[1], u + (x >> shift_x), chroma);
		memcpy(last[2], v + (x >> shift_x), chroma);
		widen(last[1], wide_u);
		widen(last[2], wide_v);
		convert_block(yuv, last[0], wide_u, wide_v, pixels);
		memcpy(out + 4 * x, pixels, 4 * luma);
	}
}
