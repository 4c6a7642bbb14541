/* SPDX-License-Identifier: MIT
 *
 * The chunks around the pixels: the fast path takes all that libpng reads without a word, and
 * declines all else, so that the verdict and the message are libpng's. */
#include "png_decoding.h"

enum { TRNS_OUT_OF_RANGE = 255, CHUNK_BYTES_MAX = 1000000 };

/* A chunk to add. size: of its data, which all have the same value. */
struct part {
	const char *type;
	size_t size;
	uint8_t value;
};

static const struct {
	uint8_t depth, colour_type;
} kinds[] = { { 1, GREY },        { 2, GREY },      { 4, GREY },      { 8, GREY },
	      { 16, GREY },       { 8, RGB },       { 16, RGB },      { 1, PALETTE },
	      { 2, PALETTE },     { 4, PALETTE },   { 8, PALETTE },   { 8, GREY_ALPHA },
	      { 16, GREY_ALPHA }, { 8, RGB_ALPHA }, { 16, RGB_ALPHA } };

enum { KINDS = sizeof(kinds) / sizeof(kinds[0]) };

/* Of every valid size, and of sizes beside them. */
static const struct part parts[] = {
	{ "PLTE", 0, 7 },    { "PLTE", 3, 7 },   { "PLTE", 4, 7 },
	{ "PLTE", 6, 7 },    { "PLTE", 12, 7 },  { "PLTE", 15, 7 },
	{ "PLTE", 48, 7 },   { "PLTE", 768, 7 }, { "PLTE", 771, 7 },
	{ "tRNS", 0, 0 },    { "tRNS", 1, 0 },   { "tRNS", 2, 0 },
	{ "tRNS", 3, 0 },    { "tRNS", 6, 0 },   { "tRNS", 8, 0 },
	{ "tRNS", 256, 0 },  { "tRNS", 257, 0 }, { "tRNS", 2, TRNS_OUT_OF_RANGE },
	{ "bKGD", 1, 0 },    { "tEXt", 9, 'x' }, { "IHDR", 13, 1 },
	{ "IEND", 0, 0 },    { "CRIT", 1, 0 },   { "te t", 1, 0 },
	{ "t\xe5xt", 1, 0 }, { "text", 1, 0 },
};

enum { PARTS = sizeof(parts) / sizeof(parts[0]) };

static void add_part(struct bytes *png, const struct part *part)
{
	uint8_t data[1024];

	memset(data, part->value, sizeof(data));
	png_add_chunk(png, part->type, data, part->size);
}

static uint16_t zero(uint32_t x, uint32_t y, unsigned channel)
{
	(void)x;
	(void)y;
	(void)channel;
	return 0;
}

static struct png_spec make_spec(size_t kind)
{
	return (struct png_spec){ .width = 5,
		                  .height = 2,
		                  .depth = kinds[kind].depth,
		                  .colour_type = kinds[kind].colour_type,
		                  .sample = zero };
}

/* Returns how many variants took the fast path. */
static unsigned decode_parts(size_t kind, const struct part *first, const struct part *second)
{
	struct png_spec spec = make_spec(kind);
	struct bytes png = make_beginning(&spec), rows = make_rows(&spec);
	struct png_decoded picture;

	if (first)
		add_part(&png, first);
	if (second)
		add_part(&png, second);
	add_rows_and_end(&png, &rows, 8192);
	if (decode(&png, &picture) == 0 && picture.message[0])
		assert_int_equal(fast_count, 0);
	bytes_finish(&rows);
	bytes_finish(&png);
	return fast_count;
}

static void test_every_pair_of_chunks(void **state)
{
	(void)state;
	for (size_t kind = 0; kind < KINDS; kind++) {
		for (size_t i = 0; i < PARTS; i++) {
			decode_parts(kind, NULL, &parts[i]);
			for (size_t j = 0; j < PARTS; j++)
				decode_parts(kind, &parts[i], &parts[j]);
		}
	}
}

static void test_regular_chunks_are_for_the_fast_path(void **state)
{
	static const struct part text = { "tEXt", 9, 'x' };

	(void)state;
	for (size_t kind = 0; kind < KINDS; kind++) {
		size_t colours = kinds[kind].depth < 8 ? 1u << kinds[kind].depth : 256;
		struct part palette = { "PLTE", 3 * colours, 7 }, transparency = { "tRNS", 2, 0 };

		if (kinds[kind].colour_type == PALETTE) {
			assert_int_equal(decode_parts(kind, &palette, NULL), fast_path_count());
			transparency.size = colours;
			assert_int_equal(decode_parts(kind, &palette, &transparency),
			                 fast_path_count());
			continue;
		}
		assert_int_equal(decode_parts(kind, NULL, NULL), fast_path_count());
		assert_int_equal(decode_parts(kind, &text, &text), fast_path_count());
		if (kinds[kind].colour_type == RGB)
			transparency.size = 6;
		if (kinds[kind].colour_type == GREY || kinds[kind].colour_type == RGB)
			assert_int_equal(decode_parts(kind, &text, &transparency),
			                 fast_path_count());
	}
}

