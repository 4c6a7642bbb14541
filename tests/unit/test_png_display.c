/* SPDX-License-Identifier: MIT
 *
 * common/png/png_display: what eXIf and pHYs say, wherever they are; and that hostile ones say
 * nothing, without a read beyond their end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "png_display.h"
#include "png_maker.h"

/* A TIFF of each byte order: a directory at byte 8 with another tag, and then the orientation 6. */
static const uint8_t little[] = {
	'I',  'I', 42, 0, 8, 0, 0, 0, 2, 0,       /* */
	0,    1,   4,  0, 1, 0, 0, 0, 7, 0, 0, 0, /* width */
	0x12, 1,   3,  0, 1, 0, 0, 0, 6, 0, 0, 0, /* orientation */
	0,    0,   0,  0,
};
static const uint8_t big[] = {
	'M', 'M',  0, 42, 0, 0, 0, 8, 0, 2,       /* */
	1,   0,    0, 4,  0, 0, 0, 1, 0, 0, 0, 7, /* width */
	1,   0x12, 0, 3,  0, 0, 0, 1, 0, 6, 0, 0, /* orientation */
	0,   0,    0, 0,
};

enum { TIFF_BYTES = sizeof(little), COUNT = 8, TAG = 22, TYPE = 24, NUMBER = 26, VALUE = 30 };

static uint16_t grey(uint32_t x, uint32_t y, unsigned channel)
{
	return (uint16_t)(x + y + channel);
}

static const struct png_spec spec = { .width = 4, .height = 4, .depth = 8, .sample = grey };

/* Reads a copy in memory of just this size, so that a sanitizer sees reads beyond it. */
static struct png_display read_bytes(const struct bytes *png, size_t size)
{
	struct png_display display = { 77, 77, 77 };
	uint8_t *copy = malloc(size ? size : 1);

	assert_non_null(copy);
	memcpy(copy, png->data, size);
	png_display_read(copy, size, &display);
	free(copy);
	return display;
}

static struct png_display read_png(struct bytes *png)
{
	struct bytes rows = make_rows(&spec);
	struct png_display display;

	add_rows_and_end(png, &rows, 8192);
	display = read_bytes(png, png->size);
	bytes_finish(&rows);
	bytes_finish(png);
	return display;
}

static struct png_display read_chunk(const char *type, const uint8_t *data, size_t size)
{
	struct bytes png = make_beginning(&spec);

	png_add_chunk(&png, type, data, size);
	return read_png(&png);
}

/* little with one byte changed. */
static uint32_t orientation_with(size_t at, uint8_t value)
{
	uint8_t tiff[TIFF_BYTES];

	memcpy(tiff, little, sizeof(tiff));
	tiff[at] = value;
	return read_chunk("eXIf", tiff, sizeof(tiff)).orientation;
}

static struct png_display phys(uint32_t across, uint32_t down, uint8_t unit)
{
	uint8_t data[9] = {
		(uint8_t)(across >> 24), (uint8_t)(across >> 16), (uint8_t)(across >> 8),
		(uint8_t)across,         (uint8_t)(down >> 24),   (uint8_t)(down >> 16),
		(uint8_t)(down >> 8),    (uint8_t)down,           unit
	};

	return read_chunk("pHYs", data, sizeof(data));
}

static void assert_aspect(struct png_display display, uint32_t num, uint32_t den)
{
	assert_int_equal(display.aspect_num, num);
	assert_int_equal(display.aspect_den, den);
	assert_int_equal(display.orientation, 0);
}

static void test_orientation_in_both_byte_orders(void **state)
{
	(void)state;
	assert_int_equal(read_chunk("eXIf", little, sizeof(little)).orientation, 6);
	assert_int_equal(read_chunk("eXIf", big, sizeof(big)).orientation, 6);
	for (uint8_t value = 1; value <= 8; value++)
		assert_int_equal(orientation_with(VALUE, value), value);
}

