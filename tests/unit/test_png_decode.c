/* SPDX-License-Identifier: MIT
 *
 * png_decode decodes every kind of PNG to the exact pixels. */
#include "png_decoding.h"

struct pixel {
	unsigned blue, green, red, alpha;
};

/* Noise that often equals the transparent value, and whose alpha is often 0 or full. */
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

static uint16_t masked(const struct png_spec *spec, uint32_t x, uint32_t y, unsigned channel)
{
	return (uint16_t)(spec->sample(x, y, channel) & ((1u << spec->depth) - 1));
}

static unsigned to_8_bits(unsigned value, unsigned depth)
{
	unsigned max = (1u << depth) - 1;

	return (2 * 255 * value + max) / (2 * max);
}

static bool is_transparent_key(const struct png_spec *spec, uint32_t x, uint32_t y,
                               unsigned colours)
{
	for (unsigned c = 0; c < colours; c++) {
		unsigned key = spec->trns.data[2 * c] * 256u + spec->trns.data[2 * c + 1];

		if (masked(spec, x, y, c) != key)
			return false;
	}
	return true;
}

/* Computes a pixel by the PNG specification, without any decoder. */
static struct pixel expected(const struct png_spec *spec, uint32_t x, uint32_t y)
{
	unsigned channels = channels_of(spec->colour_type), colours = channels > 2 ? 3 : 1;
	struct pixel pixel = { .alpha = 255 };
	unsigned value[4];

	for (unsigned c = 0; c < channels; c++)
		value[c] = to_8_bits(masked(spec, x, y, c), spec->depth);
	if (spec->colour_type == PALETTE) {
		unsigned index = masked(spec, x, y, 0);
		const uint8_t *entry = spec->palette.data + 3 * index;

		if (index < spec->trns.size)
			pixel.alpha = spec->trns.data[index];
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
	else if (spec->trns.size && is_transparent_key(spec, x, y, colours))
		pixel.alpha = 0;
	return pixel;
}

static void assert_gap_untouched(const struct bytes *pixels, const struct png_decoded *picture,
                                 uint32_t y)
{
	size_t row = (size_t)y * picture->stride_bytes;

	for (size_t i = row + 4 * (size_t)picture->width; i < row + picture->stride_bytes; i++)
		assert_int_equal(pixels->data[i], UNTOUCHED);
}

static void assert_pixels(const struct png_spec *spec, const struct bytes *pixels,
                          const struct png_decoded *picture)
{
	bool opaque = true;

	for (uint32_t y = 0; y < spec->height; y++) {
		for (uint32_t x = 0; x < spec->width; x++) {
			const uint8_t *got =
				pixels->data + (size_t)y * picture->stride_bytes + 4 * (size_t)x;
			struct pixel want = expected(spec, x, y);

			assert_int_equal(got[0], want.blue);
			assert_int_equal(got[1], want.green);
			assert_int_equal(got[2], want.red);
			assert_int_equal(got[3], want.alpha);
			opaque = opaque && want.alpha == 255;
		}
		assert_gap_untouched(pixels, picture, y);
	}
	assert_int_equal(picture->format, opaque ? SHMFLIP_XRGB8888 : SHMFLIP_ARGB8888);
}

/* The memory has exactly the frame's size, so that the guard after it detects any excess. */
static void check(const struct png_spec *spec)
{
	struct bytes png = make_png(spec), pixels;
	struct png_decode_options options = { 0 };
	struct png_decoded picture;
	struct shmflip_layout layout;

	assert_int_equal(png_layout(spec->width, spec->height, &layout), 0);
	options.pixels_size = layout.bytes;
	assert_int_equal(decode_and_compare(&png, &options, &pixels, &picture), 0);
	assert_string_equal(picture.message, "");
	assert_int_equal(picture.width, spec->width);
	assert_int_equal(picture.height, spec->height);
	assert_int_equal(picture.stride_bytes, layout.stride_bytes[0]);
	assert_pixels(spec, &pixels, &picture);
	assert_int_equal(fast_count, fast_path_count());
	bytes_finish(&pixels);
	bytes_finish(&png);
}

static void check_sizes(struct png_spec spec)
{
	static const uint32_t sizes[][2] = { { 1, 1 },  { 1, 9 },   { 2, 3 }, { 3, 2 },
		                             { 4, 5 },  { 5, 4 },   { 7, 5 }, { 8, 8 },
		                             { 9, 17 }, { 33, 10 }, { 64, 2 } };

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		spec.width = sizes[i][0];
		spec.height = sizes[i][1];
		spec.interlaced = false;
		check(&spec);
		spec.interlaced = true;
		check(&spec);
	}
}

