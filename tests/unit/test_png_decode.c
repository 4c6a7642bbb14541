/* SPDX-License-Identifier: MIT
 *
 * producer/png_decode and png_header: every kind of PNG to the exact pixels, and every kind of damage
 * to its verdict, without a byte written outside the picture. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "png_decode.h"
#include "png_fast.h"
#include "png_header.h"
#include "png_maker.h"
#include "png_unfilter.h"
#include "shmflip.h"

enum { UNTOUCHED = 0x5a, GUARD_BYTES = 256 };

struct pixel {
	unsigned blue, green, red, alpha;
};

static uint16_t noise(uint32_t x, uint32_t y, unsigned channel)
{
	uint32_t value = (x * 73 + y * 1009 + channel * 5303 + 17) * 2654435761u;

	return (uint16_t)(value >> 16);
}

/* Noise that often hits the transparent value, and whose alpha is often 0 or full. */
static uint16_t sparse(uint32_t x, uint32_t y, unsigned channel)
{
	uint16_t value = noise(x, y, channel);

	return (uint16_t)((x + y) % 3 == 0 ? 0xffff : (x + y) % 3 == 1 ? 0 : value);
}

static uint16_t full(uint32_t x, uint32_t y, unsigned channel)
{
	return channel == 3 || channel == 1 ? 0xffff : noise(x, y, channel);
}

static uint16_t small_index(uint32_t x, uint32_t y, unsigned channel)
{
	(void)channel;
	return (uint16_t)((x + y) & 1);
}

static uint16_t masked(const struct png_plan *plan, uint32_t x, uint32_t y, unsigned channel)
{
	return (uint16_t)(plan->sample(x, y, channel) & ((1u << plan->depth) - 1));
}

static unsigned to_8_bits(unsigned value, unsigned depth)
{
	unsigned max = (1u << depth) - 1;

	return (2 * 255 * value + max) / (2 * max);
}

static bool is_transparent_key(const struct png_plan *plan, uint32_t x, uint32_t y,
                               unsigned colours)
{
	for (unsigned c = 0; c < colours; c++) {
		unsigned key = plan->trns.data[2 * c] * 256u + plan->trns.data[2 * c + 1];

		if (masked(plan, x, y, c) != key)
			return false;
	}
	return true;
}

/* What a pixel must become, by the PNG specification and not by any decoder. */
static struct pixel expected(const struct png_plan *plan, uint32_t x, uint32_t y)
{
	unsigned channels = channels_of(plan->colour_type), colours = channels > 2 ? 3 : 1;
	struct pixel pixel = { .alpha = 255 };
	unsigned value[4];

	for (unsigned c = 0; c < channels; c++)
		value[c] = to_8_bits(masked(plan, x, y, c), plan->depth);
	if (plan->colour_type == PALETTE) {
		unsigned index = masked(plan, x, y, 0);
		const uint8_t *entry = plan->palette.data + 3 * index;

		if (index < plan->trns.size)
			pixel.alpha = plan->trns.data[index];
		pixel.red = entry[0];
		pixel.green = entry[1];
		pixel.blue = entry[2];
		return pixel;
	}
	pixel.red = value[0];
	pixel.green = value[colours == 3 ? 1 : 0];
	pixel.blue = value[colours == 3 ? 2 : 0];
	if (channels > colours)
		pixel.alpha = value[channels - 1];
	else if (plan->trns.size && is_transparent_key(plan, x, y, colours))
		pixel.alpha = 0;
	return pixel;
}

/* The fast path with each instruction set that this machine has, and with zlib. */
static struct png_fast *fast_paths[8];

static int create_fast_paths(void **state)
{
	unsigned count = 0;

	(void)state;
	for (; png_unfilter_get(count); count++)
		fast_paths[count] = png_fast_create(false, count);
	assert_null(png_fast_create(false, count));
	fast_paths[count] = png_fast_create(true, 0);
	return 0;
}

