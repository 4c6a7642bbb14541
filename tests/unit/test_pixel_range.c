/* SPDX-License-Identifier: MIT
 *
 * How 16-bit and float pixels are shown: full range, percentiles, how the range follows from frame
 * to frame, and colour maps. */
#include <math.h>

#include "pixel_image.h"

/* 400 values that count, 1 to 400 times scale: only the pixels of every fourth column and row. */
static void fill_ramp(const struct pixel_image *image, float scale, float first)
{
	size_t bytes = image->frame.fourcc == SHMFLIP_R32F ? 4 : 2;

	for (uint32_t y = 0; y < 80; y++)
		for (uint32_t x = 0; x < 80; x++) {
			bool counts = x % 4 == 0 && y % 4 == 0;
			uint32_t number = y / 4 * 20 + x / 4 + 1;
			float value = (float)number * scale + first;
			uint16_t word = bytes == 2 ? (uint16_t)value : 0;
			uint8_t *at = image_at(image, 0, y, bytes * x);

			if (bytes == 2)
				memcpy(at, &word, 2);
			else
				memcpy(at, &value, 4);
			if (!counts)
				memset(at, 0x47, bytes);
		}
}

static struct pixel_range measure(const struct pixel_image *image)
{
	struct pixel_range range = { -1, -1 };
	struct pixel_source source;

	image_source(image, &source);
	assert_true(pixel_range_measure(&source, &range));
	return range;
}

static void test_percentiles(void **state)
{
	struct pixel_range range;
	struct pixel_image image;

	(void)state;
	image_init(&image, SHMFLIP_R16, 80, 80, 6);
	fill_ramp(&image, 150, 0);
	range = measure(&image);
	assert_true(range.low == 5 * 150 && range.high == 396 * 150);
	image_finish(&image);
	image_init(&image, SHMFLIP_R32F, 80, 80, 6);
	fill_ramp(&image, 0.5F, -100.25F);
	range = measure(&image);
	assert_true(range.low == -97.75F && range.high == 97.75F);
	image_finish(&image);
}

static void test_no_values_do_not_count(void **state)
{
	static const float none[] = { 0, -0.0F, NAN, -NAN, INFINITY, -INFINITY };
	const float one = 2.5F;
	struct pixel_range range;
	struct pixel_source source;
	struct pixel_image image;

	(void)state;
	image_init(&image, SHMFLIP_R32F, 24, 4, 0);
	for (uint32_t x = 0; x < 24; x++)
		memcpy(image_at(&image, 0, 0, (size_t)4 * x), &none[x / 4], 4);
	image_source(&image, &source);
	assert_false(pixel_range_measure(&source, &range));
	memcpy(image_at(&image, 0, 0, (size_t)4 * 8), &one, 4);
	range = measure(&image);
	assert_true(range.low == one && range.high == one);
	image_finish(&image);
}

static void test_channels_count_but_not_alpha(void **state)
{
	static const uint16_t pixel[4] = { 300, 200, 100, 60000 };
	struct pixel_range range;
	struct pixel_image image;

	(void)state;
	image_init(&image, SHMFLIP_ABGR16161616, 1, 1, 0);
	memcpy(image_at(&image, 0, 0, 0), pixel, sizeof(pixel));
	range = measure(&image);
	assert_true(range.low == 100 && range.high == 200);
	image_finish(&image);
}

static void test_follows(void **state)
{
	struct pixel_range shown = { 100, 200 };

	(void)state;
	pixel_range_follow(&shown, &(struct pixel_range){ 120, 180 });
	assert_true(shown.low == 105 && shown.high == 195);
	pixel_range_follow(&shown, &(struct pixel_range){ 105, 218 });
	assert_true(shown.low == 105 && shown.high == 218);
	pixel_range_follow(&shown, &(struct pixel_range){ 70, 218 });
	assert_true(shown.low == 70 && shown.high == 218);
	shown = (struct pixel_range){ NAN, NAN };
	pixel_range_follow(&shown, &(struct pixel_range){ 1, 2 });
	assert_true(shown.low == 1 && shown.high == 2);
}

/* The span of each is more than a float holds. */
static void test_follows_wide_ranges(void **state)
{
	struct pixel_range shown = { -3e38F, 3e38F };

	(void)state;
	pixel_range_follow(&shown, &(struct pixel_range){ 3e38F, 3.25e38F });
	assert_true(shown.low == 3e38F && shown.high == 3.25e38F);
	shown = (struct pixel_range){ -3e38F, 3e38F };
	pixel_range_follow(&shown, &(struct pixel_range){ 0, 1 });
	assert_true(shown.low == 0 && shown.high == 1);
	shown = (struct pixel_range){ -0x1p127F, 0x1p127F };
	pixel_range_follow(&shown, &(struct pixel_range){ -0x1p127F, 0x1p126F });
	assert_true(shown.low == -0x1p127F && shown.high == 0x1.cp126F);
}

