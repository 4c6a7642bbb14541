/* SPDX-License-Identifier: MIT
 *
 * YUV to RGB, for each instruction set that this machine has: at most 1 off from real numbers, for
 * all of the cube, every matrix and both ranges. Colours outside of RGB are clamped. */
#include <math.h>

#include "pixel_image.h"

struct cube {
	uint32_t fourcc;
	unsigned bits, y_step, chroma_step;
};

static const struct cube cubes[] = {
	{ SHMFLIP_YUV444, 8, 1, 3 },
	{ SHMFLIP_S410, 10, 3, 11 },
};

struct tally {
	uint64_t count, exact;
	int most;
};

static void write_sample(const struct pixel_image *image, unsigned plane, uint32_t x, unsigned bits,
                         unsigned value)
{
	size_t bytes = bits > 8 ? 2 : 1;
	uint8_t *at = image_at(image, plane, 0, bytes * x);

	at[0] = (uint8_t)value;
	if (bytes == 2)
		at[1] = (uint8_t)(value >> 8);
}

/* ITU-R BT.601, BT.709 and BT.2020, and H.273's equations for both ranges: bytes B G R. */
static void convert_exactly(const struct pixel_source *source, unsigned bits, const unsigned yuv[3],
                            double rgb[3])
{
	double depth = 1 << (bits - 8), maximum = (1 << bits) - 1;
	double kr = source->matrix->red, kb = source->matrix->blue;
	double y, u, v;

	if (source->full_range) {
		y = yuv[0] / maximum;
		u = (yuv[1] - 128 * depth) / maximum;
		v = (yuv[2] - 128 * depth) / maximum;
	} else {
		y = (yuv[0] - 16 * depth) / (219 * depth);
		u = (yuv[1] - 128 * depth) / (224 * depth);
		v = (yuv[2] - 128 * depth) / (224 * depth);
	}
	rgb[2] = y + 2 * (1 - kr) * v;
	rgb[0] = y + 2 * (1 - kb) * u;
	rgb[1] = (y - kr * rgb[2] - kb * rgb[0]) / (1 - kr - kb);
	for (int i = 0; i < 3; i++)
		rgb[i] = 255 * (rgb[i] < 0 ? 0 : rgb[i] > 1 ? 1 : rgb[i]);
}

static void compare(struct tally *tally, const double expected[3], const uint8_t *pixel)
{
	assert_int_equal(pixel[3], 255);
	for (int i = 0; i < 3; i++) {
		int off = abs(pixel[i] - (int)lround(expected[i]));

		tally->count++;
		tally->exact += off == 0;
		if (off > tally->most)
			tally->most = off;
	}
}

/* A row of all luma with one U and V. */
static void check_row(const struct cube *cube, const struct pixel_image *image,
                      const struct pixel_converter *converter, unsigned u, unsigned v,
                      struct tally *tallies)
{
	uint32_t width = image->frame.width;
	uint8_t out[4 * 512];
	double expected[512][3];

	for (uint32_t x = 0; x < width; x++) {
		const unsigned yuv[3] = { x * cube->y_step, u, v };

		for (unsigned i = 0; i < 3; i++)
			write_sample(image, i, x, cube->bits, yuv[i]);
		convert_exactly(&converter->source, cube->bits, yuv, expected[x]);
	}
	for (unsigned i = 0; pixel_variant_name(i); i++) {
		struct pixel_converter chosen = *converter;

		pixel_converter_use(&chosen, i);
		pixel_convert(&chosen, 0, 0, width, 1, out, sizeof(out));
		for (uint32_t x = 0; x < width; x++)
			compare(&tallies[i], expected[x], out + (size_t)4 * x);
	}
}

