/* SPDX-License-Identifier: MIT
 *
 * png_decode and png_header give the right verdict for every kind of damage and of harmless
 * fault. */
#include "png_decoding.h"

enum { IEND_BYTES = 12, ADLER_BYTES = 4 };

static const struct png_spec rgb_spec = {
	.width = 21, .height = 13, .depth = 8, .colour_type = RGB, .sample = noise
};

/* Decodes both and compares their pixels. */
static void assert_same_pixels(const struct bytes *png, const struct bytes *other)
{
	struct png_decode_options options = { .pixels_size = 1 << 16 };
	struct png_decoded picture, other_picture;
	struct bytes pixels, other_pixels;

	assert_int_equal(decode_and_compare(png, &options, &pixels, &picture), 0);
	assert_int_equal(decode_and_compare(other, &options, &other_pixels, &other_picture), 0);
	assert_same(&picture, &pixels, &other_picture, &other_pixels);
	bytes_finish(&pixels);
	bytes_finish(&other_pixels);
}

/* Once the last IDAT is whole, only its end is missing. */
static void test_every_truncation_of_pixels_is_damage(void **state)
{
	struct png_spec specs[5] = { rgb_spec, rgb_spec, rgb_spec, rgb_spec, rgb_spec };

	(void)state;
	specs[1].interlaced = specs[3].interlaced = true;
	specs[2].width = specs[2].height = specs[3].width = specs[3].height = 1;
	specs[4].colour_type = RGB_ALPHA;
	for (int i = 0; i < 5; i++) {
		struct bytes whole = make_png(&specs[i]);

		for (size_t size = 0; size < whole.size; size++) {
			struct bytes part = { .data = malloc(size + !size), .size = size };
			bool has_pixels = size >= whole.size - IEND_BYTES;
			struct png_decoded picture;

			memcpy(part.data, whole.data, size);
			assert_int_equal(decode(&part, &picture), has_pixels ? 0 : -EBADMSG);
			if (has_pixels)
				assert_same_pixels(&part, &whole);
			assert_true(picture.message[0] != '\0');
			bytes_finish(&part);
		}
		bytes_finish(&whole);
	}
}

