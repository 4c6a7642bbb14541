/* SPDX-License-Identifier: MIT
 *
 * png_decode: the samples of a PNG as they are, in the format that png_header_format() names. */
#include <math.h>

#include "png_decoding.h"
#include "png_samples.h"

static const uint32_t sizes[][2] = {
	{ 1, 1 }, { 1, 9 }, { 2, 3 },  { 3, 2 },   { 5, 4 },  { 7, 5 },
	{ 8, 8 }, { 9, 7 }, { 31, 3 }, { 33, 10 }, { 65, 2 }, { 85, 1 }
};

/* Noise that often equals the transparent value, and whose alpha is often 0 or full. */
static uint16_t sparse(uint32_t x, uint32_t y, unsigned channel)
{
	uint16_t value = noise(x, y, channel);

	return (uint16_t)((x + y) % 3 == 0 ? 0xffff : (x + y) % 3 == 1 ? 0 : value);
}

/* Alpha whose bytes are not both full. */
static uint16_t nearly_opaque(uint32_t x, uint32_t y, unsigned channel)
{
	if (channel == 1 || channel == 3)
		return x + y == 0 ? 0xfeff : 0xffff;
	return noise(x, y, channel);
}

static uint16_t opaque(uint32_t x, uint32_t y, unsigned channel)
{
	return channel == 1 || channel == 3 ? 0xffff : noise(x, y, channel);
}

static uint16_t one_two_three_four(uint32_t x, uint32_t y, unsigned channel)
{
	(void)x;
	(void)y;
	return (uint16_t)(0x1234 + 0x1111 * channel);
}

static uint32_t own_format(const struct bytes *png)
{
	struct png_header header;
	const char *reason;

	assert_int_equal(png_header_parse(png->data, png->size, &header, &reason), 0);
	return png_header_format(&header);
}

/* Each fast path gives the same rows, in memory of the frame's size and in what it asks for. */
static void check_fast_rows(const struct bytes *png, struct png_decode_options options,
                            const struct bytes *pixels, const struct png_decoded *picture)
{
	uint64_t memory[] = { options.pixels_size,
		              png_fast_buffer_size(options.fourcc, picture->width,
		                                   picture->height) };

	for (int i = 0; fast_paths[i / 2]; i++) {
		struct png_decoded other;
		struct bytes other_pixels;

		options.fast = fast_paths[i / 2];
		options.pixels_size = memory[i % 2];
		assert_int_equal(decode_once(png, &options, &other_pixels, &other), 0);
		assert_int_equal(other.fast, !options.flatten);
		assert_int_equal(other.format, picture->format);
		for (uint32_t y = 0; y < picture->height; y++)
			assert_memory_equal(other_pixels.data + (size_t)y * other.stride_bytes,
			                    pixels->data + (size_t)y * picture->stride_bytes,
			                    pixel_bytes(picture->format) * picture->width);
		bytes_finish(&other_pixels);
	}
}

/* Decodes with libpng into memory of exactly the frame's size, which a guard follows, and compares
 * that with the fast path. */
static void decode_own(const struct bytes *png, uint32_t fourcc, struct png_decode_options options,
                       struct bytes *pixels, struct png_decoded *picture)
{
	struct shmflip_layout layout;
	struct png_header header;
	const char *reason;

	assert_int_equal(png_header_parse(png->data, png->size, &header, &reason), 0);
	shmflip_init(&layout);
	assert_int_equal(shmflip_format_layout(fourcc, header.width, header.height, &layout), 0);
	options.fourcc = fourcc;
	options.pixels_size = layout.bytes;
	assert_int_equal(decode_once(png, &options, pixels, picture), 0);
	assert_string_equal(picture->message, "");
	assert_int_equal(picture->stride_bytes, layout.stride_bytes[0]);
	assert_false(picture->fast);
	check_fast_rows(png, options, pixels, picture);
}

/* ---- Tests ----------------------------------------------------------------------------------- */

static void check(const struct png_spec *spec, uint32_t fourcc)
{
	struct bytes png = make_png(spec), pixels;
	struct png_decoded picture;
	uint32_t expected = fourcc;

	if (fourcc == SHMFLIP_ABGR16161616 && is_opaque(spec))
		expected = SHMFLIP_XBGR16161616;
	assert_int_equal(own_format(&png), fourcc);
	decode_own(&png, fourcc, (struct png_decode_options){ 0 }, &pixels, &picture);
	assert_int_equal(picture.format, expected);
	assert_rows(spec, fourcc, &pixels, &picture);
	bytes_finish(&pixels);
	bytes_finish(&png);
}

