/* SPDX-License-Identifier: MIT
 *
 * png_unfilter, for each instruction set that this machine has: every filter in every order, on
 * rows of every length, in memory of exactly the promised size. The test applies the filters by
 * the PNG specification; undoing them must give the original. Links nothing else, because ./dev
 * arm runs it under emulation. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "png_unfilter.h"

enum { GUARD = 0x5a, GUARD_BYTES = 64 };

struct image {
	uint32_t width;
	uint32_t height;
	unsigned channels;
	const uint8_t *samples; /* height * width * channels */
	const uint8_t *filters; /* height */
};

static uint32_t random_state = 1;

static uint8_t random_byte(void)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 17;
	random_state ^= random_state << 5;
	return (uint8_t)(random_state >> 24);
}

/* Returns any value, often one at which sums overflow or distances are equal. */
static uint8_t random_sample(void)
{
	static const uint8_t edges[] = { 0, 1, 2, 127, 128, 129, 254, 255 };
	uint8_t byte = random_byte();

	return byte & 1 ? edges[byte >> 5] : random_byte();
}

static int sample_at(const struct image *picture, int64_t x, int64_t y, unsigned channel)
{
	if (x < 0 || y < 0)
		return 0;
	return picture
	        ->samples[((size_t)y * picture->width + (size_t)x) * picture->channels + channel];
}

static int predicted(const struct image *picture, int64_t x, int64_t y, unsigned channel)
{
	int a = sample_at(picture, x - 1, y, channel), b = sample_at(picture, x, y - 1, channel);
	int c = sample_at(picture, x - 1, y - 1, channel), p = a + b - c;

	switch (picture->filters[y]) {
	case FILTER_NONE:
		return 0;
	case FILTER_SUB:
		return a;
	case FILTER_UP:
		return b;
	case FILTER_AVERAGE:
		return (a + b) / 2;
	default:
		if (abs(p - a) <= abs(p - b) && abs(p - a) <= abs(p - c))
			return a;
		return abs(p - b) <= abs(p - c) ? b : c;
	}
}

static void apply_filters(const struct image *picture, uint8_t *raw)
{
	for (uint32_t y = 0; y < picture->height; y++) {
		*raw++ = picture->filters[y];
		for (uint32_t x = 0; x < picture->width; x++) {
			for (unsigned c = 0; c < picture->channels; c++)
				*raw++ = (uint8_t)(sample_at(picture, x, y, c) -
				                   predicted(picture, x, y, c));
		}
	}
}

static void make_pixels(const struct image *picture, uint8_t *pixels)
{
	bool grey = picture->channels < 3, alpha = picture->channels % 2 == 0;
	size_t count = (size_t)picture->width * picture->height;
	const uint8_t *from = picture->samples;

	for (size_t i = 0; i < count; i++, from += picture->channels, pixels += 4) {
		pixels[0] = from[grey ? 0 : 2];
		pixels[1] = from[grey ? 0 : 1];
		pixels[2] = from[0];
		pixels[3] = alpha ? from[picture->channels - 1] : 255;
	}
}

static bool is_opaque(const struct image *picture)
{
	size_t count = (size_t)picture->width * picture->height * picture->channels;

	for (size_t i = picture->channels - 1; picture->channels % 2 == 0 && i < count;
	     i += picture->channels) {
		if (picture->samples[i] != 255)
			return false;
	}
	return true;
}

static void check_variant(const struct image *picture, const uint8_t *raw, const uint8_t *pixels,
                          const struct png_unfilter *variant)
{
	size_t raw_bytes = ((size_t)picture->width * picture->channels + 1) * picture->height;
	size_t stride = (4 * (size_t)picture->width + 63) / 64 * 64;
	size_t bytes =
		stride * (picture->height + PNG_ROWS_AT_ONCE) + picture->height + PNG_ROWS_MARGIN;
	uint8_t *memory = malloc(bytes + GUARD_BYTES), *zeros = calloc(1, stride);
	struct png_rows rows = { .pixels = memory,
		                 .above = zeros,
		                 .stride_bytes = stride,
		                 .raw = memory + bytes - PNG_ROWS_MARGIN - raw_bytes,
		                 .width = picture->width,
		                 .height = picture->height,
		                 .channels = picture->channels,
		                 .opaque = true };

	memset(memory, GUARD, bytes + GUARD_BYTES);
	memcpy(memory + bytes - PNG_ROWS_MARGIN - raw_bytes, raw, raw_bytes);
	assert_true(variant->unfilter(&rows));
	assert_int_equal(rows.opaque, is_opaque(picture));
	for (uint32_t y = 0; y < picture->height; y++, pixels += 4 * (size_t)picture->width)
		assert_memory_equal(memory + y * rows.stride_bytes, pixels,
		                    4 * (size_t)picture->width);
	for (size_t i = 0; i < GUARD_BYTES; i++)
		assert_int_equal(memory[bytes + i], GUARD);
	free(zeros);
	free(memory);
}

static void check(const struct image *picture)
{
	size_t count = (size_t)picture->width * picture->height;
	uint8_t *raw = malloc(count * picture->channels + picture->height);
	uint8_t *pixels = malloc(4 * count);

	apply_filters(picture, raw);
	make_pixels(picture, pixels);
	for (unsigned i = 0; png_unfilter_get(i); i++)
		check_variant(picture, raw, pixels, png_unfilter_get(i));
	free(pixels);
	free(raw);
}

