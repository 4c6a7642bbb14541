/* SPDX-License-Identifier: MIT
 *
 * pixel_unpremultiply, and what pixel_convert makes of colours that are multiplied by alpha. */
#include <math.h>

#include "pixel_image.h"
#include "pixel_unpremultiply.h"

static void set_premultiplied(struct pixel_image *image, struct pixel_source *source)
{
	image->frame.flags = SHMFLIP_FRAME_PREMULTIPLIED;
	image_source(image, source);
	assert_true(source->premultiplied);
}

static unsigned straight(unsigned colour, unsigned alpha, unsigned white)
{
	if (alpha == 0)
		return 0;
	return colour > alpha ? white : (unsigned)lround((double)colour * white / alpha);
}

static void test_all_of_8_bits(void **state)
{
	struct pixel_source source;
	struct pixel_image image;

	(void)state;
	image_init(&image, SHMFLIP_ARGB8888, 1, 1, 0);
	set_premultiplied(&image, &source);
	for (unsigned alpha = 0; alpha < 256; alpha++)
		for (unsigned colour = 0; colour < 256; colour++) {
			const uint8_t in[4] = { (uint8_t)colour, 0, (uint8_t)alpha,
				                (uint8_t)alpha };
			uint8_t out[4];

			pixel_unpremultiply(&source, in, 1, out);
			assert_int_equal(out[0], straight(colour, alpha, 255));
			assert_int_equal(out[1], 0);
			assert_int_equal(out[2], alpha ? 255 : 0);
			assert_int_equal(out[3], alpha);
			/* What is shown loses nothing. */
			if (colour <= alpha)
				assert_int_equal(lround(out[0] * alpha / 255.0), colour);
		}
	image_finish(&image);
}

static void check_words(unsigned white)
{
	struct pixel_source source;
	struct pixel_image image;

	image_init(&image, SHMFLIP_ABGR16161616, 1, 1, 0);
	image.frame.colour.white = (uint16_t)white;
	set_premultiplied(&image, &source);
	for (int i = 0; i < 100000; i++) {
		unsigned alpha = i % 7 ? image_random() % (white + 1) : image_random() >> 16;
		unsigned colour = i % 5 ? image_random() % (alpha + 1) : image_random() >> 16;
		unsigned bounded = alpha < white ? alpha : white;
		const uint8_t in[8] = { (uint8_t)colour,
			                (uint8_t)(colour >> 8), [6] = (uint8_t)alpha,
			                (uint8_t)(alpha >> 8) };
		uint8_t out[8];

		pixel_unpremultiply(&source, in, 1, out);
		assert_int_equal(out[0] | out[1] << 8, straight(colour, bounded, white));
		assert_int_equal(out[6] | out[7] << 8, bounded);
	}
	image_finish(&image);
}

static void test_words(void **state)
{
	(void)state;
	check_words(65535);
	check_words(4095);
	check_words(1);
}

/* Only formats with alpha. */
static void test_the_flag(void **state)
{
	const struct pixel_format *format;

	(void)state;
	for (unsigned i = 0; (format = pixel_format_get(i)); i++) {
		struct pixel_source source;
		struct pixel_image image;

		image_init(&image, format->fourcc, 2, 2, 0);
		image_source(&image, &source);
		assert_false(source.premultiplied);
		image.frame.flags = SHMFLIP_FRAME_PREMULTIPLIED;
		image_source(&image, &source);
		assert_int_equal(source.premultiplied, format->alpha);
		image_finish(&image);
	}
}

/* The same as converting an image that was divided before. */
static void check_conversion(uint32_t fourcc, uint32_t x, uint32_t width)
{
	enum { WIDTH = 1300, HEIGHT = 2 };
	static uint8_t out[4 * WIDTH * HEIGHT], expected[sizeof(out)];
	struct pixel_source source, divided_source;
	struct pixel_converter converter;
	struct pixel_image image, divided;

	image_init(&image, fourcc, WIDTH, HEIGHT, 24);
	set_premultiplied(&image, &source);
	image_init(&divided, fourcc, WIDTH, HEIGHT, 24);
	image_source(&divided, &divided_source);
	for (uint32_t y = 0; y < HEIGHT; y++)
		pixel_unpremultiply(&source, image_at(&image, 0, y, 0), WIDTH,
		                    image_at(&divided, 0, y, 0));
	for (unsigned variant = 0; pixel_variant_name(variant); variant++) {
		pixel_converter_init(&converter, &source, NULL);
		pixel_converter_use(&converter, variant);
		pixel_convert(&converter, x, 0, width, HEIGHT, out, (size_t)4 * width);
		pixel_converter_init(&converter, &divided_source, NULL);
		pixel_converter_use(&converter, variant);
		pixel_convert(&converter, x, 0, width, HEIGHT, expected, (size_t)4 * width);
		assert_memory_equal(out, expected, (size_t)4 * width * HEIGHT);
	}
	image_finish(&divided);
	image_finish(&image);
}

static void test_conversion(void **state)
{
	const uint32_t formats[] = { SHMFLIP_ARGB8888, SHMFLIP_ABGR8888, SHMFLIP_ABGR16161616 };

	(void)state;
	for (unsigned i = 0; i < 3; i++) {
		check_conversion(formats[i], 0, 1300);
		check_conversion(formats[i], 1, 1025);
		check_conversion(formats[i], 1299, 1);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_of_8_bits),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_the_flag),
		cmocka_unit_test(test_conversion),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