static int destroy_fast_paths(void **state)
{
	(void)state;
	for (int i = 0; fast_paths[i]; i++)
		png_fast_destroy(fast_paths[i]);
	return 0;
}

static int decode_alone(const struct bytes *png, const struct png_decode_options *options,
                        struct bytes *pixels, struct png_picture *picture)
{
	int result;

	pixels->size = options->pixels_size + GUARD_BYTES;
	pixels->data = malloc(pixels->size);
	memset(pixels->data, UNTOUCHED, pixels->size);
	result = png_decode(png->data, png->size, options, pixels->data, picture);
	for (size_t i = options->pixels_size; i < pixels->size; i++)
		assert_int_equal(pixels->data[i], UNTOUCHED);
	return result;
}

static void assert_same(const struct png_picture *picture, const struct bytes *pixels,
                        const struct png_picture *other, const struct bytes *other_pixels)
{
	assert_int_equal(other->width, picture->width);
	assert_int_equal(other->height, picture->height);
	assert_int_equal(other->stride_bytes, picture->stride_bytes);
	assert_int_equal(other->format, picture->format);
	for (uint32_t y = 0; y < picture->height; y++) {
		size_t row = (size_t)y * picture->stride_bytes;

		assert_memory_equal(other_pixels->data + row, pixels->data + row,
		                    4 * (size_t)picture->width);
	}
}

/* How many of the last picture's decodings took the fast path. */
static unsigned fast_count;

/* The same, to the word, must come of the fast path, in the room that it asks for. */
static void check_fast(const struct bytes *png, struct png_decode_options options, int result,
                       const struct png_picture *picture, const struct bytes *pixels)
{
	if (result != -EMSGSIZE && picture->stride_bytes)
		options.pixels_size = png_fast_room(picture->width, picture->height);
	fast_count = 0;
	for (int i = 0; fast_paths[i]; i++) {
		struct png_picture other;
		struct bytes other_pixels;

		options.fast = fast_paths[i];
		assert_int_equal(decode_alone(png, &options, &other_pixels, &other), result);
		assert_string_equal(other.message, picture->message);
		if (!result)
			assert_same(picture, pixels, &other, &other_pixels);
		fast_count += !result && other.fast;
		bytes_finish(&other_pixels);
	}
}

static int decode_with(const struct bytes *png, const struct png_decode_options *options,
                       struct bytes *pixels, struct png_picture *picture)
{
	int result = decode_alone(png, options, pixels, picture);

	assert_false(!result && picture->fast);
	check_fast(png, *options, result, picture, pixels);
	return result;
}

static int decode_result(const struct bytes *png, struct png_picture *picture)
{
	struct png_decode_options options = { .pixels_size = 1 << 16 };
	struct bytes pixels;
	int result = decode_with(png, &options, &pixels, picture);

	bytes_finish(&pixels);
	return result;
}

static void assert_gap_untouched(const struct bytes *pixels, const struct png_picture *picture,
                                 uint32_t y)
{
	size_t row = (size_t)y * picture->stride_bytes;

	for (size_t i = row + 4 * (size_t)picture->width; i < row + picture->stride_bytes; i++)
		assert_int_equal(pixels->data[i], UNTOUCHED);
}

static void assert_pixels(const struct png_plan *plan, const struct bytes *pixels,
                          const struct png_picture *picture)
{
	bool opaque = true;

	for (uint32_t y = 0; y < plan->height; y++) {
		for (uint32_t x = 0; x < plan->width; x++) {
			const uint8_t *got =
				pixels->data + (size_t)y * picture->stride_bytes + 4 * (size_t)x;
			struct pixel want = expected(plan, x, y);

			assert_int_equal(got[0], want.blue);
			assert_int_equal(got[1], want.green);
			assert_int_equal(got[2], want.red);
			assert_int_equal(got[3], want.alpha);
			opaque = opaque && want.alpha == 255;
		}
		assert_gap_untouched(pixels, picture, y);
	}
	assert_int_equal(picture->format,
	                 opaque ? SHMFLIP_FORMAT_XRGB8888 : SHMFLIP_FORMAT_ARGB8888);
}

