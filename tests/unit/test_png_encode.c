/* SPDX-License-Identifier: MIT
 *
 * png_encode writes each pixel format with all that a PNG can hold of it. libpng reads the files. */
#include <endian.h>
#include <math.h>
#include <png.h>

#include "pixel_image.h"
#include "png_encode.h"

enum { WIDTH_MAX = 9, HEIGHT_MAX = 5, SAMPLES_MAX = 4 };

/* A PNG in memory, and what libpng reads from it. */
struct file {
	char *bytes;
	size_t size;
	png_structp png;
	png_infop info;
	png_bytepp rows;
};

static void file_write(struct file *file, const struct pixel_image *image)
{
	struct pixel_source source;
	FILE *out = open_memstream(&file->bytes, &file->size);

	assert_non_null(out);
	image_source(image, &source);
	assert_int_equal(png_encode(out, &source), 0);
	assert_int_equal(fclose(out), 0);
}

/* libpng aborts at an error. */
static void file_read(struct file *file)
{
	FILE *in = fmemopen(file->bytes, file->size, "rb");

	assert_non_null(in);
	file->png = png_create_read_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
	file->info = png_create_info_struct(file->png);
	png_init_io(file->png, in);
	png_read_png(file->png, file->info, PNG_TRANSFORM_IDENTITY, NULL);
	file->rows = png_get_rows(file->png, file->info);
	fclose(in);
}

static void file_init(struct file *file, const struct pixel_image *image)
{
	file_write(file, image);
	file_read(file);
}

static void file_finish(struct file *file)
{
	png_destroy_read_struct(&file->png, &file->info, NULL);
	free(file->bytes);
}

static unsigned file_sample(const struct file *file, uint32_t x, uint32_t y, unsigned channel)
{
	unsigned bytes = png_get_bit_depth(file->png, file->info) / 8;
	size_t pixel = (size_t)x * png_get_channels(file->png, file->info) + channel;
	const uint8_t *at = file->rows[y] + pixel * bytes;

	return bytes == 2 ? (unsigned)at[0] << 8 | at[1] : at[0];
}

/* The data of the first chunk of this name before the pixels. NULL: there is none. */
static const uint8_t *file_chunk(const struct file *file, const char *name, uint32_t *length)
{
	size_t at = 8;

	while (memcmp(file->bytes + at + 4, "IDAT", 4) != 0) {
		const uint8_t *chunk = (const uint8_t *)file->bytes + at;

		*length = (uint32_t)chunk[0] << 24 | (uint32_t)chunk[1] << 16 |
		          (uint32_t)chunk[2] << 8 | chunk[3];
		if (memcmp(chunk + 4, name, 4) == 0)
			return chunk + 8;
		at += 12 + *length;
	}
	return NULL;
}

/* ---- Samples -------------------------------------------------------------------------------- */

static unsigned word_of_float(double value)
{
	if (isnan(value))
		return 0;
	return (unsigned)lround(fmin(fmax(value, 0), 1) * 65535);
}

/* Of YUV: what is shown. Of others: what lies in memory. */
static void expected_samples(const struct pixel_source *source, uint32_t x, uint32_t y,
                             unsigned samples[SAMPLES_MAX])
{
	struct pixel_converter converter;
	struct pixel_values values;
	uint8_t bgra[4];

	if (source->format->kind == PIXEL_YUV) {
		pixel_converter_init(&converter, source, NULL);
		pixel_convert(&converter, x, y, 1, 1, bgra, sizeof(bgra));
		for (unsigned i = 0; i < 3; i++)
			samples[i] = bgra[2 - i];
		return;
	}
	pixel_source_read(source, x, y, &values);
	for (unsigned i = 0; i < values.count; i++)
		samples[i] = values.is_float ? word_of_float(values.value[i])
		                             : (unsigned)values.value[i];
}

static void assert_file(const struct file *file, const struct pixel_source *source)
{
	const struct pixel_format *format = source->format;
	bool is_gray = format->kind == PIXEL_GRAY || format->kind == PIXEL_VALUE;
	unsigned depth = format->bits < 16 ? 8 : 16, channels = is_gray ? 1 : format->alpha ? 4 : 3;

	assert_int_equal(png_get_image_width(file->png, file->info), source->width);
	assert_int_equal(png_get_image_height(file->png, file->info), source->height);
	assert_int_equal(png_get_bit_depth(file->png, file->info), depth);
	assert_int_equal(png_get_channels(file->png, file->info), channels);
	for (uint32_t y = 0; y < source->height; y++)
		for (uint32_t x = 0; x < source->width; x++) {
			unsigned samples[SAMPLES_MAX];

			expected_samples(source, x, y, samples);
			for (unsigned i = 0; i < channels; i++)
				assert_int_equal(file_sample(file, x, y, i), samples[i]);
		}
}

