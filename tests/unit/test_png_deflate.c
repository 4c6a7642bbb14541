/* SPDX-License-Identifier: MIT
 *
 * png_huffman, png_matches and png_deflate: codes are the best that fit their limit, matches say
 * what the data are, and zlib inflates blocks to the data that went in. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <zlib.h>

#include "png_deflate.h"
#include "png_huffman.h"

enum { SIZE_MAX_TESTED = 300000, GUARD = 0x5a };

static uint32_t random_state = 1;

static uint32_t random_number(void)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 17;
	random_state ^= random_state << 5;
	return random_state;
}

/* ---- Huffman codes -------------------------------------------------------------------------- */

/* How much of all codes these lengths use, in units of the longest. A complete code has them all,
 * so that every decoder takes it. */
static void assert_complete(const uint8_t *lengths, unsigned symbols, unsigned limit)
{
	uint32_t used = 0;

	for (unsigned i = 0; i < symbols; i++) {
		assert_true(lengths[i] <= limit);
		used += lengths[i] ? UINT32_C(1) << (limit - lengths[i]) : 0;
	}
	assert_int_equal(used, UINT32_C(1) << limit);
}

static void test_known_code(void **state)
{
	const uint32_t counts[] = { 45, 0, 13, 12, 16, 9, 5 };
	const uint8_t expected[] = { 1, 0, 3, 3, 3, 4, 4 };
	const uint16_t codes_expected[] = { 0, 0, 1, 5, 3, 7, 15 };
	uint8_t lengths[7];
	uint16_t codes[7];

	(void)state;
	huffman_find_lengths(counts, 7, 15, lengths);
	assert_memory_equal(lengths, expected, 7);
	huffman_make_codes(lengths, 7, codes);
	for (unsigned i = 0; i < 7; i++)
		assert_int_equal(codes[i], codes_expected[i]);
}

static void test_few_symbols(void **state)
{
	const uint32_t none[3] = { 0 }, one[3] = { 0, 7, 0 }, two[3] = { 9, 0, 1 };
	uint8_t lengths[3];

	(void)state;
	huffman_find_lengths(none, 3, 15, lengths);
	assert_memory_equal(lengths, "\0\0\0", 3);
	huffman_find_lengths(one, 3, 15, lengths);
	assert_memory_equal(lengths, "\0\1\0", 3);
	huffman_find_lengths(two, 3, 15, lengths);
	assert_memory_equal(lengths, "\1\0\1", 3);
}

/* Fibonacci's numbers have the longest codes: one bit more for each symbol. */
static void test_limit(void **state)
{
	uint32_t counts[30] = { 1, 1 };
	uint8_t lengths[30], best[30];

	(void)state;
	for (unsigned i = 2; i < 30; i++)
		counts[i] = counts[i - 1] + counts[i - 2];
	for (unsigned limit = 5; limit <= 15; limit++) {
		huffman_find_lengths(counts, 30, limit, lengths);
		assert_complete(lengths, 30, limit);
	}
	huffman_find_lengths(counts, 16, 15, best);
	for (unsigned i = 1; i < 16; i++)
		assert_int_equal(best[i], 16 - i);
}

static void test_random_counts(void **state)
{
	(void)state;
	for (unsigned round = 0; round < 3000; round++) {
		unsigned symbols = 2 + random_number() % (HUFFMAN_SYMBOLS_MAX - 1);
		unsigned shift = random_number() % 24;
		uint32_t counts[HUFFMAN_SYMBOLS_MAX] = { 1, 1 };
		uint8_t lengths[HUFFMAN_SYMBOLS_MAX];

		for (unsigned i = 2; i < symbols; i++)
			counts[i] = (random_number() >> 8) >> (shift + random_number() % 8);
		for (unsigned limit = 9; limit <= 15; limit++) {
			huffman_find_lengths(counts, symbols, limit, lengths);
			assert_complete(lengths, symbols, limit);
			for (unsigned i = 0; i < symbols; i++)
				assert_int_equal(counts[i] != 0, lengths[i] != 0);
			/* A symbol that occurs more often has no longer code. */
			for (unsigned i = 1; i < symbols; i++)
				if (counts[i] > counts[0])
					assert_true(lengths[i] <= lengths[0] || !counts[i]);
		}
	}
}

/* ---- Data ----------------------------------------------------------------------------------- */

enum kind { ZEROS, NOISE, ONE_VALUE, RUNS, REPEATS, SPARSE, RARE, LONG_CODES, KINDS };

