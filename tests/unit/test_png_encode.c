/* SPDX-License-Identifier: MIT
 *
 * png_encode writes each pixel format, with all that a PNG can hold. libpng reads the files. */
#include <endian.h>
#include <errno.h>
#include <math.h>

#include "encoded_png.h"

enum { WIDTH_MAX = 9, HEIGHT_MAX = 5, SAMPLES_MAX = 4 };

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
			unsigned samples[SAMPLES_MAX] = { 0 };

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
	memcpy(image_at(&image, 0, 0, 0), "\x34\x12", 2);
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
	memcpy(image_at(&image, 0, 0, 0), values, sizeof(values));
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

/* Only R16 and R32F measure something. */
static void test_rgb_measures_nothing(void **state)
{
	const uint16_t in[] = { 0, 1023, 512, 0 };
	const unsigned out[] = { 0, 65535, 32800 };
	struct pixel_image image;

	(void)state;
	image_init(&image, SHMFLIP_XBGR16161616, 1, 1, 0);
	set_words(&image, in, 4);
	image.frame.colour.white = 1023;
	image.frame.value_scale = 0.0002F;
	assert_words(&image, out, 1, 3);
	assert_sbit(&image, 3, 10);
	image_finish(&image);
}

static void test_limited_range_is_not_widened(void **state)
{
	struct pixel_image image;
	struct file file;

	(void)state;
	image_init(&image, SHMFLIP_R8, 2, 1, 0);
	memcpy(image_at(&image, 0, 0, 0), "\x10\xeb", 2);
	image.frame.colour.range = 1;
	file_init(&file, &image);
	assert_memory_equal(file.rows[0], "\x10\xeb", 2);
	file_finish(&file);
	image_finish(&image);
}

/* PNG has straight alpha. */
static void test_premultiplied_alpha_is_divided(void **state)
{
	const uint16_t words[] = { 10000, 30000, 20000, 20000, 7, 0, 300, 0 };
	const unsigned straight_words[] = { 32768, 65535, 65535, 20000, 0, 0, 0, 0 };
	const uint8_t bytes[] = { 10, 100, 50, 100 };
	struct pixel_image image;
	struct file file;

	(void)state;
	image_init(&image, SHMFLIP_ARGB8888, 1, 1, 0);
	memcpy(image.pixels[0], bytes, sizeof(bytes));
	image.frame.flags = SHMFLIP_FRAME_PREMULTIPLIED;
	file_init(&file, &image);
	assert_memory_equal(file.rows[0], "\x80\xff\x1a\x64", 4);
	file_finish(&file);
	image_finish(&image);

	image_init(&image, SHMFLIP_ABGR16161616, 2, 1, 0);
	set_words(&image, words, 8);
	image.frame.flags = SHMFLIP_FRAME_PREMULTIPLIED;
	assert_words(&image, straight_words, 2, 4);
	image_finish(&image);
}

static void test_premultiplied_rows_longer_than_a_chunk(void **state)
{
	enum { LONG_ROW = 1027 };
	struct pixel_image image;
	struct file file;

	(void)state;
	image_init(&image, SHMFLIP_ABGR16161616, LONG_ROW, 1, 0);
	image.frame.flags = SHMFLIP_FRAME_PREMULTIPLIED;
	for (unsigned x = 0; x < LONG_ROW; x++) {
		const uint16_t pixel[] = { (uint16_t)x, 2000, 0, 2000 };

		for (unsigned i = 0; i < 4; i++) {
			uint16_t word = htole16(pixel[i]);

			memcpy(image_at(&image, 0, 0, 8 * x + 2 * i), &word, sizeof(word));
		}
	}
	file_init(&file, &image);
	for (unsigned x = 0; x < LONG_ROW; x++) {
		assert_int_equal(file_sample(&file, x, 0, 0), lround(x * 65535.0 / 2000));
		assert_int_equal(file_sample(&file, x, 0, 1), 65535);
		assert_int_equal(file_sample(&file, x, 0, 3), 2000);
	}
	file_finish(&file);
	image_finish(&image);
}

/* Nothing is read or written. */
static void test_too_large_for_a_png(void **state)
{
	static const struct {
		uint32_t width, height, stride_bytes;
		uint32_t fourcc;
	} sizes[] = {
		{ 0x80000000, 1, 0x80000000, SHMFLIP_R8 },
		{ 1, 0x80000000, 1, SHMFLIP_R8 },
		{ (1U << 30) + 1, 1, (1U << 30) + 1, SHMFLIP_R8 },
		{ (1U << 27) + 1, 1, (1U << 30) + 8, SHMFLIP_ABGR16161616 },
	};
	struct png_encoder *encoder;

	(void)state;
	assert_int_equal(png_encoder_create(1, &encoder), 0);
	for (unsigned i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		const struct shmflip_frame frame = {
			.fourcc = sizes[i].fourcc,
			.width = sizes[i].width,
			.height = sizes[i].height,
			.planes = 1,
			.plane = { { NULL, sizes[i].stride_bytes, sizes[i].height } },
		};
		struct pixel_source source;

		assert_int_equal(pixel_source_init(&source, &frame), 0);
		assert_int_equal(png_encode(encoder, &source, file_append, NULL), -EFBIG);
	}
	png_encoder_destroy(encoder);
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
		cmocka_unit_test(test_rgb_measures_nothing),
		cmocka_unit_test(test_limited_range_is_not_widened),
		cmocka_unit_test(test_premultiplied_alpha_is_divided),
		cmocka_unit_test(test_premultiplied_rows_longer_than_a_chunk),
		cmocka_unit_test(test_too_large_for_a_png),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