static void check_cube(const struct cube *cube, uint8_t matrix, uint8_t range)
{
	unsigned maximum = (1U << cube->bits) - 1;
	struct tally tallies[8] = { 0 };
	struct pixel_converter converter;
	struct pixel_source source;
	struct pixel_image image;

	image_init(&image, cube->fourcc, maximum / cube->y_step + 1, 1, 0);
	image.frame.colour = (struct shmflip_colour){ .matrix = matrix, .range = range };
	image_source(&image, &source);
	pixel_converter_init(&converter, &source, NULL);
	for (unsigned u = 0; u <= maximum; u += cube->chroma_step)
		for (unsigned v = 0; v <= maximum; v += cube->chroma_step)
			check_row(cube, &image, &converter, u, v, tallies);
	for (unsigned i = 0; pixel_variant_name(i); i++) {
		double share = (double)tallies[i].exact / (double)tallies[i].count;

		print_message("%u bits, %s, %s, %s: %.2f %% exact, at most %d off\n", cube->bits,
		              source.matrix->name, range == 2 ? "full" : "limited",
		              pixel_variant_name(i), 100 * share, tallies[i].most);
		assert_true(tallies[i].most <= 1);
		assert_true(share > 0.98);
	}
	image_finish(&image);
}

static void test_cubes(void **state)
{
	static const uint8_t codes[] = { 6, 1, 9 };

	(void)state;
	for (size_t i = 0; i < sizeof(cubes) / sizeof(cubes[0]); i++)
		for (size_t matrix = 0; matrix < sizeof(codes); matrix++)
			for (uint8_t range = 1; range <= 2; range++)
				check_cube(&cubes[i], codes[matrix], range);
}

/* Gray is exact. */
static void test_gray(void **state)
{
	(void)state;
	for (unsigned i = 0; pixel_variant_name(i); i++) {
		struct pixel_converter converter;
		struct pixel_source source;
		struct pixel_image image;
		uint8_t out[4 * 256];

		image_init(&image, SHMFLIP_R8, 256, 1, 0);
		for (uint32_t x = 0; x < 256; x++)
			*image_at(&image, 0, 0, x) = (uint8_t)x;
		image_source(&image, &source);
		pixel_converter_init(&converter, &source, NULL);
		pixel_converter_use(&converter, i);
		pixel_convert(&converter, 0, 0, 256, 1, out, sizeof(out));
		for (size_t x = 0; x < 256; x++)
			for (size_t byte = 0; byte < 3; byte++)
				assert_int_equal(out[4 * x + byte], x);
		image.frame.colour.range = 1;
		image_source(&image, &source);
		pixel_converter_init(&converter, &source, NULL);
		pixel_converter_use(&converter, i);
		pixel_convert(&converter, 0, 0, 256, 1, out, sizeof(out));
		for (size_t x = 0; x < 256; x++) {
			long wide = lround(((double)x - 16) * 255 / 219);

			assert_int_equal(out[4 * x], wide < 0 ? 0 : wide > 255 ? 255 : wide);
		}
		image_finish(&image);
	}
}

/* 16 bits at full range: every value, rounded to 8 bits. */
static void test_words(void **state)
{
	enum { WIDTH = 65536 / 4 };
	static uint8_t out[4 * WIDTH];
	struct pixel_converter converter;
	struct pixel_source source;
	struct pixel_image image;

	(void)state;
	image_init(&image, SHMFLIP_ABGR16161616, WIDTH, 1, 0);
	for (unsigned i = 0; i < 4 * WIDTH; i++)
		write_sample(&image, 0, i, 16, i);
	image_source(&image, &source);
	pixel_converter_init(&converter, &source, NULL);
	for (unsigned i = 0; pixel_variant_name(i); i++) {
		pixel_converter_use(&converter, i);
		pixel_convert(&converter, 0, 0, WIDTH, 1, out, sizeof(out));
		for (unsigned word = 0; word < 4 * WIDTH; word++) {
			unsigned byte = word % 4 == 3 ? word : word / 4 * 4 + 2 - word % 4;

			assert_int_equal(out[byte], (2 * word + 257) / 514);
		}
	}
	image_finish(&image);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cubes),
		cmocka_unit_test(test_gray),
		cmocka_unit_test(test_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