static void test_invalid_exif_says_nothing(void **state)
{
	(void)state;
	assert_int_equal(orientation_with(VALUE, 0), 0);
	assert_int_equal(orientation_with(VALUE, 9), 0);
	assert_int_equal(orientation_with(VALUE + 1, 1), 0);
	assert_int_equal(orientation_with(0, 'M'), 0);
	assert_int_equal(orientation_with(2, 43), 0);
	assert_int_equal(orientation_with(TAG, 0x13), 0);
	assert_int_equal(orientation_with(TYPE, 4), 0);
	assert_int_equal(orientation_with(NUMBER, 2), 0);
	assert_int_equal(orientation_with(COUNT, 1), 0);
}

static void test_offsets_and_counts_beyond_the_end(void **state)
{
	(void)state;
	assert_int_equal(orientation_with(7, 0xff), 0);
	assert_int_equal(orientation_with(5, 0x80), 0);
	for (size_t at = TIFF_BYTES - 2; at <= TIFF_BYTES; at++)
		assert_int_equal(orientation_with(4, (uint8_t)at), 0);
	/* Too many entries are announced. The one that is there counts. */
	assert_int_equal(orientation_with(COUNT + 1, 0xff), 6);
	for (size_t size = 0; size < TIFF_BYTES; size++)
		assert_int_equal(read_chunk("eXIf", little, size).orientation,
		                 size >= TAG + 12 ? 6 : 0);
}

static void test_aspect(void **state)
{
	(void)state;
	assert_aspect(phys(1000, 2000, 1), 2, 1);
	assert_aspect(phys(2835, 2835, 1), 0, 0);
	assert_aspect(phys(299, 300, 1), 0, 0);
	assert_aspect(phys(300, 299, 1), 0, 0);
	assert_aspect(phys(1000, 1004, 1), 0, 0);
	assert_aspect(phys(1000, 1006, 1), 503, 500);
	assert_aspect(phys(16, 15, 0), 15, 16);
	assert_aspect(phys(1, UINT32_MAX, 0), UINT32_MAX, 1);
	assert_aspect(phys(0, 1, 0), 0, 0);
	assert_aspect(phys(1, 0, 0), 0, 0);
	assert_aspect(phys(1, 2, 2), 0, 0);
	assert_aspect(read_chunk("pHYs", little, 8), 0, 0);
	assert_aspect(read_chunk("pHYs", little, 10), 0, 0);
}

static void test_a_wrong_crc_and_a_second_chunk(void **state)
{
	uint8_t other[TIFF_BYTES];
	struct bytes png = make_beginning(&spec);

	(void)state;
	png_add_chunk(&png, "eXIf", little, sizeof(little));
	png.data[png.size - 1] ^= 1;
	assert_int_equal(read_png(&png).orientation, 0);
	memcpy(other, little, sizeof(other));
	other[VALUE] = 3;
	png = make_beginning(&spec);
	png_add_chunk(&png, "eXIf", little, sizeof(little));
	png_add_chunk(&png, "eXIf", other, sizeof(other));
	assert_int_equal(read_png(&png).orientation, 6);
}

static void test_a_chunk_after_the_pixels_and_an_early_end(void **state)
{
	struct bytes png = make_beginning(&spec), rows = make_rows(&spec);
	size_t before, after;

	(void)state;
	add_rows_and_end(&png, &rows, 4);
	before = png.size;
	png_add_chunk(&png, "eXIf", big, sizeof(big));
	after = png.size;
	for (size_t size = 0; size <= after; size++)
		assert_int_equal(read_bytes(&png, size).orientation, size == after ? 6 : 0);
	memset(png.data + before, 0xff, 4);
	assert_int_equal(read_bytes(&png, after).orientation, 0);
	bytes_finish(&rows);
	bytes_finish(&png);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_orientation_in_both_byte_orders),
		cmocka_unit_test(test_invalid_exif_says_nothing),
		cmocka_unit_test(test_offsets_and_counts_beyond_the_end),
		cmocka_unit_test(test_aspect),
		cmocka_unit_test(test_a_wrong_crc_and_a_second_chunk),
		cmocka_unit_test(test_a_chunk_after_the_pixels_and_an_early_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