/* Before IEND, or in its place. */
static void test_chunks_after_the_pixels(void **state)
{
	(void)state;
	for (size_t i = 0; i < 2 * PARTS; i++) {
		struct png_spec spec = make_spec(5);
		struct bytes png = make_png(&spec);
		struct png_decoded picture;

		png.size -= 12;
		add_part(&png, &parts[i / 2]);
		if (i % 2)
			png_add_chunk(&png, "IEND", NULL, 0);
		decode(&png, &picture);
		if (picture.message[0])
			assert_int_equal(fast_count, 0);
		bytes_finish(&png);
	}
}

static void test_an_end_with_data(void **state)
{
	struct png_spec spec = make_spec(5);
	struct bytes png = make_png(&spec);
	struct png_decoded picture;

	(void)state;
	png.size -= 12;
	png_add_chunk(&png, "IEND", "x", 1);
	decode(&png, &picture);
	assert_true(picture.message[0] != '\0');
	bytes_finish(&png);
}

/* Compression, filter and interlacing are the last bytes of IHDR's data. */
static void test_methods(void **state)
{
	(void)state;
	for (size_t at = 10; at < 13; at++) {
		for (unsigned value = 0; value < 4; value++) {
			uint8_t header[13] = { 0, 0, 0, 5, 0, 0, 0, 2, 8, RGB };
			struct png_spec spec = make_spec(5);
			struct bytes png = { 0 }, rows;
			struct png_decoded picture;

			header[at] = (uint8_t)value;
			spec.interlaced = header[12] != 0;
			rows = make_rows(&spec);
			png_add_signature(&png);
			png_add_chunk(&png, "IHDR", header, sizeof(header));
			add_rows_and_end(&png, &rows, 8192);
			assert_int_equal(decode(&png, &picture),
			                 value > (at == 12 ? 1U : 0U) ? -EBADMSG : 0);
			bytes_finish(&rows);
			bytes_finish(&png);
		}
	}
}

/* libpng warns of longer ones. */
static void test_long_chunks(void **state)
{
	uint8_t *data = calloc(1, CHUNK_BYTES_MAX + 1);
	struct png_spec spec = make_spec(5);
	struct bytes rows = make_rows(&spec);

	(void)state;
	for (size_t more = 0; more < 2; more++) {
		struct bytes png = make_beginning(&spec);
		struct png_decoded picture;

		png_add_chunk(&png, "tEXt", data, CHUNK_BYTES_MAX + more);
		add_rows_and_end(&png, &rows, 8192);
		assert_int_equal(decode(&png, &picture), 0);
		assert_int_equal(fast_count, more ? 0 : fast_path_count());
		assert_int_equal(picture.message[0] != '\0', more);
		bytes_finish(&png);
	}
	bytes_finish(&rows);
	free(data);
}

/* libpng limits how many chunks it keeps, and png_header_parse() how many it looks at for a colour
 * key. */
static void test_many_chunks(void **state)
{
	static const struct part text = { "tEXt", 9, 'x' }, key = { "tRNS", 2, 0 };
	struct png_spec spec = make_spec(3);
	struct bytes png = make_beginning(&spec), rows = make_rows(&spec);
	struct png_decoded picture;

	(void)state;
	for (int i = 0; i < 1100; i++)
		add_part(&png, &text);
	add_part(&png, &key);
	add_rows_and_end(&png, &rows, 8192);
	assert_int_equal(decode(&png, &picture), 0);
	assert_int_equal(fast_count, fast_path_count());
	assert_string_equal(picture.message, "");
	bytes_finish(&rows);
	bytes_finish(&png);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_pair_of_chunks),
		cmocka_unit_test(test_regular_chunks_are_for_the_fast_path),
		cmocka_unit_test(test_chunks_after_the_pixels),
		cmocka_unit_test(test_an_end_with_data),
		cmocka_unit_test(test_methods),
		cmocka_unit_test(test_long_chunks),
		cmocka_unit_test(test_many_chunks),
	};

	return cmocka_run_group_tests(tests, create_fast_paths, destroy_fast_paths);
}
