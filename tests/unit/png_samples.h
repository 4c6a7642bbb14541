/* SPDX-License-Identifier: MIT
 *
 * For tests of png_decode: what the samples of a PNG are in the formats that keep them, by the PNG
 * specification and without any decoder. */
#ifndef SHMFLIP_TEST_PNG_SAMPLES_H
#define SHMFLIP_TEST_PNG_SAMPLES_H

#include "png_decoding.h"

static inline unsigned colours_of(const struct png_spec *spec)
{
	return channels_of(spec->colour_type) > 2 ? 3 : 1;
}

static inline bool is_key(const struct png_spec *spec, uint32_t x, uint32_t y)
{
	for (unsigned c = 0; c < colours_of(spec); c++) {
		unsigned key = spec->trns.data[2 * c] * 256u + spec->trns.data[2 * c + 1];

		if (spec->sample(x, y, c) != key)
			return false;
	}
	return true;
}

/* Red, green, blue and alpha of 16 bits; or the sample of gray. */
static inline void fill_samples(const struct png_spec *spec, uint32_t x, uint32_t y,
                                unsigned samples[4])
{
	unsigned mask = (1u << spec->depth) - 1, colours = colours_of(spec);
	unsigned channels = channels_of(spec->colour_type);

	for (unsigned i = 0; i < 3; i++)
		samples[i] = spec->sample(x, y, colours == 3 ? i : 0) & mask;
	samples[3] = channels > colours ? spec->sample(x, y, channels - 1) : 0xffff;
	if (spec->trns.size && is_key(spec, x, y))
		samples[3] = 0;
}

/* Returns how many bytes a pixel of the format has. */
static inline size_t make_pixel(const struct png_spec *spec, uint32_t fourcc, uint32_t x,
                                uint32_t y, uint8_t pixel[8])
{
	unsigned samples[4], bits = shmflip_format_info(fourcc)->bits;
	size_t count = fourcc == SHMFLIP_BGR888 ? 3 : bits == 8 || fourcc == SHMFLIP_R16 ? 1 : 4;

	fill_samples(spec, x, y, samples);
	for (size_t i = 0; i < count && bits == 16; i++) {
		pixel[2 * i] = (uint8_t)samples[i];
		pixel[2 * i + 1] = (uint8_t)(samples[i] >> 8);
	}
	for (size_t i = 0; i < count && bits == 8; i++)
		pixel[i] = (uint8_t)(samples[i] * 255 / ((1u << spec->depth) - 1));
	return count * bits / 8;
}

static inline bool is_opaque(const struct png_spec *spec)
{
	unsigned samples[4];

	for (uint32_t y = 0; y < spec->height; y++) {
		for (uint32_t x = 0; x < spec->width; x++) {
			fill_samples(spec, x, y, samples);
			if (samples[3] != 0xffff)
				return false;
		}
	}
	return true;
}

/* Checks each row, and that what follows it is untouched. */
static inline void assert_rows(const struct png_spec *spec, uint32_t fourcc,
                               const struct bytes *pixels, const struct png_decoded *picture)
{
	uint8_t *row = malloc(picture->stride_bytes);

	for (uint32_t y = 0; y < spec->height; y++) {
		size_t size = 0;

		memset(row, UNTOUCHED, picture->stride_bytes);
		for (uint32_t x = 0; x < spec->width; x++)
			size += make_pixel(spec, fourcc, x, y, row + size);
		assert_memory_equal(pixels->data + (size_t)y * picture->stride_bytes, row,
		                    picture->stride_bytes);
	}
	free(row);
}

#endif