static void check_sizes(struct png_spec spec, uint32_t fourcc)
{
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		spec.width = sizes[i][0];
		spec.height = sizes[i][1];
		spec.interlaced = false;
		check(&spec, fourcc);
		spec.interlaced = true;
		check(&spec, fourcc);
	}
}

static void test_gray(void **state)
{
	struct png_spec spec = { .colour_type = GREY, .sample = noise };

	(void)state;
	for (spec.depth = 1; spec.depth <= 8; spec.depth = (uint8_t)(2 * spec.depth))
		check_sizes(spec, SHMFLIP_R8);
	spec.depth = 16;
	check_sizes(spec, SHMFLIP_R16);
}

static void test_rgb(void **state)
{
	struct png_spec spec = { .depth = 8, .colour_type = RGB, .sample = noise };

	(void)state;
	check_sizes(spec, SHMFLIP_BGR888);
	spec.depth = 16;
	check_sizes(spec, SHMFLIP_XBGR16161616);
}

static void test_alpha_of_16_bits(void **state)
{
	uint8_t key[6] = { 255, 255, 255, 255, 255, 255 };
	struct png_spec spec = { .depth = 16 };

	(void)state;
	for (int type = GREY_ALPHA; type <= RGB_ALPHA; type += RGB_ALPHA - GREY_ALPHA) {
		spec.colour_type = (uint8_t)type;
		spec.sample = sparse;
		check_sizes(spec, SHMFLIP_ABGR16161616);
		spec.sample = nearly_opaque;
		check_sizes(spec, SHMFLIP_ABGR16161616);
		spec.sample = opaque;
		check_sizes(spec, SHMFLIP_ABGR16161616);
	}
	spec.sample = sparse;
	spec.colour_type = GREY;
	spec.trns = (struct bytes){ .data = key, .size = 2 };
	check_sizes(spec, SHMFLIP_ABGR16161616);
	spec.colour_type = RGB;
	spec.trns.size = 6;
	check_sizes(spec, SHMFLIP_ABGR16161616);
	/* No pixel has the transparent value. */
	spec.sample = one_two_three_four;
	check_sizes(spec, SHMFLIP_ABGR16161616);
}

static void test_words_are_little_endian(void **state)
{
	static const uint8_t gray[] = { 0x34, 0x12 };
	static const uint8_t rgba[] = { 0x34, 0x12, 0x45, 0x23, 0x56, 0x34, 0x67, 0x45 };
	struct png_spec spec = {
		.width = 1, .height = 1, .depth = 16, .sample = one_two_three_four
	};
	struct png_decode_options options = { .fourcc = SHMFLIP_R16, .pixels_size = 64 };
	struct png_decoded picture;
	struct bytes png = make_png(&spec), pixels;

	(void)state;
	assert_int_equal(decode_once(&png, &options, &pixels, &picture), 0);
	assert_memory_equal(pixels.data, gray, sizeof(gray));
	bytes_finish(&png);
	bytes_finish(&pixels);
	spec.colour_type = RGB_ALPHA;
	options.fourcc = SHMFLIP_ABGR16161616;
	png = make_png(&spec);
	assert_int_equal(decode_once(&png, &options, &pixels, &picture), 0);
	assert_memory_equal(pixels.data, rgba, sizeof(rgba));
	assert_int_equal(picture.format, SHMFLIP_ABGR16161616);
	bytes_finish(&png);
	bytes_finish(&pixels);
}

/* Alpha that the user left out is not what makes the pixels opaque. */
static void test_alpha_can_be_undefined(void **state)
{
	struct png_spec spec = {
		.width = 5, .height = 3, .depth = 16, .colour_type = RGB_ALPHA, .sample = sparse
	};
	struct bytes png = make_png(&spec), pixels;
	struct png_decoded picture;

	(void)state;
	decode_own(&png, SHMFLIP_XBGR16161616, (struct png_decode_options){ 0 }, &pixels, &picture);
	assert_int_equal(picture.format, SHMFLIP_XBGR16161616);
	for (uint32_t i = 0; i < 5; i++) {
		uint8_t pixel[8];

		make_pixel(&spec, SHMFLIP_ABGR16161616, i, 0, pixel);
		assert_memory_equal(pixels.data + 8 * (size_t)i, pixel, 6);
	}
	bytes_finish(&pixels);
	bytes_finish(&png);
}

