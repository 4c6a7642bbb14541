/* SPDX-License-Identifier: MIT
 *
 * viewer/appearance: which range, colours and values without meaning 16-bit and float pictures get;
 * and the lines of the panel that say so. */
#include "pixel_image.h"

#include "appearance.h"
#include "info.h"

#define SIDE 16

/* The upper half has the value low, but for its first row, which is 0. The lower half is high. */
static void fill(struct pixel_image *image, uint16_t low, uint16_t high)
{
	for (uint32_t y = 0; y < SIDE; y++) {
		uint16_t value = y < SIDE / 2 ? low : high;

		for (uint32_t x = 0; x < SIDE; x++) {
			image_at(image, 0, y, 2 * x)[0] = (uint8_t)(y ? value : 0);
			image_at(image, 0, y, 2 * x)[1] = (uint8_t)(y ? value >> 8 : 0);
		}
	}
}

static struct pixel_source depth(struct pixel_image *image, uint16_t low, uint16_t high)
{
	struct pixel_source source;

	fill(image, low, high);
	image_source(image, &source);
	return source;
}

static void assert_range(struct pixel_range range, float low, float high)
{
	assert_float_equal(range.low, low, 0.01F);
	assert_float_equal(range.high, high, 0.01F);
}

static void test_auto(void **state)
{
	struct appearance appearance = { .mode = APPEARANCE_AUTO, .map = COLOUR_MAP_TURBO };
	struct pixel_image image;

	(void)state;
	image_init(&image, SHMFLIP_R16, SIDE, SIDE, 0);
	struct pixel_source source = depth(&image, 1000, 2000);
	/* The first picture has its own range. */
	struct pixel_appearance made = appearance_of_next(&appearance, &source);
	assert_range(made.range, 1000, 2000);
	assert_int_equal(made.map, COLOUR_MAP_TURBO);
	assert_true(made.zero_is_no_value);
	/* The range moves a quarter of the way, or jumps. */
	source = depth(&image, 1040, 1960);
	assert_range(appearance_of_next(&appearance, &source).range, 1010, 1990);
	source = depth(&image, 1010, 5000);
	assert_range(appearance_of_next(&appearance, &source).range, 1010, 5000);
	/* One that does not follow has its own. */
	source = depth(&image, 1040, 4960);
	assert_range(appearance_of_other(&appearance, &source).range, 1040, 4960);
	assert_range(appearance.shown, 1040, 4960);
	/* Without any value, the last range stays. */
	source = depth(&image, 0, 0);
	assert_range(appearance_of_next(&appearance, &source).range, 1040, 4960);
	/* An automatic range does not follow another one. */
	appearance.mode = APPEARANCE_FULL;
	appearance_of_next(&appearance, &source);
	appearance.mode = APPEARANCE_AUTO;
	source = depth(&image, 1000, 60000);
	assert_range(appearance_of_next(&appearance, &source).range, 1000, 60000);
	image_finish(&image);
}

/* A dark photo of 16 bits is not made bright; a depth map is. */
static void test_default(void **state)
{
	struct appearance appearance = { 0 };
	struct pixel_image image;
	struct pixel_source source;

	(void)state;
	image_init(&image, SHMFLIP_XBGR16161616, SIDE, SIDE, 0);
	for (unsigned y = 0; y < SIDE; y++)
		memset(image.pixels[0] + (size_t)y * image.frame.plane[0].stride_bytes, 0x10,
		       8UL * SIDE);
	image_source(&image, &source);
	assert_range(appearance_of_next(&appearance, &source).range, 0, 65535);
	appearance_next_range(&appearance);
	assert_int_equal(appearance.mode, APPEARANCE_AUTO);
	assert_range(appearance_of_next(&appearance, &source).range, 0x1010, 0x1010);
	image_finish(&image);

	appearance = (struct appearance){ 0 };
	image_init(&image, SHMFLIP_R16, SIDE, SIDE, 0);
	source = depth(&image, 1000, 60000);
	assert_range(appearance_of_next(&appearance, &source).range, 1000, 60000);
	appearance_next_range(&appearance);
	assert_int_equal(appearance.mode, APPEARANCE_FULL);
	image_finish(&image);
}

static void test_auto_without_a_value(void **state)
{
	struct appearance appearance = { .mode = APPEARANCE_AUTO };
	struct pixel_image image;

	(void)state;
	image_init(&image, SHMFLIP_R16, SIDE, SIDE, 0);
	const struct pixel_source source = depth(&image, 0, 0);
	assert_range(appearance_of_next(&appearance, &source).range, 0, 65535);
	image_finish(&image);
}