static void encode_and_compare(uint32_t fourcc, uint32_t width, uint32_t height)
{
	struct pixel_source source;
	struct pixel_image image;
	struct file file;

	image_init(&image, fourcc, width, height, 8);
	image_source(&image, &source);
	file_init(&file, &image);
	assert_file(&file, &source);
	file_finish(&file);
	image_finish(&image);
}

static void test_every_format_and_size(void **state)
{
	const struct pixel_format *format;

	(void)state;
	for (unsigned i = 0; (format = pixel_format_get(i)); i++) {
		for (uint32_t width = 1; width <= WIDTH_MAX; width++)
			for (uint32_t height = 1; height <= HEIGHT_MAX; height++)
				encode_and_compare(format->fourcc, width, height);
		/* More than png_samples converts at once. */
		encode_and_compare(format->fourcc, 1027, 2);
	}
}

static void test_order_of_bytes(void **state)
{
	struct pixel_image image;
	struct file file;

	(void)state;
	image_init(&image, SHMFLIP_R16, 1, 1, 0);
	memcpy(image.pixels[0], "\x34\x12", 2);
	file_init(&file, &image);
	assert_memory_equal(file.rows[0], "\x12\x34", 2);
	file_finish(&file);
	image_finish(&image);
}

static void test_floats(void **state)
{
	const float values[] = { -1, 0, 0.25F, 0.5F, 1, 7, INFINITY, -INFINITY, NAN };
	const unsigned words[] = { 0, 0, 16384, 32768, 65535, 65535, 65535, 0, 0 };
	struct pixel_image image;
	struct file file;

	(void)state;
	image_init(&image, SHMFLIP_R32F, 9, 1, 0);
	memcpy(image.pixels[0], values, sizeof(values));
	file_init(&file, &image);
	for (uint32_t x = 0; x < 9; x++)
		assert_int_equal(file_sample(&file, x, 0, 0), words[x]);
	file_finish(&file);
	image_finish(&image);
}

/* ---- White ---------------------------------------------------------------------------------- */

static void set_words(const struct pixel_image *image, const uint16_t *words, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		uint16_t word = htole16(words[i]);

		memcpy(image->pixels[0] + (size_t)2 * i, &word, sizeof(word));
	}
}

static void assert_words(const struct pixel_image *image, const unsigned *words, unsigned pixels,
                         unsigned channels)
{
	struct file file;

	file_init(&file, image);
	for (unsigned x = 0; x < pixels; x++)
		for (unsigned i = 0; i < channels; i++)
			assert_int_equal(file_sample(&file, x, 0, i), words[channels * x + i]);
	file_finish(&file);
}

static void assert_sbit(const struct pixel_image *image, unsigned count, uint8_t bits)
{
	const uint8_t *data;
	uint32_t length;
	struct file file;

	file_init(&file, image);
	data = file_chunk(&file, "sBIT", &length);
	assert_int_equal(data != NULL, count > 0);
	if (data)
		assert_int_equal(length, count);
	for (unsigned i = 0; i < count; i++)
		assert_int_equal(data[i], bits);
	file_finish(&file);
}

static void test_white_of_12_bits(void **state)
{
	const uint16_t in[] = { 0, 1, 2047, 4094, 4095, 4096, 65535, 2 };
	/* 65535 / 4095 is a little more than 16. */
	const unsigned out[] = { 0, 16, 32759, 65519, 65535, 65535, 65535, 32 };
	struct pixel_image image;

	(void)state;
	image_init(&image, SHMFLIP_R16, 8, 1, 0);
	set_words(&image, in, 8);
	image.frame.colour.white = 4095;
	assert_words(&image, out, 8, 1);
	assert_sbit(&image, 1, 12);
	image.frame.colour.bits = 10;
	assert_sbit(&image, 1, 10);
	image_finish(&image);

	image_init(&image, SHMFLIP_ABGR16161616, 2, 1, 0);
	set_words(&image, in, 8);
	image.frame.colour.white = 4095;
	assert_words(&image, out, 2, 4);
	assert_sbit(&image, 4, 12);
	image_finish(&image);
}

static void test_each_white_gives_the_nearest_sample(void **state)
{
	struct pixel_image image;

	(void)state;
	image_init(&image, SHMFLIP_R16, 1, 1, 0);
	for (unsigned white = 1; white <= UINT16_MAX; white += white < 300 ? 1 : 6151) {
		uint16_t value = (uint16_t)(image_random() % (white + 1));
		unsigned word = (unsigned)lround(value * 65535.0 / white);

		image.frame.colour.white = (uint16_t)white;
		set_words(&image, &value, 1);
		assert_words(&image, &word, 1, 1);
	}
	image_finish(&image);
}

