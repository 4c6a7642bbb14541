/* SPDX-License-Identifier: MIT */
#include "raw_wide.h"

#include <endian.h>
#include <string.h>

static uint16_t load_big(const uint8_t *sample)
{
	return (uint16_t)(sample[0] << 8 | sample[1]);
}

static uint16_t load(const uint8_t *sample)
{
	return (uint16_t)(sample[1] << 8 | sample[0]);
}

static void store(uint8_t *sample, uint16_t value)
{
	sample[0] = (uint8_t)value;
	sample[1] = (uint8_t)(value >> 8);
}

static void swap_samples(const uint8_t *in, uint8_t *out, size_t samples)
{
	for (size_t i = 0; i < samples; i++)
		store(out + 2 * i, load_big(in + 2 * i));
}

/* Copies red, green and blue, or gray three times. */
static void expand_row(const uint8_t *in, uint8_t *out, size_t width, unsigned samples,
                       uint16_t white)
{
	size_t step = samples == 2 ? 0 : 2;

	for (size_t x = 0; x < width; x++) {
		const uint8_t *from = in + 2 * (size_t)samples * x;
		uint8_t *to = out + 8 * x;

		for (size_t i = 0; i < 3; i++)
			store(to + 2 * i, load_big(from + step * i));
		store(to + 6, samples == 2 ? load_big(from + 2) : white);
	}
}

static bool is_opaque(const uint8_t *pixels, size_t width, uint16_t white)
{
	for (size_t x = 0; x < width; x++) {
		if (load(pixels + 8 * x + 6) < white)
			return false;
	}
	return true;
}

bool raw_wide_row(const uint8_t *in, uint8_t *out, size_t width, unsigned samples, uint16_t white)
{
	if (samples == 1 || samples == 4)
		swap_samples(in, out, width * samples);
	else
		expand_row(in, out, width, samples, white);
	return samples == 1 || samples == 3 || is_opaque(out, width, white);
}

void raw_wide_flatten(uint8_t *pixels, size_t width, uint32_t background, uint16_t white)
{
	for (size_t x = 0; x < width; x++) {
		uint8_t *pixel = pixels + 8 * x;
		uint64_t alpha = load(pixel + 6) < white ? load(pixel + 6) : white;

		for (size_t i = 0; i < 3; i++) {
			uint64_t byte = background >> (16 - 8 * i) & 255;
			uint64_t onto = (byte * white + 127) / 255;
			uint64_t sum = load(pixel + 2 * i) * alpha + onto * (white - alpha);

			store(pixel + 2 * i, (uint16_t)((sum + white / 2) / white));
		}
		store(pixel + 6, white);
	}
}