static void test_keys(void **state)
{
	struct appearance appearance = { .mode = APPEARANCE_AUTO };

	(void)state;
	appearance_next_range(&appearance);
	assert_int_equal(appearance.mode, APPEARANCE_FULL);
	appearance_next_range(&appearance);
	assert_int_equal(appearance.mode, APPEARANCE_AUTO);
	assert_true(appearance_parse_range(&appearance, "-0.5:2e3"));
	assert_range(appearance.given, -0.5F, 2000);
	assert_int_equal(appearance.mode, APPEARANCE_GIVEN);
	appearance_next_range(&appearance);
	assert_int_equal(appearance.mode, APPEARANCE_AUTO);
	appearance_next_range(&appearance);
	appearance_next_range(&appearance);
	assert_int_equal(appearance.mode, APPEARANCE_GIVEN);
	for (int i = 0; i < COLOUR_MAPS; i++) {
		assert_int_equal(appearance.map, i);
		appearance_next_map(&appearance);
	}
	assert_int_equal(appearance.map, COLOUR_MAP_GRAY);
}

static void test_words_that_are_no_range(void **state)
{
	static const char *const words[] = { "",      "5",    ":",     "5:",    ":5",
		                             "5:5",   "6:5",  "5:6:7", "5 : 6", "nan:1",
		                             "0:inf", "Auto", "5:6 ",  "full:", "auto:full" };
	struct appearance appearance = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		assert_false(appearance_parse_range(&appearance, words[i]));
	assert_true(appearance_parse_range(&appearance, "auto"));
	assert_int_equal(appearance.mode, APPEARANCE_AUTO);
	assert_true(appearance_parse_range(&appearance, "full"));
	assert_int_equal(appearance.mode, APPEARANCE_FULL);
}

static bool zero_is_no_value(enum appearance_mode mode, uint32_t fourcc,
                             const struct shmflip_colour *colour)
{
	struct appearance appearance = { .mode = mode, .given = { 0, 9 } };
	struct pixel_source source;
	struct pixel_image image;

	image_init(&image, fourcc, SIDE, SIDE, 0);
	image.frame.colour = *colour;
	image_source(&image, &source);
	bool result = appearance_of_next(&appearance, &source).zero_is_no_value;
	image_finish(&image);
	return result;
}

static void test_zero(void **state)
{
	const struct shmflip_colour unknown = { 0 }, white = { .white = 4095 },
				    largest = { .white = 65535 }, limited = { .range = 1 };

	(void)state;
	assert_true(zero_is_no_value(APPEARANCE_AUTO, SHMFLIP_R16, &unknown));
	assert_true(zero_is_no_value(APPEARANCE_GIVEN, SHMFLIP_R16, &unknown));
	assert_true(zero_is_no_value(APPEARANCE_AUTO, SHMFLIP_R32F, &unknown));
	/* Black is black where the picture is shown as one, or says that it is brightness. */
	assert_false(zero_is_no_value(APPEARANCE_FULL, SHMFLIP_R16, &unknown));
	assert_false(zero_is_no_value(APPEARANCE_AUTO, SHMFLIP_R16, &white));
	assert_false(zero_is_no_value(APPEARANCE_AUTO, SHMFLIP_R16, &largest));
	assert_false(zero_is_no_value(APPEARANCE_AUTO, SHMFLIP_R16, &limited));
	assert_false(zero_is_no_value(APPEARANCE_AUTO, SHMFLIP_NV12, &unknown));
}

/* ---- Lines of the panel --------------------------------------------------------------------- */

static void assert_line(const char *values, const char *names, const char *name,
                        const char *expected)
{
	for (; *names && strncmp(names, name, strlen(name)) != 0; names++, values++) {
		names += strcspn(names, "\n");
		values += strcspn(values, "\n");
	}
	if (strncmp(values, expected, strlen(expected)) != 0 ||
	    (values[strlen(expected)] != '\n' && values[strlen(expected)] != '\0'))
		fail_msg("%s: %.60s, expected %s", name, values, expected);
}

static void assert_panel(struct pixel_image *image, struct appearance *appearance,
                         const char *format, const char *range, const char *pixel)
{
	struct picture_info picture = { .fourcc = image->frame.fourcc, .opaque = true };
	struct pixel_source source;
	struct info info = { .channel = "c",
		             .picture = &picture,
		             .source = &source,
		             .appearance = appearance,
		             .presenter = "none",
		             .has_pointer = true,
		             .has_pixel = true,
		             .pointer = { 1, 1 },
		             .pixel = 0xff0a0b0c };
	char names[INFO_SIZE], values[INFO_SIZE];

	image_source(image, &source);
	if (range)
		appearance_of_other(appearance, &source);
	pixel_source_read(&source, 1, 1, &info.values);
	info_format(&info, names, values);
	assert_line(values, names, "format", format);
	if (range)
		assert_line(values, names, "range", range);
	else
		assert_null(strstr(names, "range"));
	assert_line(values, names, "pixel", pixel);
}

