/* SPDX-License-Identifier: MIT
 *
 * pixel_convert(), for each instruction set that this machine has: the same bits as plain C for
 * every format, at sizes with every rest, from memory of exactly the promised size. */
#include <math.h>

#include "pixel_image.h"
#include "pixel_rows.h"

enum { GUARD = 0x5a, PADDINGS = 3 };

/* FNV-1a of all pixels that test_all_formats_at_all_sizes() makes: the same for every compiler and
 * every machine. */
#define HASH_OF_ALL UINT64_C(0xf16dd60c4a9a3885)
#define HASH_START UINT64_C(0xcbf29ce484222325)
#define HASH_PRIME UINT64_C(0x100000001b3)

static uint64_t hash = HASH_START;

/* Odd ones too: the library refuses such strides, the conversion does not depend on that. */
static const uint32_t paddings[PADDINGS] = { 0, 7, 64 };

/* The output of one variant, each row with guard bytes behind it. */
static void convert(const struct pixel_converter *converter, unsigned variant, uint8_t *out,
                    size_t bytes)
{
	struct pixel_converter chosen = *converter;
	const struct pixel_source *source = &chosen.source;

	memset(out, GUARD, bytes);
	pixel_converter_use(&chosen, variant);
	pixel_convert(&chosen, 0, 0, source->width, source->height, out,
	              (size_t)4 * source->width + 3);
}

static unsigned count_variants(void)
{
	unsigned count = 0;

	while (pixel_variant_name(count))
		count++;
	return count;
}

static void check_guards(const struct pixel_source *source, const uint8_t *out)
{
	for (size_t y = 0; y < source->height; y++) {
		out += (size_t)4 * source->width;
		for (int i = 0; i < 3; i++)
			assert_int_equal(*out++, GUARD);
	}
}

static void check_variants(const struct pixel_converter *converter)
{
	const struct pixel_source *source = &converter->source;
	size_t bytes = ((size_t)4 * source->width + 3) * source->height;
	uint8_t *expected = malloc(bytes), *out = malloc(bytes);
	unsigned plain = count_variants() - 1;

	convert(converter, plain, expected, bytes);
	check_guards(source, expected);
	for (size_t i = 0; i < bytes; i++)
		hash = (hash ^ expected[i]) * HASH_PRIME;
	for (unsigned i = 0; i < plain; i++) {
		convert(converter, i, out, bytes);
		if (memcmp(out, expected, bytes) != 0)
			print_message("%s, %.4s, %ux%u\n", pixel_variant_name(i),
			              (const char *)&source->format->fourcc, source->width,
			              source->height);
		assert_memory_equal(out, expected, bytes);
	}
	free(out);
	free(expected);
}

/* Numbers of every kind, those between two steps, and now and then a zero. */
static void fill_floats(struct pixel_image *image)
{
	static const float kinds[] = { 0, -0.0F, NAN, -NAN, INFINITY, -INFINITY, 1e-42F, 3e38F };

	for (uint32_t y = 0; y < image->frame.height; y++)
		for (uint32_t x = 0; x < image->frame.width; x++) {
			uint32_t random = image_random() >> 8;
			float value = (float)(random & 0xffff) / 64 - 100;

			if (random >> 22 == 0)
				value = kinds[random >> 8 & 7];
			if (random >> 22 != 1)
				memcpy(image_at(image, 0, y, (size_t)4 * x), &value, 4);
		}
}

static struct pixel_appearance random_appearance(unsigned number)
{
	static const struct pixel_range ranges[] = {
		{ 0, 65535 }, { 0, 0 },   { 1000, 1001 },    { -50, 700 },       { 65535, 0 },
		{ 0, 1 },     { NAN, 1 }, { -3e38F, 3e38F }, { 1e-45F, 2e-45F },
	};

	return (struct pixel_appearance){
		.range = ranges[number % (sizeof(ranges) / sizeof(ranges[0]))],
		.map = number % COLOUR_MAPS,
		.zero_is_no_value = number % 2,
	};
}

static void check_size(const struct pixel_format *format, uint32_t width, uint32_t height,
                       unsigned number)
{
	static const uint8_t matrices_codes[] = { 1, 6, 9 };
	struct pixel_converter converter;
	struct pixel_source source;
	struct pixel_image image;
	struct pixel_appearance appearance = random_appearance(number);

	image_init(&image, format->fourcc, width, height, paddings[number % PADDINGS]);
	image.frame.colour.matrix = matrices_codes[number % 3];
	image.frame.colour.range = (uint8_t)(number % 7 % 3);
	image.frame.colour.white = number % 5 ? 0 : 4095;
	if (format->order == ORDER_FLOAT)
		fill_floats(&image);
	image_source(&image, &source);
	pixel_converter_init(&converter, &source, &appearance);
	check_variants(&converter);
	image_finish(&image);
}