static bool is_for_fast_path(const struct png_plan *plan)
{
	return plan->depth <= 8 && !plan->interlaced &&
	       (plan->colour_type == PALETTE || !plan->trns.size);
}

/* In memory of exactly the frame's size, so that the guard behind it says something. */
static void check(const struct png_plan *plan)
{
	struct bytes png = make_png(plan), pixels;
	struct png_decode_options options = { 0 };
	struct png_picture picture;
	uint32_t stride_bytes;

	assert_int_equal(
		shmflip_frame_size(plan->width, plan->height, &stride_bytes, &options.pixels_size),
		0);
	assert_int_equal(decode_with(&png, &options, &pixels, &picture), 0);
	assert_string_equal(picture.message, "");
	assert_int_equal(picture.width, plan->width);
	assert_int_equal(picture.height, plan->height);
	assert_int_equal(picture.stride_bytes, stride_bytes);
	assert_pixels(plan, &pixels, &picture);
	assert_int_equal(fast_count > 0, is_for_fast_path(plan));
	bytes_finish(&pixels);
	bytes_finish(&png);
}

static void check_sizes(struct png_plan plan)
{
	static const uint32_t sizes[][2] = { { 1, 1 },  { 1, 9 },   { 2, 3 }, { 3, 2 },
		                             { 4, 5 },  { 5, 4 },   { 7, 5 }, { 8, 8 },
		                             { 9, 17 }, { 33, 10 }, { 64, 2 } };

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		plan.width = sizes[i][0];
		plan.height = sizes[i][1];
		plan.interlaced = false;
		check(&plan);
		plan.interlaced = true;
		check(&plan);
	}
}

static void test_grey(void **state)
{
	uint8_t key[2] = { 0, 1 };

	(void)state;
	for (uint8_t depth = 1; depth <= 16; depth = (uint8_t)(depth * 2)) {
		struct png_plan plan = { .depth = depth, .colour_type = GREY, .sample = noise };

		check_sizes(plan);
		plan.trns = (struct bytes){ .data = key, .size = 2 };
		plan.sample = small_index;
		check_sizes(plan);
	}
}

static void test_rgb(void **state)
{
	uint8_t key8[6] = { 0, 255, 0, 255, 0, 255 }, key16[6] = { 255, 255, 255, 255, 255, 255 };

	(void)state;
	for (uint8_t depth = 8; depth <= 16; depth = (uint8_t)(depth * 2)) {
		struct png_plan plan = { .depth = depth, .colour_type = RGB, .sample = noise };

		check_sizes(plan);
		plan.trns = (struct bytes){ .data = depth == 8 ? key8 : key16, .size = 6 };
		plan.sample = sparse;
		check_sizes(plan);
	}
}

static void test_palette(void **state)
{
	uint8_t entries[3 * 256], alphas[200];

	(void)state;
	for (uint32_t i = 0; i < sizeof(entries); i++)
		entries[i] = (uint8_t)noise(i, 1, 1);
	for (uint32_t i = 0; i < sizeof(alphas); i++)
		alphas[i] = (uint8_t)noise(i, 2, 2);
	for (uint8_t depth = 1; depth <= 8; depth = (uint8_t)(depth * 2)) {
		size_t count = (size_t)1 << depth;
		struct png_plan plan = { .depth = depth,
			                 .colour_type = PALETTE,
			                 .palette = { .data = entries, .size = 3 * count },
			                 .sample = noise };

		check_sizes(plan);
		plan.trns = (struct bytes){ .data = alphas,
			                    .size = count < sizeof(alphas) ? count - 1
			                                                   : sizeof(alphas) };
		check_sizes(plan);
	}
}