/* ---- Blending -------------------------------------------------------------------------------- */

static void assert_blended(const struct png_spec *spec, const struct bytes *pixels,
                           const struct png_decoded *picture, uint32_t background)
{
	for (uint32_t y = 0; y < spec->height; y++) {
		for (uint32_t x = 0; x < spec->width; x++) {
			const uint8_t *got =
				pixels->data + (size_t)y * picture->stride_bytes + 8 * x;
			unsigned samples[4];

			fill_samples(spec, x, y, samples);
			for (unsigned i = 0; i < 3; i++) {
				double alpha = samples[3] / 65535.0;
				double onto = (background >> (16 - 8 * i) & 255) * 257.0;
				double want = samples[i] * alpha + onto * (1 - alpha);

				assert_true(fabs(got[2 * i] + 256 * got[2 * i + 1] - want) <=
				            0.501);
			}
			assert_int_equal(got[6] & got[7], 255);
		}
	}
}

/* The file has a colour space, which must not bring gamma into the blending. */
static void check_flattened(const struct png_spec *spec, uint32_t background)
{
	struct png_decode_options options = { .flatten = true, .background = background };
	struct bytes png = { 0 }, rows = make_rows(spec), pixels;
	struct png_decoded picture;

	png_add_signature(&png);
	add_header(&png, spec);
	png_add_chunk(&png, "gAMA", "\0\0\xb1\x8f", 4);
	add_palette(&png, spec);
	add_rows_and_end(&png, &rows, 8192);
	decode_own(&png, SHMFLIP_ABGR16161616, options, &pixels, &picture);
	assert_int_equal(picture.format, SHMFLIP_XBGR16161616);
	assert_blended(spec, &pixels, &picture, background);
	bytes_finish(&pixels);
	bytes_finish(&rows);
	bytes_finish(&png);
}

static void test_flatten_in_16_bits(void **state)
{
	static const uint32_t backgrounds[] = { 0x000000, 0xffffff, 0x804020, 0x777777 };
	uint8_t key[6] = { 255, 255, 255, 255, 255, 255 };
	struct png_spec specs[] = {
		{ .colour_type = GREY_ALPHA, .sample = noise },
		{ .colour_type = RGB_ALPHA, .sample = noise },
		{ .colour_type = RGB_ALPHA, .sample = sparse },
		{ .colour_type = GREY, .sample = sparse, .trns = { .data = key, .size = 2 } },
		{ .colour_type = RGB, .sample = sparse, .trns = { .data = key, .size = 6 } },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(specs) / sizeof(specs[0]); i++) {
		specs[i].width = 19;
		specs[i].height = 11;
		specs[i].depth = 16;
		for (int k = 0; k < 8; k++) {
			specs[i].interlaced = k % 2;
			check_flattened(&specs[i], backgrounds[k / 2]);
		}
	}
}

/* ---- Headers, and pictures that end early ---------------------------------------------------- */

static void test_a_format_that_the_png_does_not_have(void **state)
{
	static const uint32_t others[] = { SHMFLIP_R8,       SHMFLIP_R16,      SHMFLIP_XBGR16161616,
		                           SHMFLIP_ARGB8888, SHMFLIP_ABGR8888, SHMFLIP_NV12 };
	struct png_spec spec = {
		.width = 4, .height = 4, .depth = 8, .colour_type = RGB, .sample = noise
	};
	struct bytes png = make_png(&spec);

	(void)state;
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		struct png_decode_options options = { .fourcc = others[i], .pixels_size = 4096 };
		struct png_decoded picture;
		struct bytes pixels;

		assert_int_equal(decode_once(&png, &options, &pixels, &picture), -EINVAL);
		assert_string_equal(picture.message, "its pixels have another format");
		bytes_finish(&pixels);
	}
	bytes_finish(&png);
}

static void test_too_little_memory(void **state)
{
	struct png_spec spec = { .width = 4, .height = 4, .depth = 16, .sample = noise };
	struct png_decode_options options = { .fourcc = SHMFLIP_R16, .pixels_size = 255 };
	struct bytes png = make_png(&spec), pixels;
	struct png_decoded picture;

	(void)state;
	assert_int_equal(decode_once(&png, &options, &pixels, &picture), -EMSGSIZE);
	bytes_finish(&pixels);
	bytes_finish(&png);
}