/* The decoder notices a change of any bit of this file. In IEND it does no harm. */
static void test_every_flipped_bit_is_noticed(void **state)
{
	struct bytes png = make_png(&rgb_spec);

	(void)state;
	for (size_t bit = 0; bit < png.size * 8; bit++) {
		struct png_decoded picture;

		png.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_int_equal(decode(&png, &picture),
		                 bit / 8 < png.size - IEND_BYTES ? -EBADMSG : 0);
		assert_true(picture.message[0] != '\0');
		png.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	bytes_finish(&png);
}

/* The last four bytes of the compressed data are their checksum. It is wrong, but every CRC is
 * right. Up to four of these bytes are in a chunk of their own. */
static void test_bad_adler_is_damage(void **state)
{
	struct bytes rows = make_rows(&rgb_spec), packed = compressed(&rows);

	(void)state;
	packed.data[packed.size - 1] ^= 1;
	for (size_t split = 0; split <= 4; split++) {
		struct bytes png = make_beginning(&rgb_spec);
		struct png_decoded picture;

		png_add_chunk(&png, "IDAT", packed.data, packed.size - split);
		if (split)
			png_add_chunk(&png, "IDAT", packed.data + packed.size - split, split);
		png_add_chunk(&png, "IEND", NULL, 0);
		assert_int_equal(decode(&png, &picture), -EBADMSG);
		bytes_finish(&png);
	}
	bytes_finish(&packed);
	bytes_finish(&rows);
}

/* The last bytes are a checksum. If they are missing, all pixels are there. */
static void test_short_data(void **state)
{
	struct bytes rows = make_rows(&rgb_spec), packed = compressed(&rows);
	struct bytes whole = make_png(&rgb_spec);

	(void)state;
	for (size_t missing = 1; missing <= packed.size; missing++) {
		struct bytes png = make_beginning(&rgb_spec);
		struct png_decoded picture;

		png_add_chunk(&png, "IDAT", packed.data, packed.size - missing);
		png_add_chunk(&png, "IEND", NULL, 0);
		if (decode(&png, &picture) == 0)
			assert_same_pixels(&png, &whole);
		else
			assert_true(missing > ADLER_BYTES);
		assert_true(picture.message[0] != '\0');
		bytes_finish(&png);
	}
	bytes_finish(&whole);
	bytes_finish(&packed);
	bytes_finish(&rows);
}

static int decode_rows(const struct bytes *rows, struct png_decoded *picture)
{
	struct bytes png = make_beginning(&rgb_spec);
	int error;

	add_rows_and_end(&png, rows, 8192);
	error = decode(&png, picture);
	bytes_finish(&png);
	return error;
}

static void test_rows_that_do_not_fit(void **state)
{
	struct bytes rows = make_rows(&rgb_spec);
	struct png_decoded picture;
	uint8_t more[500] = { 0 };

	(void)state;
	rows.data[0] = 9;
	assert_int_equal(decode_rows(&rows, &picture), -EBADMSG);
	rows.data[0] = 0;
	rows.size -= 1 + 3 * rgb_spec.width;
	assert_int_equal(decode_rows(&rows, &picture), -EBADMSG);
	rows.size += 1 + 3 * rgb_spec.width;
	bytes_add(&rows, more, sizeof(more));
	assert_int_equal(decode_rows(&rows, &picture), 0);
	assert_true(picture.message[0] != '\0');
	bytes_finish(&rows);
}

/* Adds a chunk of this type before the pixels. crc_error: 0 for a right CRC. */
static int decode_with_chunk(const char *type, const struct bytes *data, uint8_t crc_error,
                             struct png_decoded *picture)
{
	struct bytes png = make_beginning(&rgb_spec), rows = make_rows(&rgb_spec);
	int error;

	png_add_chunk(&png, type, data->data, data->size);
	png.data[png.size - 1] ^= crc_error;
	add_rows_and_end(&png, &rows, 100);
	error = decode(&png, picture);
	bytes_finish(&rows);
	bytes_finish(&png);
	return error;
}

static void test_other_chunks(void **state)
{
	struct bytes text = { 0 }, bomb = { 0 }, packed;
	struct png_decoded picture;

	(void)state;
	bytes_add(&text, "Comment\0hello", 13);
	assert_int_equal(decode_with_chunk("tEXt", &text, 0, &picture), 0);
	assert_string_equal(picture.message, "");
	assert_int_equal(decode_with_chunk("prVt", &text, 0, &picture), 0);
	assert_int_equal(decode_with_chunk("tEXt", &text, 1, &picture), 0);
	assert_true(picture.message[0] != '\0');
	assert_int_equal(decode_with_chunk("CRIT", &text, 0, &picture), -EBADMSG);
	assert_int_equal(decode_with_chunk("IHDR", &text, 0, &picture), -EBADMSG);
	bytes_finish(&text);

	text = (struct bytes){ .data = calloc(1, 40000000), .size = 40000000 };
	packed = compressed(&text);
	bytes_add(&bomb, "Comment\0\0", 9);
	bytes_add(&bomb, packed.data, packed.size);
	assert_int_equal(decode_with_chunk("zTXt", &bomb, 0, &picture), 0);
	assert_int_equal(decode_with_chunk("iCCP", &bomb, 0, &picture), 0);
	memcpy(text.data, "Comment", 8);
	assert_int_equal(decode_with_chunk("tEXt", &text, 0, &picture), 0);
	assert_true(picture.message[0] != '\0');
	bytes_finish(&packed);
	bytes_finish(&bomb);
	bytes_finish(&text);
}

static void test_many_chunks(void **state)
{
	struct bytes png = make_beginning(&rgb_spec), rows = make_rows(&rgb_spec);
	struct png_decoded picture;

	(void)state;
	for (int i = 0; i < 10000; i++)
		png_add_chunk(&png, "tEXt", "a\0b", 3);
	add_rows_and_end(&png, &rows, 1);
	bytes_add(&png, "and more", 8);
	assert_int_equal(decode(&png, &picture), 0);
	bytes_finish(&rows);
	bytes_finish(&png);
}

/* The data refer farther back than the stream announces. Only a window above 32 KiB is invalid. */
static void test_a_window_that_is_too_small(void **state)
{
	struct png_spec spec = { .width = 300, .height = 30, .depth = 8, .colour_type = RGB };
	struct bytes rows = { .data = calloc(30, 901), .size = (size_t)30 * 901 }, packed;

	(void)state;
	for (size_t i = 0; i < rows.size; i++)
		rows.data[i] = (uint8_t)(i % 901 ? noise((uint32_t)(i % 8109), 0, 0) : 0);
	packed = compressed(&rows);
	for (unsigned bits = 0; bits < 9; bits++) {
		struct bytes png = make_beginning(&spec);
		struct png_decoded picture;

		packed.data[0] = (uint8_t)(bits << 4 | 8);
		packed.data[1] = (uint8_t)(31 - packed.data[0] * 256 % 31);
		png_add_chunk(&png, "IDAT", packed.data, packed.size);
		png_add_chunk(&png, "IEND", NULL, 0);
		assert_int_equal(decode(&png, &picture), bits < 8 ? 0 : -EBADMSG);
		assert_int_equal(fast_count > 0, bits < 8);
		if (bits < 7)
			assert_string_equal(picture.message, "");
		bytes_finish(&png);
	}
	bytes_finish(&packed);
	bytes_finish(&rows);
}

/* Enough empty blocks precede the pixels to make libpng warn. */
static void test_a_chunk_that_is_too_long(void **state)
{
	struct bytes png = make_beginning(&rgb_spec), rows = make_rows(&rgb_spec);
	struct bytes packed = compressed(&rows), padded = { 0 };
	struct png_decoded picture;

	(void)state;
	bytes_add(&padded, packed.data, 2);
	for (int i = 0; i < 250000; i++)
		bytes_add(&padded, "\0\0\0\xff\xff", 5);
	bytes_add(&padded, packed.data + 2, packed.size - 2);
	png_add_chunk(&png, "IDAT", padded.data, padded.size);
	png_add_chunk(&png, "IEND", NULL, 0);
	assert_int_equal(decode(&png, &picture), 0);
	assert_string_equal(picture.message, "IDAT: chunk data is too large");
	assert_int_equal(fast_count, 0);
	bytes_finish(&padded);
	bytes_finish(&packed);
	bytes_finish(&rows);
	bytes_finish(&png);
}

static void test_not_a_png(void **state)
{
	struct png_decoded picture;
	struct bytes text = { 0 };

	(void)state;
	assert_int_equal(decode(&text, &picture), -EBADMSG);
	assert_string_equal(picture.message, "empty");
	bytes_add(&text, "What is this? A text file of some length, not a picture.", 56);
	assert_int_equal(decode(&text, &picture), -EBADMSG);
	assert_string_equal(picture.message, "not a PNG");
	text.size = 3;
	assert_int_equal(decode(&text, &picture), -EBADMSG);
	assert_string_equal(picture.message, "not a PNG");
	bytes_finish(&text);
}

static void test_sizes(void **state)
{
	static const struct {
		uint32_t width, height;
		int error;
	} cases[] = { { 100000, 100000, -EMSGSIZE },
		      { INT32_MAX, INT32_MAX, -EMSGSIZE },
		      { INT32_MAX, 1, -EMSGSIZE },
		      { 0, 5, -EBADMSG },
		      { 5, 0, -EBADMSG },
		      { 0x80000000, 5, -EBADMSG },
		      { UINT32_MAX, UINT32_MAX, -EBADMSG } };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct png_spec spec = rgb_spec;
		struct png_decoded picture;
		struct bytes png;

		spec.width = cases[i].width;
		spec.height = cases[i].height;
		png = make_beginning(&spec);
		assert_int_equal(decode(&png, &picture), cases[i].error);
		bytes_finish(&png);
	}
}