static void test_grey(void **state)
{
	uint8_t key[2] = { 0, 1 };

	(void)state;
	for (uint8_t depth = 1; depth <= 16; depth = (uint8_t)(depth * 2)) {
		struct png_spec spec = { .depth = depth, .colour_type = GREY, .sample = noise };

		check_sizes(spec);
		spec.trns = (struct bytes){ .data = key, .size = 2 };
		spec.sample = small_index;
		check_sizes(spec);
	}
}

static void test_rgb(void **state)
{
	uint8_t key8[6] = { 0, 255, 0, 255, 0, 255 }, key16[6] = { 255, 255, 255, 255, 255, 255 };

	(void)state;
	for (uint8_t depth = 8; depth <= 16; depth = (uint8_t)(depth * 2)) {
		struct png_spec spec = { .depth = depth, .colour_type = RGB, .sample = noise };

		check_sizes(spec);
		spec.trns = (struct bytes){ .data = depth == 8 ? key8 : key16, .size = 6 };
		spec.sample = sparse;
		check_sizes(spec);
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
		struct png_spec spec = { .depth = depth,
			                 .colour_type = PALETTE,
			                 .palette = { .data = entries, .size = 3 * count },
			                 .sample = noise };

		check_sizes(spec);
		spec.trns = (struct bytes){ .data = alphas,
			                    .size = count < sizeof(alphas) ? count - 1
			                                                   : sizeof(alphas) };
		check_sizes(spec);
	}
}

static void test_alpha(void **state)
{
	(void)state;
	for (uint8_t depth = 8; depth <= 16; depth = (uint8_t)(depth * 2)) {
		struct png_spec grey = { .depth = depth,
			                 .colour_type = GREY_ALPHA,
			                 .sample = noise };
		struct png_spec rgb = { .depth = depth,
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

/* The file has a colour space, which must not bring gamma into the blending. */
static void check_flattened(const struct png_spec *spec, uint32_t background)
{
	struct bytes png = { 0 }, rows = make_rows(spec), pixels;
	struct png_decode_options options = { .flatten = true,
		                              .background = background,
		                              .pixels_size = 1 << 16 };
	struct png_decoded picture;

	png_add_signature(&png);
	add_header(&png, spec);
	png_add_chunk(&png, "gAMA", "\0\0\xb1\x8f", 4);
	add_palette(&png, spec);
	add_rows_and_end(&png, &rows, 8192);
	assert_int_equal(decode_and_compare(&png, &options, &pixels, &picture), 0);
	assert_int_equal(picture.format, SHMFLIP_XRGB8888);
	for (uint32_t y = 0; y < spec->height; y++) {
		for (uint32_t x = 0; x < spec->width; x++) {
			const uint8_t *got =
				pixels.data + (size_t)y * picture.stride_bytes + 4 * (size_t)x;
			struct pixel from = expected(spec, x, y);

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

static void check_flattened_both(struct png_spec spec, uint32_t background)
{
	spec.width = 19;
	spec.height = 11;
	check_flattened(&spec, background);
	spec.interlaced = true;
	check_flattened(&spec, background);
}

static void test_flatten(void **state)
{
	static const uint32_t backgrounds[] = { 0x000000, 0xffffff, 0x804020, 0x777777 };
	uint8_t entries[12] = { 1, 50, 200, 255, 255, 255, 0, 0, 0, 90, 91, 92 },
		alphas[3] = { 0, 128, 255 };
	uint8_t key[6] = { 0, 1, 0, 1, 0, 1 };

	(void)state;
	for (size_t i = 0; i < sizeof(backgrounds) / sizeof(backgrounds[0]); i++) {
		const struct png_spec specs[] = {
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

		for (size_t k = 0; k < sizeof(specs) / sizeof(specs[0]); k++)
			check_flattened_both(specs[k], backgrounds[i]);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_grey),    cmocka_unit_test(test_rgb),
		cmocka_unit_test(test_palette), cmocka_unit_test(test_alpha),
		cmocka_unit_test(test_flatten),
	};

	return cmocka_run_group_tests(tests, create_fast_paths, destroy_fast_paths);
}