static uint32_t colour(const struct pixel_image *image, const struct pixel_appearance *appearance,
                       uint32_t x)
{
	struct pixel_converter converter;
	struct pixel_source source;
	uint8_t out[4];

	image_source(image, &source);
	pixel_converter_init(&converter, &source, appearance);
	pixel_convert(&converter, x, 0, 1, 1, out, 4);
	return out[0] | (uint32_t)out[1] << 8 | (uint32_t)out[2] << 16 | (uint32_t)out[3] << 24;
}

static void test_appearances(void **state)
{
	static const uint16_t values[] = { 0, 1000, 1499, 2000, 3000, 257 * 77 };
	struct pixel_appearance appearance = { .range = { 1000, 2000 } };
	struct pixel_image image;

	(void)state;
	image_init(&image, SHMFLIP_R16, 6, 1, 0);
	memcpy(image_at(&image, 0, 0, 0), values, sizeof(values));
	assert_int_equal(colour(&image, NULL, 5), 0xff4d4d4d);
	assert_int_equal(colour(&image, &appearance, 0), 0xff000000);
	assert_int_equal(colour(&image, &appearance, 2), 0xff7f7f7f);
	assert_int_equal(colour(&image, &appearance, 4), 0xffffffff);
	appearance.zero_is_no_value = true;
	appearance.map = COLOUR_MAP_VIRIDIS;
	assert_int_equal(colour(&image, &appearance, 0), COLOUR_OF_NO_VALUE);
	assert_int_equal(colour(&image, &appearance, 1),
	                 colour(&image, &appearance, 1) | 0xff000000);
	image.frame.colour.white = 4095;
	assert_int_equal(colour(&image, NULL, 3), 0xff7d7d7d); /* 2000 / 4095 * 255 = 124.5 */
	image.frame.colour = (struct shmflip_colour){ .range = 1 };
	*(uint16_t *)(void *)image_at(&image, 0, 0, 0) = 16 << 8;
	*(uint16_t *)(void *)image_at(&image, 0, 0, 2) = 235 << 8;
	assert_int_equal(colour(&image, NULL, 0), 0xff000000);
	assert_int_equal(colour(&image, NULL, 1), 0xffffffff);
	image_finish(&image);
}

static void test_nan_and_infinity(void **state)
{
	static const float values[] = { NAN, -INFINITY, INFINITY, 0 };
	struct pixel_image image;

	(void)state;
	image_init(&image, SHMFLIP_R32F, 4, 1, 0);
	memcpy(image_at(&image, 0, 0, 0), values, sizeof(values));
	assert_int_equal(colour(&image, NULL, 0), COLOUR_OF_NO_VALUE);
	assert_int_equal(colour(&image, NULL, 1), 0xff000000);
	assert_int_equal(colour(&image, NULL, 2), 0xffffffff);
	assert_int_equal(colour(&image, NULL, 3), 0xff000000);
	image_finish(&image);
}

static int distance(uint32_t a, uint32_t b)
{
	int most = 0;

	for (unsigned shift = 0; shift < 24; shift += 8) {
		int off = abs((int)(a >> shift & 255) - (int)(b >> shift & 255));

		most = off > most ? off : most;
	}
	return most;
}

/* Against entries of the published tables, to which the polynomials were fitted. */
static void test_colour_maps(void **state)
{
	static const struct {
		enum colour_map map;
		int step, off;
		uint32_t colour;
	} known[] = {
		{ COLOUR_MAP_GRAY, 0, 0, 0xff000000 },
		{ COLOUR_MAP_GRAY, 77, 0, 0xff4d4d4d },
		{ COLOUR_MAP_GRAY, 255, 0, 0xffffffff },
		{ COLOUR_MAP_VIRIDIS, 0, 4, 0xff440154 },
		{ COLOUR_MAP_VIRIDIS, 128, 4, 0xff21918c },
		{ COLOUR_MAP_VIRIDIS, 255, 4, 0xfffde725 },
		{ COLOUR_MAP_TURBO, 0, 32, 0xff30123b },
		{ COLOUR_MAP_TURBO, 128, 20, 0xffa4fc3c },
		{ COLOUR_MAP_TURBO, 255, 24, 0xff7a0403 },
	};
	uint32_t colours[COLOUR_MAP_STEPS];

	(void)state;
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		colour_map_fill(known[i].map, colours);
		assert_int_equal(colours[known[i].step] >> 24, 255);
		assert_true(distance(colours[known[i].step], known[i].colour) <= known[i].off);
	}
	for (int map = 0; map < COLOUR_MAPS; map++) {
		colour_map_fill(map, colours);
		for (int i = 1; i < COLOUR_MAP_STEPS; i++)
			assert_true(distance(colours[i], colours[i - 1]) <= 13);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_percentiles),
		cmocka_unit_test(test_no_values_do_not_count),
		cmocka_unit_test(test_channels_count_but_not_alpha),
		cmocka_unit_test(test_follows),
		cmocka_unit_test(test_follows_wide_ranges),
		cmocka_unit_test(test_appearances),
		cmocka_unit_test(test_nan_and_infinity),
		cmocka_unit_test(test_colour_maps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