/* All pixels came, and alpha is known. */
static void test_a_missing_end(void **state)
{
	struct png_spec spec = {
		.width = 9, .height = 7, .depth = 16, .colour_type = RGB_ALPHA, .sample = sparse
	};
	struct png_decode_options options = { .fourcc = SHMFLIP_ABGR16161616, .pixels_size = 4096 };
	struct bytes png = make_png(&spec), pixels;
	struct png_decoded picture;

	(void)state;
	png.size -= 12;
	assert_int_equal(decode_once(&png, &options, &pixels, &picture), 0);
	assert_string_equal(picture.message, "truncated");
	assert_int_equal(picture.format, SHMFLIP_ABGR16161616);
	assert_rows(&spec, SHMFLIP_ABGR16161616, &pixels, &picture);
	bytes_finish(&pixels);
	spec.sample = opaque;
	bytes_finish(&png);
	png = make_png(&spec);
	png.size -= 12;
	assert_int_equal(decode_once(&png, &options, &pixels, &picture), 0);
	assert_int_equal(picture.format, SHMFLIP_XBGR16161616);
	bytes_finish(&pixels);
	bytes_finish(&png);
}

static struct bytes begin(uint8_t depth, uint8_t colour_type)
{
	struct bytes png = { 0 };

	png_add_signature(&png);
	png_add_header(&png, 4, 4, depth, colour_type, false);
	return png;
}

/* A header promises no colour key, and libpng finds one: the pixels stay gray. */
static void test_a_colour_key_behind_too_many_chunks(void **state)
{
	struct png_spec spec = { .width = 4, .height = 4, .depth = 16, .sample = sparse };
	struct bytes png = begin(16, GREY), rows = make_rows(&spec), pixels;
	struct png_decoded picture;

	(void)state;
	for (int i = 0; i < 1001; i++)
		png_add_chunk(&png, "tEXt", "Comment\0x", 9);
	png_add_chunk(&png, "tRNS", "\xff\xff", 2);
	add_rows_and_end(&png, &rows, 8192);
	assert_int_equal(own_format(&png), SHMFLIP_R16);
	decode_own(&png, SHMFLIP_R16, (struct png_decode_options){ 0 }, &pixels, &picture);
	assert_rows(&spec, SHMFLIP_R16, &pixels, &picture);
	bytes_finish(&pixels);
	bytes_finish(&rows);
	bytes_finish(&png);
}

/* libpng ignores it, with a warning. */
static void test_a_damaged_colour_key(void **state)
{
	struct png_spec spec = { .width = 4, .height = 4, .depth = 16, .sample = sparse };
	struct png_decode_options options = { .fourcc = SHMFLIP_ABGR16161616, .pixels_size = 4096 };
	struct bytes png = begin(16, GREY), rows = make_rows(&spec), pixels;
	struct png_decoded picture;

	(void)state;
	png_add_chunk(&png, "tRNS", "\xff\xff", 2);
	png.data[png.size - 1] ^= 1;
	add_rows_and_end(&png, &rows, 8192);
	assert_int_equal(decode_once(&png, &options, &pixels, &picture), 0);
	assert_string_equal(picture.message, "tRNS: CRC error");
	assert_int_equal(picture.format, SHMFLIP_XBGR16161616);
	assert_rows(&spec, SHMFLIP_ABGR16161616, &pixels, &picture);
	bytes_finish(&pixels);
	bytes_finish(&rows);
	bytes_finish(&png);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_gray),
		cmocka_unit_test(test_rgb),
		cmocka_unit_test(test_alpha_of_16_bits),
		cmocka_unit_test(test_words_are_little_endian),
		cmocka_unit_test(test_alpha_can_be_undefined),
		cmocka_unit_test(test_flatten_in_16_bits),
		cmocka_unit_test(test_a_format_that_the_png_does_not_have),
		cmocka_unit_test(test_too_little_memory),
		cmocka_unit_test(test_a_missing_end),
		cmocka_unit_test(test_a_colour_key_behind_too_many_chunks),
		cmocka_unit_test(test_a_damaged_colour_key),
	};

	return cmocka_run_group_tests(tests, create_fast_paths, destroy_fast_paths);
}