/* Each value half as often as the one before, so that codes become long. No sample sees the others,
 * which come in groups: many of the longest codes one after the other. The block is still smaller
 * than its data. */
static uint8_t long_code(size_t at)
{
	if (at % 2048 >= 256 && at % 128 < 8)
		return (uint8_t)(32 + random_number() % 224);
	return (uint8_t)(1 + __builtin_ctz(random_number() | 1 << 20));
}

static uint8_t byte_of(enum kind kind, const uint8_t *data, size_t at)
{
	switch (kind) {
	case ZEROS:
		return 0;
	case NOISE:
		return (uint8_t)(random_number() >> 24);
	case ONE_VALUE:
		return 7;
	case RUNS:
		return at && random_number() % 40 ? data[at - 1] : (uint8_t)random_number();
	case REPEATS:
		if (at >= 1000 && random_number() % 200)
			return data[at - 1000];
		return random_number() % 8 < 6 ? 0 : (uint8_t)(random_number() >> 24);
	case SPARSE:
		return random_number() % 100 ? 0 : (uint8_t)(random_number() >> 24);
	case LONG_CODES:
		return long_code(at);
	default:
		/* What samples see is not what the rest is. */
		return at % 2048 < 256 ? 1 : (uint8_t)(random_number() >> 24);
	}
}

static void fill(enum kind kind, uint8_t *data, size_t size)
{
	for (size_t at = 0; at < size; at++)
		data[at] = byte_of(kind, data, at);
}

/* Exactly as large as needed, so that the sanitizers see each byte too many. */
static void *exactly(size_t bytes)
{
	void *memory = malloc(bytes ? bytes : 1);

	assert_non_null(memory);
	return memory;
}

/* ---- Matches -------------------------------------------------------------------------------- */

static void assert_match(const uint8_t *data, size_t at, const struct png_match *match, bool last)
{
	if (last) {
		assert_int_equal(match->length, 0);
		return;
	}
	assert_in_range(match->length, MATCH_MIN, MATCH_MAX);
	assert_in_range(match->distance, 1, at < MATCH_DISTANCE_MAX ? at : MATCH_DISTANCE_MAX);
	for (size_t i = 0; i < match->length; i++)
		assert_int_equal(data[at + i], data[at + i - match->distance]);
}

static void assert_matches(const uint8_t *data, size_t size, const struct png_match *matches,
                           size_t count)
{
	size_t at = 0;

	assert_in_range(count, 1, png_matches_max(size));
	for (size_t i = 0; i < count; i++) {
		at += matches[i].literals;
		assert_true(at <= size);
		assert_match(data, at, &matches[i], i == count - 1);
		at += matches[i].length;
	}
	assert_int_equal(at, size);
}

static void check_matches(enum kind kind, size_t size)
{
	struct png_match *matches = exactly(png_matches_max(size) * sizeof(*matches));
	struct png_match_table *table = exactly(sizeof(*table));
	uint8_t *data = exactly(size);

	fill(kind, data, size);
	assert_matches(data, size, matches, png_matches_find_zeros(data, size, matches));
	memset(table, 0xff, sizeof(*table));
	assert_matches(data, size, matches, png_matches_find_any(data, size, table, matches));
	free(data);
	free(table);
	free(matches);
}

static void test_matches(void **state)
{
	(void)state;
	for (int kind = 0; kind < KINDS; kind++) {
		for (size_t size = 1; size <= 300; size++)
			check_matches((enum kind)kind, size);
		check_matches((enum kind)kind, 70000);
	}
}

static size_t count_literals(const struct png_match *matches, size_t count)
{
	size_t literals = 0;

	for (size_t i = 0; i < count; i++)
		literals += matches[i].literals;
	return literals;
}

static void test_what_repeats_is_found(void **state)
{
	struct png_match *matches = exactly(png_matches_max(70000) * sizeof(*matches));
	struct png_match_table *table = exactly(sizeof(*table));
	uint8_t *data = exactly(70000);
	size_t count;

	(void)state;
	fill(ZEROS, data, 70000);
	count = png_matches_find_zeros(data, 70000, matches);
	assert_int_equal(count_literals(matches, count), 1);
	fill(ONE_VALUE, data, 70000);
	count = png_matches_find_any(data, 70000, table, matches);
	assert_true(count_literals(matches, count) < 4);
	fill(REPEATS, data, 70000);
	count = png_matches_find_any(data, 70000, table, matches);
	assert_true(count_literals(matches, count) < 70000 / 20);
	assert_true(png_has_repeats(data, 70000, table, matches));
	fill(NOISE, data, 70000);
	assert_false(png_has_repeats(data, 70000, table, matches));
	free(data);
	free(table);
	free(matches);
}