static void test_all_formats_at_all_sizes(void **state)
{
	unsigned number = 0;

	(void)state;
	hash = HASH_START;
	image_random_state = 1;
	for (unsigned i = 0; pixel_format_get(i); i++)
		for (uint32_t height = 1; height <= 5; height++)
			for (uint32_t width = 1; width <= 70; width++)
				check_size(pixel_format_get(i), width, height, number++);
	assert_int_equal(number, 23 * 5 * 70);
	assert_true(hash == HASH_OF_ALL);
}

static void test_long_rows(void **state)
{
	(void)state;
	for (unsigned i = 0; pixel_format_get(i); i++)
		for (unsigned number = 0; number < 27; number++)
			check_size(pixel_format_get(i), 4096, 2, number);
}

/* A rectangle is the same as that part of the whole. */
static void check_rectangle(const struct pixel_converter *converter, const uint8_t *all, uint32_t x,
                            uint32_t y, uint32_t width, uint32_t height)
{
	size_t stride = (size_t)4 * converter->source.width;
	uint8_t part[4 * 40 * 6];

	memset(part, GUARD, sizeof(part));
	pixel_convert(converter, x, y, width, height, part, (size_t)4 * width);
	for (uint32_t row = 0; row < height; row++)
		assert_memory_equal(part + (size_t)4 * width * row,
		                    all + (y + row) * stride + (size_t)4 * x, (size_t)4 * width);
	assert_int_equal(part[(size_t)4 * width * height], GUARD);
}

static void test_rectangles(void **state)
{
	uint8_t all[4 * 39 * 5];

	(void)state;
	for (unsigned i = 0; pixel_format_get(i); i++) {
		struct pixel_converter converter;
		struct pixel_source source;
		struct pixel_image image;

		image_init(&image, pixel_format_get(i)->fourcc, 39, 5, 0);
		image_source(&image, &source);
		pixel_converter_init(&converter, &source, NULL);
		for (unsigned variant = 0; pixel_variant_name(variant); variant++) {
			pixel_converter_use(&converter, variant);
			pixel_convert(&converter, 0, 0, 39, 5, all, 4 * 39);
			for (uint32_t x = 0; x < 39; x++)
				for (uint32_t width = 0; width <= 39 - x; width++)
					check_rectangle(&converter, all, x, x % 5, width,
					                5 - x % 5);
		}
		image_finish(&image);
	}
}

/* No two variants share the code for any format. */
static void check_functions(const struct pixel_rows *rows, const struct pixel_rows *other)
{
	for (int order = 0; order < PIXEL_ORDERS; order++)
		assert_true(rows->convert[order] != other->convert[order]);
}

static void check_names(void)
{
	unsigned count = count_variants();

	for (unsigned i = 0; i < count; i++)
		print_message("%s\n", pixel_variant_name(i));
	assert_string_equal(pixel_variant_name(count - 1), "plain C");
#ifdef __aarch64__
	assert_string_equal(pixel_variant_name(0), "NEON");
#elif defined(__x86_64__)
	assert_string_equal(pixel_variant_name(count - 2), "SSE2");
	assert_string_equal(pixel_variant_name(0),
	                    __builtin_cpu_supports("avx2") ? "AVX2" : "SSE2");
#endif
}

/* The other tests can choose each variant, and the first one is what programs get. */
static void test_variants(void **state)
{
	struct pixel_converter converter, other;
	struct pixel_source source;
	struct pixel_image image;

	(void)state;
	check_names();
	image_init(&image, SHMFLIP_NV12, 16, 2, 0);
	image_source(&image, &source);
	pixel_converter_init(&converter, &source, NULL);
	assert_string_equal(converter.rows->name, pixel_variant_name(0));
	for (unsigned i = 0; pixel_variant_name(i); i++) {
		pixel_converter_use(&converter, i);
		assert_string_equal(converter.rows->name, pixel_variant_name(i));
		for (unsigned j = 0; j < i; j++) {
			pixel_converter_use(&other, j);
			check_functions(converter.rows, other.rows);
		}
	}
	image_finish(&image);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_variants),
		cmocka_unit_test(test_all_formats_at_all_sizes),
		cmocka_unit_test(test_long_rows),
		cmocka_unit_test(test_rectangles),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
