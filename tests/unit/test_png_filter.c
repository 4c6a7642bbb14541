/* SPDX-License-Identifier: MIT
 *
 * png_filter, for each instruction set that this machine has: each filter, on rows of every length
 * and each size of pixels, gives what the PNG specification says. Packing writes no byte too many.
 * Links nothing else, because ./dev arm runs it under emulation. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "png_filter.h"

enum { BYTES_MAX = 200, ROOM = PNG_FILTER_MARGIN + BYTES_MAX + PNG_FILTER_MARGIN, GUARD = 0x5a };

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

static void fill(uint8_t *row, size_t bytes)
{
	memset(row, 0, PNG_FILTER_MARGIN);
	for (size_t i = 0; i < bytes + PNG_FILTER_MARGIN; i++)
		row[PNG_FILTER_MARGIN + i] = random_sample();
}

static uint8_t predicted(enum png_filter filter, int a, int b, int c)
{
	int p = a + b - c;

	switch (filter) {
	case FILTER_NONE:
		return 0;
	case FILTER_SUB:
		return (uint8_t)a;
	case FILTER_UP:
		return (uint8_t)b;
	case FILTER_AVERAGE:
		return (uint8_t)((a + b) / 2);
	default:
		if (abs(p - a) <= abs(p - b) && abs(p - a) <= abs(p - c))
			return (uint8_t)a;
		return (uint8_t)(abs(p - b) <= abs(p - c) ? b : c);
	}
}

static void check_row(const struct png_filter_variant *variant, enum png_filter filter,
                      size_t bytes, unsigned step)
{
	uint8_t row[ROOM], above[ROOM], out[ROOM];
	const uint8_t *x = row + PNG_FILTER_MARGIN, *b = above + PNG_FILTER_MARGIN;

	fill(row, bytes);
	fill(above, bytes);
	memset(out, GUARD, sizeof(out));
	variant->filter(filter, x, b, bytes, step, out);
	for (size_t i = 0; i < bytes; i++)
		assert_int_equal(out[i], (uint8_t)(x[i] - predicted(filter, *(x + i - step), b[i],
		                                                    *(b + i - step))));
	for (size_t i = bytes + PNG_FILTER_MARGIN; i < sizeof(out); i++)
		assert_int_equal(out[i], GUARD);
}

static void test_filters(void **state)
{
	static const unsigned steps[] = { 1, 2, 3, 4, 6, 8 };
	const struct png_filter_variant *variant;

	(void)state;
	for (unsigned i = 0; (variant = png_filter_get(i)); i++) {
		print_message("%s\n", variant->name);
		for (int filter = FILTER_NONE; filter <= FILTER_PAETH; filter++)
			for (size_t bytes = 1; bytes <= BYTES_MAX; bytes++)
				check_row(variant, (enum png_filter)filter, bytes,
				          steps[bytes % 6]);
	}
}

/* All triples of bytes, of which Paeth chooses one. */
static void test_every_choice_of_paeth(void **state)
{
	uint8_t row[PNG_FILTER_MARGIN + 256 + PNG_FILTER_MARGIN], above[sizeof(row)];
	const struct png_filter_variant *variant;
	uint8_t out[256 + PNG_FILTER_MARGIN];

	(void)state;
	memset(row, 0, sizeof(row));
	memset(above, 0, sizeof(above));
	for (unsigned v = 0; (variant = png_filter_get(v)); v++)
		for (unsigned a = 0; a < 256; a++)
			for (unsigned c = 0; c < 256; c += 3) {
				for (unsigned b = 0; b < 256; b += 2) {
					row[PNG_FILTER_MARGIN + b] = (uint8_t)a;
					above[PNG_FILTER_MARGIN + b] = (uint8_t)c;
					above[PNG_FILTER_MARGIN + b + 1] = (uint8_t)b;
				}
				variant->filter(FILTER_PAETH, row + PNG_FILTER_MARGIN,
				                above + PNG_FILTER_MARGIN, 256, 1, out);
				for (unsigned b = 0; b < 256; b += 2)
					assert_int_equal(out[b + 1],
					                 (uint8_t)-predicted(FILTER_PAETH, (int)a,
					                                     (int)b, (int)c));
			}
}

static void check_pack(const struct png_filter_variant *variant, size_t pixels, unsigned channels)
{
	uint8_t *bgra = malloc(4 * pixels + 1), *out = malloc(channels * pixels + 1);

	for (size_t i = 0; i < 4 * pixels; i++)
		bgra[i] = random_byte();
	out[channels * pixels] = GUARD;
	variant->pack(bgra, pixels, channels, out);
	for (size_t i = 0; i < pixels; i++) {
		assert_int_equal(out[channels * i], bgra[4 * i + 2]);
		assert_int_equal(out[channels * i + 1], bgra[4 * i + 1]);
		assert_int_equal(out[channels * i + 2], bgra[4 * i]);
		if (channels == 4)
			assert_int_equal(out[4 * i + 3], bgra[4 * i + 3]);
	}
	assert_int_equal(out[channels * pixels], GUARD);
	free(bgra);
	free(out);
}

static void test_pack(void **state)
{
	const struct png_filter_variant *variant;

	(void)state;
	for (unsigned i = 0; (variant = png_filter_get(i)); i++)
		for (size_t pixels = 0; pixels < 70; pixels++) {
			check_pack(variant, pixels, 3);
			check_pack(variant, pixels, 4);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_filters),
		cmocka_unit_test(test_every_choice_of_paeth),
		cmocka_unit_test(test_pack),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