/* A pattern occurs twice in a run of one value, about at the greatest distance of a match. */
static void test_how_far_matches_reach(void **state)
{
	enum { SIZE = 40000, AT = 1000 };
	static const uint8_t repeated[] = { 1, 9, 2, 8, 3, 0, 4, 6, 5, 15, 11, 14, 12, 13, 10, 16 };
	struct png_match *matches = exactly(png_matches_max(SIZE) * sizeof(*matches));
	struct png_match_table *table = exactly(sizeof(*table));
	uint8_t *data = exactly(SIZE);

	(void)state;
	for (int beyond = -1; beyond <= 2; beyond++) {
		size_t count;

		fill(ONE_VALUE, data, SIZE);
		memcpy(data + AT, repeated, sizeof(repeated));
		memcpy(data + AT + MATCH_DISTANCE_MAX + beyond, repeated, sizeof(repeated));
		count = png_matches_find_any(data, SIZE, table, matches);
		assert_matches(data, SIZE, matches, count);
		assert_in_range(count_literals(matches, count), beyond > 0 ? 32 : 16,
		                beyond > 0 ? 40 : 24);
	}
	free(data);
	free(table);
	free(matches);
}

/* ---- Blocks --------------------------------------------------------------------------------- */

static struct png_deflate_room *make_room(size_t size)
{
	struct png_deflate_room *room;

	return exactly(sizeof(*room) + png_matches_max(size) * sizeof(room->matches[0]));
}

/* Two blocks one after the other, as bands are. */
static void check_blocks(enum kind kind, size_t size)
{
	size_t max = png_deflate_max(size), compressed;
	struct png_deflate_room *room = make_room(size);
	uint8_t *data = exactly(size), *out = exactly(2 * max + 1), *back = exactly(2 * size);
	z_stream stream = { 0 };

	fill(kind, data, size);
	out[max] = GUARD;
	compressed = png_deflate(room, data, size, false, out);
	assert_true(compressed <= max);
	assert_int_equal(out[max], GUARD);
	compressed += png_deflate(room, data, size, true, out + compressed);
	assert_int_equal(inflateInit2(&stream, -15), Z_OK);
	stream.next_in = out;
	stream.avail_in = (uInt)compressed;
	stream.next_out = back;
	stream.avail_out = (uInt)(2 * size);
	assert_int_equal(inflate(&stream, Z_FINISH), Z_STREAM_END);
	assert_int_equal(stream.avail_in, 0);
	assert_int_equal(stream.avail_out, 0);
	inflateEnd(&stream);
	assert_memory_equal(back, data, size);
	assert_memory_equal(back + size, data, size);
	/* Stored blocks bound the size. */
	assert_true(compressed <= 2 * (size + 5 * (size / 65535 + 1)) + 5);
	free(back);
	free(out);
	free(data);
	free(room);
}

static void test_blocks(void **state)
{
	static const size_t sizes[] = { 1000, 32767, 32768, 65535, 65536, 131070, SIZE_MAX_TESTED };

	(void)state;
	for (int kind = 0; kind < KINDS; kind++) {
		for (size_t size = 1; size <= 260; size++)
			check_blocks((enum kind)kind, size);
		for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
			check_blocks((enum kind)kind, sizes[i]);
	}
}

/* A match of the greatest length has a code of its own, without extra bits. */
static void test_long_runs_take_two_bits_each(void **state)
{
	enum { RUNS_OF_258 = 1000 };
	size_t size = 1 + (size_t)RUNS_OF_258 * MATCH_MAX;
	struct png_deflate_room *room = make_room(size);
	uint8_t *data = exactly(size), *out = exactly(png_deflate_max(size));

	(void)state;
	fill(ZEROS, data, size);
	assert_in_range(png_deflate(room, data, size, true, out), 1, RUNS_OF_258 / 4 + 50);
	free(out);
	free(data);
	free(room);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_known_code),
		cmocka_unit_test(test_few_symbols),
		cmocka_unit_test(test_limit),
		cmocka_unit_test(test_random_counts),
		cmocka_unit_test(test_matches),
		cmocka_unit_test(test_what_repeats_is_found),
		cmocka_unit_test(test_how_far_matches_reach),
		cmocka_unit_test(test_blocks),
		cmocka_unit_test(test_long_runs_take_two_bits_each),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
