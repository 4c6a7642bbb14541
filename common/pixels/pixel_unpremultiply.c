/* SPDX-License-Identifier: MIT */
#include "pixel_unpremultiply.h"

#include <string.h>

/* The fourth sample is alpha in all orders that have it. */
enum { COLOURS = 3 };

/* A reciprocal with 24 fractional bits, rounded up, is exact for dividends of 16 bits. */
enum { RECIPROCAL_BITS = 24 };

static void divide_8(const uint8_t *restrict in, uint8_t *restrict out)
{
	uint32_t alpha = in[COLOURS];
	uint32_t reciprocal = ((1U << RECIPROCAL_BITS) + alpha - 1) / alpha;

	for (int i = 0; i < COLOURS; i++) {
		uint32_t colour = in[i] < alpha ? in[i] : alpha;

		out[i] =
			(uint8_t)((colour * UINT8_MAX + alpha / 2) * reciprocal >> RECIPROCAL_BITS);
	}
	out[COLOURS] = (uint8_t)alpha;
}

static void unpremultiply_8(const uint8_t *restrict in, size_t pixels, uint8_t *restrict out)
{
	for (size_t x = 0; x < pixels; x++, in += 4, out += 4) {
		if (in[COLOURS] == UINT8_MAX)
			memcpy(out, in, 4);
		else if (in[COLOURS] == 0)
			memset(out, 0, 4);
		else
			divide_8(in, out);
	}
}

static uint32_t load_word(const uint8_t *in)
{
	return in[0] | (uint32_t)in[1] << 8;
}

static void store_word(uint8_t *out, uint32_t word)
{
	out[0] = (uint8_t)word;
	out[1] = (uint8_t)(word >> 8);
}

/* The product of two words, and half of another one, fit 32 bits. */
static uint32_t divide_16(uint32_t colour, uint32_t alpha, uint32_t white)
{
	colour = colour < alpha ? colour : alpha;
	return alpha ? (colour * white + alpha / 2) / alpha : 0;
}

static void unpremultiply_16(const uint8_t *restrict in, size_t pixels, uint32_t white,
                             uint8_t *restrict out)
{
	for (size_t x = 0; x < pixels; x++, in += 8, out += 8) {
		uint32_t alpha = load_word(in + 2 * (size_t)COLOURS);

		alpha = alpha < white ? alpha : white;
		for (size_t i = 0; i < COLOURS; i++)
			store_word(out + 2 * i, divide_16(load_word(in + 2 * i), alpha, white));
		store_word(out + 2 * (size_t)COLOURS, alpha);
	}
}

void pixel_unpremultiply(const struct pixel_source *source, const uint8_t *in, size_t pixels,
                         uint8_t *out)
{
	if (source->format->kind == PIXEL_RGBA16)
		unpremultiply_16(in, pixels, (uint32_t)source->white, out);
	else
		unpremultiply_8(in, pixels, out);
}