static void check_random(uint32_t width, const uint8_t *filters, uint32_t height, unsigned channels)
{
	size_t count = (size_t)width * height * channels;
	uint8_t *samples = malloc(count);
	struct image picture = { .width = width,
		                 .height = height,
		                 .channels = channels,
		                 .samples = samples,
		                 .filters = filters };

	for (size_t i = 0; i < count; i++)
		samples[i] = random_sample();
	check(&picture);
	free(samples);
}

static void test_every_width_and_filter(void **state)
{
	uint8_t filters[23];

	(void)state;
	for (unsigned channels = 1; channels <= 4; channels++) {
		for (uint32_t width = 1; width <= 70; width++) {
			for (int filter = 0; filter < PNG_FILTERS; filter++) {
				memset(filters, filter, sizeof(filters));
				for (uint32_t height = 1; height <= 9; height++)
					check_random(width, filters, height, channels);
			}
			for (size_t i = 0; i < sizeof(filters); i++)
				filters[i] = random_byte() % PNG_FILTERS;
			check_random(width, filters, sizeof(filters), channels);
		}
	}
}

static void test_every_order_of_four_filters(void **state)
{
	(void)state;
	for (unsigned number = 0; number < 625; number++) {
		uint8_t filters[5] = { (uint8_t)(number % 5), (uint8_t)(number / 5 % 5),
			               (uint8_t)(number / 25 % 5), (uint8_t)(number / 125),
			               FILTER_PAETH };

		for (unsigned channels = 1; channels <= 4; channels++) {
			check_random(16, filters, 5, channels);
			check_random(37, filters, 5, channels);
		}
	}
}

/* Covers each of the 2^24 neighbourhoods. The corner and the value above alternate in one row; the
 * left neighbour in the row below takes every value in turn. */
static void check_neighbourhoods(uint8_t corner, uint8_t filter, uint32_t height)
{
	enum { WIDTH = 512, HEIGHT = 128, CHANNELS = 4 };
	static uint8_t samples[HEIGHT * WIDTH * CHANNELS];
	uint8_t filters[HEIGHT];
	struct image picture = { .width = WIDTH,
		                 .height = height,
		                 .channels = CHANNELS,
		                 .samples = samples,
		                 .filters = filters };

	memset(filters, FILTER_PAETH, sizeof(filters));
	for (size_t i = 0; i < sizeof(samples); i++) {
		size_t x = i / CHANNELS % WIDTH, y = i / CHANNELS / WIDTH;

		filters[y & ~(size_t)1] = filter;
		samples[i] = (uint8_t)(y & 1   ? x / 2
		                       : x & 1 ? y / 2 * CHANNELS + i % CHANNELS
		                               : corner);
	}
	for (uint32_t y = 0; y < HEIGHT; y += height) {
		picture.samples = samples + (size_t)y * WIDTH * CHANNELS;
		check(&picture);
	}
}

static void test_every_neighbourhood_of_paeth(void **state)
{
	(void)state;
	for (unsigned corner = 0; corner < 256; corner++) {
		/* Two rows are undone one by one; four rows are undone together, with or without
		 * other filters. */
		check_neighbourhoods((uint8_t)corner, FILTER_PAETH, 2);
		check_neighbourhoods((uint8_t)corner, FILTER_PAETH, 128);
		check_neighbourhoods((uint8_t)corner, FILTER_UP, 128);
	}
}

static void test_invalid_filters(void **state)
{
	uint8_t memory[8192] = { 0 }, zeros[128] = { 0 };

	(void)state;
	for (unsigned i = 0; png_unfilter_get(i); i++) {
		for (unsigned channels = 1; channels <= 4; channels++) {
			for (uint32_t row = 0; row < 6; row++) {
				size_t row_bytes = 1 + (size_t)channels * 32;
				uint8_t *raw =
					memory + sizeof(memory) - PNG_ROWS_MARGIN - 6 * row_bytes;
				struct png_rows rows = { .raw = raw,
					                 .pixels = memory,
					                 .above = zeros,
					                 .stride_bytes = 128,
					                 .width = 32,
					                 .height = 6,
					                 .channels = channels };

				memset(memory, FILTER_PAETH, sizeof(memory));
				raw[row * row_bytes] = PNG_FILTERS;
				assert_false(png_unfilter_get(i)->unfilter(&rows));
			}
		}
	}
}

static void test_single_transparent_pixels(void **state)
{
	uint8_t samples[4 * 37 * 5], filters[5] = { 0 };
	struct image picture = {
		.width = 37, .height = 5, .channels = 4, .samples = samples, .filters = filters
	};

	(void)state;
	for (size_t i = 3; i < sizeof(samples); i += 4) {
		memset(samples, 255, sizeof(samples));
		check(&picture);
		samples[i] = 254;
		check(&picture);
	}
}

static void test_variants(void **state)
{
	unsigned count = 0;

	(void)state;
	while (png_unfilter_get(count))
		print_message("%s\n", png_unfilter_get(count++)->name);
	assert_true(count >= 1);
	assert_string_equal(png_unfilter_get(count - 1)->name, "plain C");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_variants),
		cmocka_unit_test(test_every_width_and_filter),
		cmocka_unit_test(test_every_order_of_four_filters),
		cmocka_unit_test(test_every_neighbourhood_of_paeth),
		cmocka_unit_test(test_invalid_filters),
		cmocka_unit_test(test_single_transparent_pixels),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