static void test_alpha(void **state)
{
	(void)state;
	for (uint8_t depth = 8; depth <= 16; depth = (uint8_t)(depth * 2)) {
		struct png_plan grey = { .depth = depth,
			                 .colour_type = GREY_ALPHA,
			                 .sample = noise };
		struct png_plan rgb = { .depth = depth,
			                .colour_type = RGB_ALPHA,
			                .sample = sparse };

		check_sizes(grey);
		check_sizes(rgb);
		grey.sample = full;
		rgb.sample = full;
		check_sizes(grey);
		check_sizes(rgb);
	}
}

static unsigned blended(unsigned colour, unsigned alpha, unsigned background)
{
	return (colour * alpha + background * (255 - alpha) + 127) / 255;
}

static void assert_near(unsigned got, unsigned want)
{
	assert_in_range(got, want ? want - 1 : 0, want + 1);
}

/* With a colour space in the file: it must not bring gamma into the blending. */
static void check_flattened(const struct png_plan *plan, uint32_t background)
{
	struct bytes png = { 0 }, rows = make_rows(plan), pixels;
	struct png_decode_options options = { .flatten = true,
		                              .background = background,
		                              .pixels_size = 1 << 16 };
	struct png_picture picture;

	add_signature(&png);
	add_header(&png, plan);
	add_chunk(&png, "gAMA", "\0\0\xb1\x8f", 4);
	if (plan->palette.size)
		add_chunk(&png, "PLTE", plan->palette.data, plan->palette.size);
	if (plan->trns.size)
		add_chunk(&png, "tRNS", plan->trns.data, plan->trns.size);
	add_rows_and_end(&png, &rows, 8192);
	assert_int_equal(decode_with(&png, &options, &pixels, &picture), 0);
	assert_int_equal(picture.format, SHMFLIP_FORMAT_XRGB8888);
	for (uint32_t y = 0; y < plan->height; y++) {
		for (uint32_t x = 0; x < plan->width; x++) {
			const uint8_t *got =
				pixels.data + (size_t)y * picture.stride_bytes + 4 * (size_t)x;
			struct pixel from = expected(plan, x, y);

			assert_near(got[0], blended(from.blue, from.alpha, background & 255));
			assert_near(got[1], blended(from.green, from.alpha, background >> 8 & 255));
			assert_near(got[2], blended(from.red, from.alpha, background >> 16));
			assert_int_equal(got[3], 255);
		}
	}
	bytes_finish(&pixels);
	bytes_finish(&rows);
	bytes_finish(&png);
}

static void check_flattened_twice(struct png_plan plan, uint32_t background)
{
	plan.width = 19;
	plan.height = 11;
	check_flattened(&plan, background);
	plan.interlaced = true;
	check_flattened(&plan, background);
}

static void test_flatten(void **state)
{
	static const uint32_t backgrounds[] = { 0x000000, 0xffffff, 0x804020, 0x777777 };
	uint8_t entries[12] = { 1, 50, 200, 255, 255, 255, 0, 0, 0, 90, 91, 92 },
		alphas[3] = { 0, 128, 255 };
	uint8_t key[6] = { 0, 1, 0, 1, 0, 1 };

	(void)state;
	for (size_t i = 0; i < sizeof(backgrounds) / sizeof(backgrounds[0]); i++) {
		const struct png_plan plans[] = {
			{ .depth = 8, .colour_type = GREY_ALPHA, .sample = noise },
			{ .depth = 16, .colour_type = GREY_ALPHA, .sample = noise },
			{ .depth = 8, .colour_type = RGB_ALPHA, .sample = noise },
			{ .depth = 16, .colour_type = RGB_ALPHA, .sample = noise },
			{ .depth = 2,
			  .colour_type = PALETTE,
			  .sample = noise,
			  .palette = { .data = entries, .size = 12 },
			  .trns = { .data = alphas, .size = 3 } },
			{ .depth = 1,
			  .colour_type = GREY,
			  .sample = small_index,
			  .trns = { .data = key, .size = 2 } },
			{ .depth = 4,
			  .colour_type = GREY,
			  .sample = small_index,
			  .trns = { .data = key, .size = 2 } },
			{ .depth = 8,
			  .colour_type = GREY,
			  .sample = small_index,
			  .trns = { .data = key, .size = 2 } },
			{ .depth = 16,
			  .colour_type = GREY,
			  .sample = small_index,
			  .trns = { .data = key, .size = 2 } },
			{ .depth = 8,
			  .colour_type = RGB,
			  .sample = small_index,
			  .trns = { .data = key, .size = 6 } },
			{ .depth = 16,
			  .colour_type = RGB,
			  .sample = small_index,
			  .trns = { .data = key, .size = 6 } },
			{ .depth = 8, .colour_type = RGB, .sample = noise },
		};

		for (size_t k = 0; k < sizeof(plans) / sizeof(plans[0]); k++)
			check_flattened_twice(plans[k], backgrounds[i]);
	}
}

