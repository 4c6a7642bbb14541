/* SPDX-License-Identifier: MIT
 *
 * What a PNG says before its pixels. png_header: its formats. png_colour: cICP and sBIT. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "png_colour.h"
#include "png_header.h"
#include "png_maker.h"
#include "shmflip.h"

static struct bytes begin(uint8_t depth, uint8_t colour_type)
{
	struct bytes png = { 0 };

	png_add_signature(&png);
	png_add_header(&png, 4, 4, depth, colour_type, false);
	return png;
}

static uint32_t own_format(const struct bytes *png)
{
	struct png_header header;
	const char *reason;

	assert_int_equal(png_header_parse(png->data, png->size, &header, &reason), 0);
	return png_header_format(&header);
}

static void test_where_the_colour_key_counts(void **state)
{
	struct bytes png = begin(16, GREY);

	(void)state;
	for (int i = 0; i < 100; i++)
		png_add_chunk(&png, "tEXt", "Comment\0x", 9);
	assert_int_equal(own_format(&png), SHMFLIP_R16);
	png_add_chunk(&png, "tRNS", "\0\1", 2);
	assert_int_equal(own_format(&png), SHMFLIP_ABGR16161616);
	/* Only its type and length count. */
	png.size -= 6;
	assert_int_equal(own_format(&png), SHMFLIP_ABGR16161616);
	png.size--;
	assert_int_equal(own_format(&png), SHMFLIP_R16);
	bytes_finish(&png);
	png = begin(16, GREY);
	png_add_chunk(&png, "IDAT", "", 0);
	png_add_chunk(&png, "tRNS", "\0\1", 2);
	assert_int_equal(own_format(&png), SHMFLIP_R16);
	bytes_finish(&png);
}

static void test_formats_that_no_png_has(void **state)
{
	struct bytes png;

	(void)state;
	assert_true(png_has_format(SHMFLIP_R8) && png_has_format(SHMFLIP_XBGR16161616));
	assert_false(png_has_format(SHMFLIP_RGB888) || png_has_format(SHMFLIP_XRGB8888));
	for (uint8_t type = 0; type < 255; type++) {
		for (uint8_t depth = 0; depth < 255; depth++) {
			uint32_t fourcc;

			png = begin(depth, type);
			fourcc = own_format(&png);
			assert_true(!fourcc || png_has_format(fourcc));
			bytes_finish(&png);
		}
	}
}

/* ---- Colour ---------------------------------------------------------------------------------- */

/* Returns the warning. */
static const char *read_colour(uint8_t depth, uint8_t colour_type, const char *type,
                               const void *data, size_t size, struct shmflip_colour *colour)
{
	struct bytes png = begin(depth, colour_type);
	struct png_header header;
	const char *reason, *warning;

	png_add_chunk(&png, "tEXt", "Comment\0x", 9);
	png_add_chunk(&png, type, data, size);
	png_add_chunk(&png, "IDAT", "", 0);
	/* Too late to count. */
	png_add_chunk(&png, "cICP", "\7\7\0\1", 4);
	png_add_chunk(&png, "sBIT", "\1\1\1\1", channels_of(colour_type));
	assert_int_equal(png_header_parse(png.data, png.size, &header, &reason), 0);
	warning = png_colour_read(png.data, png.size, &header, colour);
	bytes_finish(&png);
	return warning;
}

static void test_cicp(void **state)
{
	static const struct {
		const char *data;
		size_t size;
		struct shmflip_colour colour;
		const char *warning;
	} cases[] = {
		{ "\11\20\0\1", 4, { .primaries = 9, .transfer = 16, .range = 2 }, NULL },
		{ "\1\15\0\0", 4, { .primaries = 1, .transfer = 13, .range = 1 }, NULL },
		{ "\xff\2\0\1", 4, { .primaries = 255, .range = 2 }, NULL },
		{ "\11\20\11\1",
		  4,
		  { 0 },
		  "cICP names a matrix, but PNGs are RGB: colour is unknown" },
		{ "\11\20\0\2", 4, { 0 }, "cICP is damaged: colour is unknown" },
		{ "\11\20\0\1", 3, { 0 }, "cICP is damaged: colour is unknown" },
		{ "\11\20\0\1\0", 5, { 0 }, "cICP is damaged: colour is unknown" },
		{ "", 0, { 0 }, "cICP is damaged: colour is unknown" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct shmflip_colour colour;
		const char *warning =
			read_colour(8, RGB, "cICP", cases[i].data, cases[i].size, &colour);

		if (cases[i].warning)
			assert_string_equal(warning, cases[i].warning);
		else
			assert_null(warning);
		assert_memory_equal(&colour, &cases[i].colour, sizeof(colour));
	}
}

static void test_sbit(void **state)
{
	static const struct {
		uint8_t depth, colour_type;
		const char *data;
		size_t size;
		uint8_t bits;
	} cases[] = {
		{ 16, GREY, "\14", 1, 12 },
		{ 16, GREY, "\20", 1, 16 },
		{ 16, GREY, "\21", 1, 0 },
		{ 16, GREY, "\0", 1, 0 },
		{ 255, GREY, "\144", 1, 0 },
		{ 16, GREY, "\14\14", 2, 0 },
		{ 4, GREY, "\3", 1, 3 },
		{ 4, GREY, "\5", 1, 0 },
		{ 16, RGB, "\12\14\13", 3, 12 },
		{ 16, RGB, "\12\14", 2, 0 },
		{ 8, GREY_ALPHA, "\5\10", 2, 5 },
		{ 16, RGB_ALPHA, "\12\12\12\20", 4, 10 },
		{ 16, RGB_ALPHA, "\12\12\12\0", 4, 0 },
		{ 2, PALETTE, "\5\6\5", 3, 6 },
		{ 2, PALETTE, "\5\11\5", 3, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct shmflip_colour colour, expected = { .bits = cases[i].bits };

		assert_null(read_colour(cases[i].depth, cases[i].colour_type, "sBIT", cases[i].data,
		                        cases[i].size, &colour));
		assert_memory_equal(&colour, &expected, sizeof(colour));
	}
}

static void test_colour_that_is_damaged(void **state)
{
	static const struct shmflip_colour unknown;
	struct bytes png = begin(16, RGB);
	struct shmflip_colour colour;
	struct png_header header;
	const char *reason;

	(void)state;
	png_add_chunk(&png, "cICP", "\1\15\0\1", 4);
	assert_int_equal(png_header_parse(png.data, png.size, &header, &reason), 0);
	for (size_t size = PNG_HEADER_BYTES; size < png.size; size++) {
		assert_null(png_colour_read(png.data, size, &header, &colour));
		assert_memory_equal(&colour, &unknown, sizeof(colour));
	}
	for (size_t at = PNG_HEADER_BYTES; at < png.size; at++) {
		png.data[at] ^= 0x10;
		assert_null(png_colour_read(png.data, png.size, &header, &colour));
		assert_memory_equal(&colour, &unknown, sizeof(colour));
		png.data[at] ^= 0x10;
	}
	bytes_finish(&png);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_where_the_colour_key_counts),
		cmocka_unit_test(test_formats_that_no_png_has),
		cmocka_unit_test(test_cicp),
		cmocka_unit_test(test_sbit),
		cmocka_unit_test(test_colour_that_is_damaged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
