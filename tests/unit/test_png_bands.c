/* SPDX-License-Identifier: MIT
 *
 * png_decode on pictures of several bands, of every kind, with every filter in random order: each
 * fast path takes them and gives libpng's pixels. */
#include <zlib.h>

#include "png_decoding.h"

/* More than three bands, and a number of rows that is not a multiple of what is done at once. */
enum { WIDTH = 403, RAW_BYTES = 450000, COLOURS = 256 };

struct kind {
	uint8_t depth;
	uint8_t colour_type;
	uint8_t key_bytes; /* of tRNS, if it is a colour key */
	uint32_t fourcc;   /* of the samples as they are; 0: none */
};

static const struct kind kinds[] = {
	{ 1, GREY, 0, SHMFLIP_R8 },
	{ 2, GREY, 0, SHMFLIP_R8 },
	{ 4, GREY, 2, 0 },
	{ 8, GREY, 0, SHMFLIP_R8 },
	{ 8, GREY, 2, 0 },
	{ 16, GREY, 0, SHMFLIP_R16 },
	{ 16, GREY, 2, SHMFLIP_ABGR16161616 },
	{ 8, RGB, 0, SHMFLIP_BGR888 },
	{ 8, RGB, 6, 0 },
	{ 16, RGB, 0, SHMFLIP_XBGR16161616 },
	{ 16, RGB, 6, SHMFLIP_ABGR16161616 },
	{ 1, PALETTE, 0, 0 },
	{ 2, PALETTE, 0, 0 },
	{ 4, PALETTE, 0, 0 },
	{ 8, PALETTE, 0, 0 },
	{ 8, GREY_ALPHA, 0, 0 },
	{ 16, GREY_ALPHA, 0, SHMFLIP_ABGR16161616 },
	{ 8, RGB_ALPHA, 0, 0 },
	{ 16, RGB_ALPHA, 0, SHMFLIP_ABGR16161616 },
};

static uint64_t random_state = 88172645463325252;

static uint8_t random_byte(void)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return (uint8_t)(random_state >> 32);
}

static size_t row_bytes(const struct kind *kind, uint32_t width)
{
	return 1 + ((size_t)width * channels_of(kind->colour_type) * kind->depth + 7) / 8;
}

/* A byte is often 0, or that of 30000 bytes before, so that there is something to compress. Any
 * bytes are a row. */
static void add_row(struct bytes *rows, size_t bytes)
{
	uint8_t filter = random_byte() % 5, run = 0, choice = 0;

	bytes_add(rows, &filter, 1);
	for (size_t i = 1; i < bytes; i++) {
		uint8_t byte = random_byte();

		if (run-- == 0) {
			choice = byte % 3;
			run = random_byte();
		}
		if (choice == 0)
			byte = 0;
		else if (choice == 1 && rows->size > 30000)
			byte = rows->data[rows->size - 30000];
		bytes_add(rows, &byte, 1);
	}
}

static struct bytes make_raw(const struct kind *kind, uint32_t height, bool interlaced)
{
	static const uint8_t passes[7][4] = { { 0, 0, 8, 8 }, { 4, 0, 8, 8 }, { 0, 4, 4, 8 },
		                              { 2, 0, 4, 4 }, { 0, 2, 2, 4 }, { 1, 0, 2, 2 },
		                              { 0, 1, 1, 2 } };
	static const uint8_t all[4] = { 0, 0, 1, 1 };
	struct bytes rows = { 0 };

	for (int i = 0; i < (interlaced ? 7 : 1); i++) {
		const uint8_t *pass = interlaced ? passes[i] : all;
		uint32_t width = (WIDTH - pass[0] + pass[2] - 1u) / pass[2];

		for (uint32_t y = pass[1]; y < height; y += pass[3])
			add_row(&rows, row_bytes(kind, width));
	}
	return rows;
}

static struct bytes make_picture(const struct kind *kind, uint32_t height, bool interlaced)
{
	uint8_t colours[3 * COLOURS], alphas[COLOURS], key[6] = { 0 };
	struct bytes png = { 0 }, rows = make_raw(kind, height, interlaced);

	for (size_t i = 0; i < sizeof(colours); i++)
		colours[i] = random_byte();
	for (size_t i = 0; i < sizeof(alphas); i++)
		alphas[i] = random_byte();
	png_add_signature(&png);
	png_add_header(&png, WIDTH, height, kind->depth, kind->colour_type, interlaced);
	if (kind->colour_type == PALETTE) {
		png_add_chunk(&png, "PLTE", colours, 3 * ((size_t)1 << kind->depth));
		png_add_chunk(&png, "tRNS", alphas, (size_t)1 << kind->depth);
	}
	if (kind->key_bytes)
		png_add_chunk(&png, "tRNS", key, kind->key_bytes);
	add_rows_and_end(&png, &rows, 20000);
	bytes_finish(&rows);
	return png;
}

static void check(const struct bytes *png, uint32_t fourcc, uint32_t height)
{
	struct png_decode_options options = { .fourcc = fourcc };
	struct png_decoded picture;
	struct shmflip_layout layout;
	struct bytes pixels;

	shmflip_init(&layout);
	assert_int_equal(shmflip_format_layout(fourcc, WIDTH, height, &layout), 0);
	options.pixels_size = layout.bytes;
	assert_int_equal(decode_and_compare(png, &options, &pixels, &picture), 0);
	assert_int_equal(fast_count, fast_path_count());
	bytes_finish(&pixels);
}

static void test_every_kind(void **state)
{
	(void)state;
	for (size_t i = 0; i < 2 * sizeof(kinds) / sizeof(kinds[0]); i++) {
		const struct kind *kind = &kinds[i / 2];
		uint32_t height = (uint32_t)(RAW_BYTES / row_bytes(kind, WIDTH));
		struct bytes png = make_picture(kind, height, i % 2);

		check(&png, SHMFLIP_XRGB8888, height);
		if (kind->fourcc)
			check(&png, kind->fourcc, height);
		bytes_finish(&png);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_kind),
	};

	return cmocka_run_group_tests(tests, create_fast_paths, destroy_fast_paths);
}