static const struct png_plan plain = {
	.width = 21, .height = 13, .depth = 8, .colour_type = RGB, .sample = noise
};

static void test_every_truncation_is_damage(void **state)
{
	struct png_plan plans[3] = { plain, plain, plain };

	(void)state;
	plans[1].interlaced = true;
	plans[2].width = plans[2].height = 1;
	for (int i = 0; i < 3; i++) {
		struct bytes whole = make_png(&plans[i]);

		for (size_t size = 0; size < whole.size; size++) {
			struct bytes part = { .data = malloc(size + !size), .size = size };
			struct png_picture picture;

			memcpy(part.data, whole.data, size);
			assert_int_equal(decode_result(&part, &picture), -EBADMSG);
			assert_true(picture.message[0] != '\0');
			bytes_finish(&part);
		}
		bytes_finish(&whole);
	}
}

/* No byte of this file can be changed unnoticed, wherever it is. */
static void test_every_flipped_bit_is_damage(void **state)
{
	struct bytes png = make_png(&plain);

	(void)state;
	for (size_t bit = 0; bit < png.size * 8; bit++) {
		struct png_picture picture;

		png.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_int_equal(decode_result(&png, &picture), -EBADMSG);
		png.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	bytes_finish(&png);
}

/* The last four bytes of the compressed data are its checksum: wrong, while every CRC is right; in
 * one chunk with the rest, and in one of its own. */
static void test_bad_adler_is_damage(void **state)
{
	struct bytes rows = make_rows(&plain), packed = compressed(&rows);

	(void)state;
	packed.data[packed.size - 1] ^= 1;
	for (size_t split = 0; split <= 4; split++) {
		struct bytes png = make_beginning(&plain);
		struct png_picture picture;

		add_chunk(&png, "IDAT", packed.data, packed.size - split);
		if (split)
			add_chunk(&png, "IDAT", packed.data + packed.size - split, split);
		add_chunk(&png, "IEND", NULL, 0);
		assert_int_equal(decode_result(&png, &picture), -EBADMSG);
		bytes_finish(&png);
	}
	bytes_finish(&packed);
	bytes_finish(&rows);
}

static void test_short_data_is_damage(void **state)
{
	struct bytes rows = make_rows(&plain), packed = compressed(&rows);

	(void)state;
	for (size_t missing = 1; missing <= packed.size; missing++) {
		struct bytes png = make_beginning(&plain);
		struct png_picture picture;

		add_chunk(&png, "IDAT", packed.data, packed.size - missing);
		add_chunk(&png, "IEND", NULL, 0);
		assert_int_equal(decode_result(&png, &picture), -EBADMSG);
		bytes_finish(&png);
	}
	bytes_finish(&packed);
	bytes_finish(&rows);
}

static int decode_rows(const struct bytes *rows, struct png_picture *picture)
{
	struct bytes png = make_beginning(&plain);
	int result;

	add_rows_and_end(&png, rows, 8192);
	result = decode_result(&png, picture);
	bytes_finish(&png);
	return result;
}

static void test_rows_that_do_not_fit(void **state)
{
	struct bytes rows = make_rows(&plain);
	struct png_picture picture;
	uint8_t more[500] = { 0 };

	(void)state;
	rows.data[0] = 9;
	assert_int_equal(decode_rows(&rows, &picture), -EBADMSG);
	rows.data[0] = 0;
	rows.size -= 1 + 3 * plain.width;
	assert_int_equal(decode_rows(&rows, &picture), -EBADMSG);
	rows.size += 1 + 3 * plain.width;
	bytes_add(&rows, more, sizeof(more));
	assert_int_equal(decode_rows(&rows, &picture), 0);
	assert_true(picture.message[0] != '\0');
	bytes_finish(&rows);
}

/* A chunk of this type before the pixels, with or without a right CRC. */
static int decode_with_chunk(const char *type, const struct bytes *data, uint8_t crc_error,
                             struct png_picture *picture)
{
	struct bytes png = make_beginning(&plain), rows = make_rows(&plain);
	int result;

	add_chunk(&png, type, data->data, data->size);
	png.data[png.size - 1] ^= crc_error;
	add_rows_and_end(&png, &rows, 100);
	result = decode_result(&png, picture);
	bytes_finish(&rows);
	bytes_finish(&png);
	return result;
}

static void test_other_chunks(void **state)
{
	struct bytes text = { 0 }, bomb = { 0 }, packed;
	struct png_picture picture;

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
	struct bytes png = make_beginning(&plain), rows = make_rows(&plain);
	struct png_picture picture;

	(void)state;
	for (int i = 0; i < 10000; i++)
		add_chunk(&png, "tEXt", "a\0b", 3);
	add_rows_and_end(&png, &rows, 1);
	bytes_add(&png, "and more", 8);
	assert_int_equal(decode_result(&png, &picture), 0);
	bytes_finish(&rows);
	bytes_finish(&png);
}

/* Looks back farther than the stream says it does. zlib minds, and so must the fast path. */
static void test_a_window_that_is_too_small(void **state)
{
	struct png_plan plan = { .width = 300, .height = 30, .depth = 8, .colour_type = RGB };
	struct bytes rows = { .data = calloc(30, 901), .size = (size_t)30 * 901 }, packed;

	(void)state;
	for (size_t i = 0; i < rows.size; i++)
		rows.data[i] = (uint8_t)(i % 901 ? noise((uint32_t)(i % 8109), 0, 0) : 0);
	packed = compressed(&rows);
	for (unsigned bits = 0; bits < 8; bits++) {
		struct bytes png = make_beginning(&plan);
		struct png_picture picture;

		packed.data[0] = (uint8_t)(bits << 4 | 8);
		packed.data[1] = (uint8_t)(31 - packed.data[0] * 256 % 31);
		add_chunk(&png, "IDAT", packed.data, packed.size);
		add_chunk(&png, "IEND", NULL, 0);
		assert_int_equal(decode_result(&png, &picture), bits < 5 ? -EBADMSG : 0);
		assert_int_equal(fast_count > 0, bits >= 7);
		bytes_finish(&png);
	}
	bytes_finish(&packed);
	bytes_finish(&rows);
}

/* So many empty blocks before the pixels that libpng warns. */
static void test_a_chunk_that_is_too_long(void **state)
{
	struct bytes png = make_beginning(&plain), rows = make_rows(&plain);
	struct bytes packed = compressed(&rows), padded = { 0 };
	struct png_picture picture;

	(void)state;
	bytes_add(&padded, packed.data, 2);
	for (int i = 0; i < 250000; i++)
		bytes_add(&padded, "\0\0\0\xff\xff", 5);
	bytes_add(&padded, packed.data + 2, packed.size - 2);
	add_chunk(&png, "IDAT", padded.data, padded.size);
	add_chunk(&png, "IEND", NULL, 0);
	assert_int_equal(decode_result(&png, &picture), 0);
	assert_string_equal(picture.message, "IDAT: chunk data is too large");
	assert_int_equal(fast_count, 0);
	bytes_finish(&padded);
	bytes_finish(&packed);
	bytes_finish(&rows);
	bytes_finish(&png);
}

static void test_no_png(void **state)
{
	struct png_picture picture;
	struct bytes text = { 0 };

	(void)state;
	assert_int_equal(decode_result(&text, &picture), -EBADMSG);
	assert_string_equal(picture.message, "empty");
	bytes_add(&text, "What is this? A text file of some length, not a picture.", 56);
	assert_int_equal(decode_result(&text, &picture), -EBADMSG);
	assert_string_equal(picture.message, "not a PNG");
	text.size = 3;
	assert_int_equal(decode_result(&text, &picture), -EBADMSG);
	assert_string_equal(picture.message, "not a PNG");
	bytes_finish(&text);
}

static void test_sizes(void **state)
{
	static const struct {
		uint32_t width, height;
		int result;
	} cases[] = { { 100000, 100000, -EMSGSIZE },
		      { INT32_MAX, INT32_MAX, -EMSGSIZE },
		      { INT32_MAX, 1, -EMSGSIZE },
		      { 0, 5, -EBADMSG },
		      { 5, 0, -EBADMSG },
		      { 0x80000000, 5, -EBADMSG },
		      { UINT32_MAX, UINT32_MAX, -EBADMSG } };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct png_plan plan = plain;
		struct png_picture picture;
		struct bytes png;

		plan.width = cases[i].width;
		plan.height = cases[i].height;
		png = make_beginning(&plan);
		assert_int_equal(decode_result(&png, &picture), cases[i].result);
		bytes_finish(&png);
	}
}