static void test_one_byte_too_large(void **state)
{
	struct bytes png = make_png(&rgb_spec), pixels;
	struct png_decode_options options = { 0 };
	struct png_decoded picture;
	struct shmflip_layout layout;

	(void)state;
	assert_int_equal(png_layout(rgb_spec.width, rgb_spec.height, &layout), 0);
	options.pixels_size = layout.bytes - 1;
	assert_int_equal(decode_and_compare(&png, &options, &pixels, &picture), -EMSGSIZE);
	for (size_t i = 0; i < pixels.size; i++)
		assert_int_equal(pixels.data[i], UNTOUCHED);
	bytes_finish(&pixels);
	bytes_finish(&png);
}

static void test_invalid_formats(void **state)
{
	static const uint8_t formats[][2] = { { 3, GREY },      { 16, PALETTE }, { 4, RGB },
		                              { 2, RGB_ALPHA }, { 8, 1 },        { 8, 5 },
		                              { 8, 7 },         { 0, GREY } };
	struct bytes rows = make_rows(&rgb_spec);

	(void)state;
	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
		struct png_spec spec = { .width = 2,
			                 .height = 2,
			                 .depth = formats[i][0],
			                 .colour_type = formats[i][1] };
		struct bytes png = make_beginning(&spec);
		struct png_decoded picture;

		add_rows_and_end(&png, &rows, 8192);
		assert_int_equal(decode(&png, &picture), -EBADMSG);
		bytes_finish(&png);
	}
	bytes_finish(&rows);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_truncation_of_pixels_is_damage),
		cmocka_unit_test(test_every_flipped_bit_is_noticed),
		cmocka_unit_test(test_bad_adler_is_damage),
		cmocka_unit_test(test_short_data),
		cmocka_unit_test(test_rows_that_do_not_fit),
		cmocka_unit_test(test_other_chunks),
		cmocka_unit_test(test_many_chunks),
		cmocka_unit_test(test_a_window_that_is_too_small),
		cmocka_unit_test(test_a_chunk_that_is_too_long),
		cmocka_unit_test(test_not_a_png),
		cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_one_byte_too_large),
		cmocka_unit_test(test_invalid_formats),
	};

	return cmocka_run_group_tests(tests, create_fast_paths, destroy_fast_paths);
}