static void test_measures_are_kept(void **state)
{
	const uint16_t in[] = { 0, 1500, 4095, 4096 };
	const unsigned out[] = { 0, 1500, 4095, 4096 };
	struct pixel_image image;

	(void)state;
	image_init(&image, SHMFLIP_R16, 4, 1, 0);
	set_words(&image, in, 4);
	image.frame.colour.white = 4095;
	image.frame.value_scale = 0.001F;
	assert_words(&image, out, 4, 1);
	assert_sbit(&image, 0, 0);
	image_finish(&image);
}

/* ---- What is said of the samples ------------------------------------------------------------- */

static void assert_bits(uint32_t fourcc, uint8_t bits, unsigned count)
{
	struct pixel_image image;

	image_init(&image, fourcc, 2, 2, 0);
	image.frame.colour.bits = bits;
	assert_sbit(&image, count, bits);
	image_finish(&image);
}

static void test_significant_bits(void **state)
{
	(void)state;
	assert_bits(SHMFLIP_R8, 0, 0);
	assert_bits(SHMFLIP_R8, 6, 1);
	assert_bits(SHMFLIP_R8, 8, 0);
	assert_bits(SHMFLIP_R8, 200, 0);
	assert_bits(SHMFLIP_RGB888, 5, 3);
	assert_bits(SHMFLIP_XRGB8888, 5, 3);
	assert_bits(SHMFLIP_ARGB8888, 5, 4);
	assert_bits(SHMFLIP_R16, 10, 1);
	assert_bits(SHMFLIP_XBGR16161616, 12, 3);
	assert_bits(SHMFLIP_P010, 7, 0);
	assert_bits(SHMFLIP_R32F, 7, 0);
}

/* expected: of the chunk. NULL: there is none. */
static void assert_cicp(uint32_t fourcc, struct shmflip_colour colour, const char *expected)
{
	const uint8_t *data;
	struct pixel_image image;
	uint32_t length;
	struct file file;

	image_init(&image, fourcc, 2, 2, 0);
	image.frame.colour = colour;
	file_init(&file, &image);
	data = file_chunk(&file, "cICP", &length);
	assert_int_equal(data != NULL, expected != NULL);
	if (data) {
		assert_int_equal(length, 4);
		assert_memory_equal(data, expected, 4);
	}
	file_finish(&file);
	image_finish(&image);
}

static void test_colour(void **state)
{
	const struct shmflip_colour pq = { .primaries = 9, .transfer = 16, .matrix = 9 };
	const struct shmflip_colour limited = { .range = 1 };
	const struct shmflip_colour both = { .primaries = 1, .range = 1 };

	(void)state;
	assert_cicp(SHMFLIP_BGR888, (struct shmflip_colour){ 0 }, NULL);
	assert_cicp(SHMFLIP_BGR888, (struct shmflip_colour){ .range = 2 }, NULL);
	assert_cicp(SHMFLIP_NV12, (struct shmflip_colour){ .primaries = 2, .transfer = 2 }, NULL);
	assert_cicp(SHMFLIP_XBGR16161616, pq, "\x09\x10\x00\x01");
	assert_cicp(SHMFLIP_P010, pq, "\x09\x10\x00\x01");
	assert_cicp(SHMFLIP_R8, (struct shmflip_colour){ .transfer = 8 }, "\x02\x08\x00\x01");
	/* Samples that stay as they are, and others. */
	assert_cicp(SHMFLIP_R8, limited, "\x02\x02\x00\x00");
	assert_cicp(SHMFLIP_R16, both, "\x01\x02\x00\x00");
	assert_cicp(SHMFLIP_RGB888, both, "\x01\x02\x00\x00");
	assert_cicp(SHMFLIP_R32F, limited, NULL);
	assert_cicp(SHMFLIP_NV12, limited, NULL);
	assert_cicp(SHMFLIP_NV12, both, "\x01\x02\x00\x01");
}

static void test_limited_range_is_not_widened(void **state)
{
	struct pixel_image image;
	struct file file;

	(void)state;
	image_init(&image, SHMFLIP_R8, 2, 1, 0);
	memcpy(image.pixels[0], "\x10\xeb", 2);
	image.frame.colour.range = 1;
	file_init(&file, &image);
	assert_memory_equal(file.rows[0], "\x10\xeb", 2);
	file_finish(&file);
	image_finish(&image);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_format_and_size),
		cmocka_unit_test(test_order_of_bytes),
		cmocka_unit_test(test_floats),
		cmocka_unit_test(test_white_of_12_bits),
		cmocka_unit_test(test_each_white_gives_the_nearest_sample),
		cmocka_unit_test(test_measures_are_kept),
		cmocka_unit_test(test_significant_bits),
		cmocka_unit_test(test_colour),
		cmocka_unit_test(test_limited_range_is_not_widened),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