static void test_a_byte_too_large(void **state)
{
	struct bytes png = make_png(&plain), pixels;
	struct png_decode_options options = { 0 };
	struct png_picture picture;
	uint32_t stride_bytes;

	(void)state;
	shmflip_frame_size(plain.width, plain.height, &stride_bytes, &options.pixels_size);
	options.pixels_size--;
	assert_int_equal(decode_with(&png, &options, &pixels, &picture), -EMSGSIZE);
	for (size_t i = 0; i < pixels.size; i++)
		assert_int_equal(pixels.data[i], UNTOUCHED);
	bytes_finish(&pixels);
	bytes_finish(&png);
}

static void test_bad_kinds(void **state)
{
	static const uint8_t kinds[][2] = { { 3, GREY },      { 16, PALETTE }, { 4, RGB },
		                            { 2, RGB_ALPHA }, { 8, 1 },        { 8, 5 },
		                            { 8, 7 },         { 0, GREY } };
	struct bytes rows = make_rows(&plain);

	(void)state;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		struct png_plan plan = {
			.width = 2, .height = 2, .depth = kinds[i][0], .colour_type = kinds[i][1]
		};
		struct bytes png = make_beginning(&plan);
		struct png_picture picture;

		add_rows_and_end(&png, &rows, 8192);
		assert_int_equal(decode_result(&png, &picture), -EBADMSG);
		bytes_finish(&png);
	}
	bytes_finish(&rows);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_grey),
		cmocka_unit_test(test_rgb),
		cmocka_unit_test(test_palette),
		cmocka_unit_test(test_alpha),
		cmocka_unit_test(test_flatten),
		cmocka_unit_test(test_every_truncation_is_damage),
		cmocka_unit_test(test_every_flipped_bit_is_damage),
		cmocka_unit_test(test_bad_adler_is_damage),
		cmocka_unit_test(test_short_data_is_damage),
		cmocka_unit_test(test_rows_that_do_not_fit),
		cmocka_unit_test(test_other_chunks),
		cmocka_unit_test(test_many_chunks),
		cmocka_unit_test(test_a_window_that_is_too_small),
		cmocka_unit_test(test_a_chunk_that_is_too_long),
		cmocka_unit_test(test_no_png),
		cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_a_byte_too_large),
		cmocka_unit_test(test_bad_kinds),
	};

	return cmocka_run_group_tests(tests, create_fast_paths, destroy_fast_paths);
}