static void test_panel_of_depth(void **state)
{
	struct appearance appearance = { .mode = APPEARANCE_AUTO, .map = COLOUR_MAP_VIRIDIS };
	struct pixel_image image;

	(void)state;
	image_init(&image, SHMFLIP_R16, SIDE, SIDE, 0);
	fill(&image, 12345, 12345);
	assert_panel(&image, &appearance, "R16", "12345 to 12345 (auto), viridis", "1, 1:  12345");
	image.frame.value_scale = 1 / 5000.0F;
	appearance.mode = APPEARANCE_FULL;
	assert_panel(&image, &appearance, "R16", "0 to 65535 (full), viridis",
	             "1, 1:  12345 = 2.469");
	image.frame.colour.white = 4095;
	appearance_parse_range(&appearance, "400:5000");
	assert_panel(&image, &appearance, "R16, white 4095", "400 to 5000 (given), viridis",
	             "1, 1:  12345 = 2.469");
	fill(&image, 0, 0);
	assert_panel(&image, &appearance, "R16, white 4095", "400 to 5000 (given), viridis",
	             "1, 1:  0 = 0");
	image.frame.colour.white = 0;
	assert_panel(&image, &appearance, "R16", "400 to 5000 (given), viridis",
	             "1, 1:  0: no value");
	image_finish(&image);
}

static void test_panel_of_floats(void **state)
{
	struct appearance appearance = { .mode = APPEARANCE_FULL };
	struct pixel_image image;
	float value = -2.5F;

	(void)state;
	image_init(&image, SHMFLIP_R32F, SIDE, SIDE, 0);
	memcpy(image_at(&image, 0, 1, 4), &value, sizeof(value));
	assert_panel(&image, &appearance, "R  F", "0 to 1 (full), gray", "1, 1:  -2.5");
	value = __builtin_nanf("");
	memcpy(image_at(&image, 0, 1, 4), &value, sizeof(value));
	assert_panel(&image, &appearance, "R  F", "0 to 1 (full), gray", "1, 1:  nan");
	image_finish(&image);
}

static void test_panel_of_colours(void **state)
{
	static const uint16_t words[4] = { 1, 22222, 65535, 333 };
	struct appearance appearance = { .mode = APPEARANCE_FULL };
	struct pixel_image image;

	(void)state;
	image_init(&image, SHMFLIP_ABGR16161616, SIDE, SIDE, 0);
	memcpy(image_at(&image, 0, 1, 8), words, sizeof(words));
	assert_panel(&image, &appearance, "AB48", "0 to 65535 (full)",
	             "1, 1:  1 22222 65535  alpha 333");
	image.frame.fourcc = SHMFLIP_XBGR16161616;
	assert_panel(&image, &appearance, "XB48", "0 to 65535 (full)", "1, 1:  1 22222 65535");
	image_finish(&image);
	image_init(&image, SHMFLIP_NV12, SIDE, SIDE, 0);
	*image_at(&image, 0, 1, 1) = 126;
	memcpy(image_at(&image, 1, 0, 0), "\x5a\xf0", 2);
	assert_panel(&image, &appearance, "NV12, bt601 limited", NULL,
	             "1, 1:  YUV 126 90 240  RGB 10 11 12");
	image.frame.colour = (struct shmflip_colour){ .matrix = 9, .range = 2 };
	assert_panel(&image, &appearance, "NV12, bt2020 full", NULL,
	             "1, 1:  YUV 126 90 240  RGB 10 11 12");
	image_finish(&image);
	image_init(&image, SHMFLIP_R8, SIDE, SIDE, 0);
	*image_at(&image, 0, 1, 1) = 128;
	image.frame.colour.range = 1;
	assert_panel(&image, &appearance, "R8, limited", NULL, "1, 1:  128");
	image_finish(&image);
	image_init(&image, SHMFLIP_BGR888, SIDE, SIDE, 0);
	assert_panel(&image, &appearance, "BG24", NULL, "1, 1:  #0a0b0c  10 11 12");
	image_finish(&image);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_auto),
		cmocka_unit_test(test_default),
		cmocka_unit_test(test_auto_without_a_value),
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_words_that_are_no_range),
		cmocka_unit_test(test_zero),
		cmocka_unit_test(test_panel_of_depth),
		cmocka_unit_test(test_panel_of_floats),
		cmocka_unit_test(test_panel_of_colours),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
