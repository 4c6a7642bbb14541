/* SPDX-License-Identifier: MIT
 *
 * What the bytes of each pixel format mean, independent of the tables of the code: where each
 * sample lies, the colour that it makes, its raw value, and the bytes of a row without padding. */
#include <errno.h>
#include <math.h>

#include "pixel_image.h"

enum { WIDTH = 7, HEIGHT = 5 };

/* Where the bytes of a sample lie: plane, byte of pixel 0, bytes from pixel to pixel (or from pair
 * to pair), and by how much x and y are shifted. */
struct place {
	int plane, first, step, shift_x, shift_y;
};

/* clang-format off */
static const struct format_case {
	uint32_t fourcc;
	const char *names; /* of the values */
	int bits, shift; /* 16-bit words hold value << shift */
	struct place places[4];
} cases[] = {
	{ SHMFLIP_XRGB8888, "RGB", 8, 0,
	  { { 0, 2, 4, 0, 0 }, { 0, 1, 4, 0, 0 }, { 0, 0, 4, 0, 0 } } },
	{ SHMFLIP_ARGB8888, "RGBA", 8, 0,
	  { { 0, 2, 4, 0, 0 }, { 0, 1, 4, 0, 0 }, { 0, 0, 4, 0, 0 }, { 0, 3, 4, 0, 0 } } },
	{ SHMFLIP_XBGR8888, "RGB", 8, 0,
	  { { 0, 0, 4, 0, 0 }, { 0, 1, 4, 0, 0 }, { 0, 2, 4, 0, 0 } } },
	{ SHMFLIP_ABGR8888, "RGBA", 8, 0,
	  { { 0, 0, 4, 0, 0 }, { 0, 1, 4, 0, 0 }, { 0, 2, 4, 0, 0 }, { 0, 3, 4, 0, 0 } } },
	{ SHMFLIP_RGB888, "RGB", 8, 0,
	  { { 0, 2, 3, 0, 0 }, { 0, 1, 3, 0, 0 }, { 0, 0, 3, 0, 0 } } },
	{ SHMFLIP_BGR888, "RGB", 8, 0,
	  { { 0, 0, 3, 0, 0 }, { 0, 1, 3, 0, 0 }, { 0, 2, 3, 0, 0 } } },
	{ SHMFLIP_R8, "V", 8, 0, { { 0, 0, 1, 0, 0 } } },
	{ SHMFLIP_R16, "V", 16, 0, { { 0, 0, 2, 0, 0 } } },
	{ SHMFLIP_XBGR16161616, "RGB", 16, 0,
	  { { 0, 0, 8, 0, 0 }, { 0, 2, 8, 0, 0 }, { 0, 4, 8, 0, 0 } } },
	{ SHMFLIP_ABGR16161616, "RGBA", 16, 0,
	  { { 0, 0, 8, 0, 0 }, { 0, 2, 8, 0, 0 }, { 0, 4, 8, 0, 0 }, { 0, 6, 8, 0, 0 } } },
	{ SHMFLIP_YUYV, "YUV", 8, 0, { { 0, 0, 2, 0, 0 }, { 0, 1, 4, 1, 0 }, { 0, 3, 4, 1, 0 } } },
	{ SHMFLIP_UYVY, "YUV", 8, 0, { { 0, 1, 2, 0, 0 }, { 0, 0, 4, 1, 0 }, { 0, 2, 4, 1, 0 } } },
	{ SHMFLIP_NV12, "YUV", 8, 0, { { 0, 0, 1, 0, 0 }, { 1, 0, 2, 1, 1 }, { 1, 1, 2, 1, 1 } } },
	{ SHMFLIP_NV21, "YUV", 8, 0, { { 0, 0, 1, 0, 0 }, { 1, 1, 2, 1, 1 }, { 1, 0, 2, 1, 1 } } },
	{ SHMFLIP_NV16, "YUV", 8, 0, { { 0, 0, 1, 0, 0 }, { 1, 0, 2, 1, 0 }, { 1, 1, 2, 1, 0 } } },
	{ SHMFLIP_YUV420, "YUV", 8, 0,
	  { { 0, 0, 1, 0, 0 }, { 1, 0, 1, 1, 1 }, { 2, 0, 1, 1, 1 } } },
	{ SHMFLIP_YUV422, "YUV", 8, 0,
	  { { 0, 0, 1, 0, 0 }, { 1, 0, 1, 1, 0 }, { 2, 0, 1, 1, 0 } } },
	{ SHMFLIP_YUV444, "YUV", 8, 0,
	  { { 0, 0, 1, 0, 0 }, { 1, 0, 1, 0, 0 }, { 2, 0, 1, 0, 0 } } },
	{ SHMFLIP_P010, "YUV", 10, 6, { { 0, 0, 2, 0, 0 }, { 1, 0, 4, 1, 1 }, { 1, 2, 4, 1, 1 } } },
	{ SHMFLIP_S010, "YUV", 10, 0, { { 0, 0, 2, 0, 0 }, { 1, 0, 2, 1, 1 }, { 2, 0, 2, 1, 1 } } },
	{ SHMFLIP_S210, "YUV", 10, 0, { { 0, 0, 2, 0, 0 }, { 1, 0, 2, 1, 0 }, { 2, 0, 2, 1, 0 } } },
	{ SHMFLIP_S410, "YUV", 10, 0, { { 0, 0, 2, 0, 0 }, { 1, 0, 2, 0, 0 }, { 2, 0, 2, 0, 0 } } },
};
/* clang-format on */

enum { CASES = sizeof(cases) / sizeof(cases[0]) };

/* A value for each place of a sample, that no other sample has nearby. */
static unsigned value_at(const struct format_case *format, unsigned sample, uint32_t x, uint32_t y)
{
	const struct place *place = &format->places[sample];
	unsigned value = (x >> place->shift_x) * 9 + (y >> place->shift_y) * 25 + sample * 23 + 20;

	return format->bits == 16 ? value * 200 : format->bits == 10 ? value * 4 + 1 : value;
}

static void fill(const struct format_case *format, const struct pixel_image *image)
{
	for (unsigned i = 0; i < strlen(format->names); i++)
		for (uint32_t y = 0; y < HEIGHT; y++)
			for (uint32_t x = 0; x < WIDTH; x++) {
				const struct place *place = &format->places[i];
				unsigned value = value_at(format, i, x, y) << format->shift;
				uint8_t *at = image_at(
					image, (unsigned)place->plane, y >> place->shift_y,
					(size_t)place->first +
						(x >> place->shift_x) * (size_t)place->step);

				at[0] = (uint8_t)value;
				if (format->bits > 8)
					at[1] = (uint8_t)(value >> 8);
			}
}

/* Real numbers, bytes B G R A: BT.601 of limited range, or the values themselves. */
static void colour_at(const struct format_case *format, uint32_t x, uint32_t y, double bgra[4])
{
	double scale = format->bits == 16 ? 65535.0 / 255 : format->bits == 10 ? 4 : 1;
	double value[4] = { 0 };

	for (unsigned i = 0; i < strlen(format->names); i++)
		value[i] = value_at(format, i, x, y) / scale;
	bgra[3] = strlen(format->names) < 4 ? 255 : value[3];
	if (format->names[0] == 'Y') {
		double luma = (value[0] - 16) * 255 / 219;
		double u = (value[1] - 128) * 255 / 224, v = (value[2] - 128) * 255 / 224;

		bgra[2] = luma + 1.402 * v;
		bgra[0] = luma + 1.772 * u;
		bgra[1] = (luma - 0.299 * bgra[2] - 0.114 * bgra[0]) / 0.587;
	} else {
		bgra[2] = value[0];
		bgra[1] = format->names[0] == 'V' ? value[0] : value[1];
		bgra[0] = format->names[0] == 'V' ? value[0] : value[2];
	}
	for (int i = 0; i < 3; i++)
		bgra[i] = bgra[i] < 0 ? 0 : bgra[i] > 255 ? 255 : bgra[i];
}

static void test_colours(void **state)
{
	uint8_t out[HEIGHT][WIDTH][4];

	(void)state;
	assert_int_equal(CASES, 22);
	for (int i = 0; i < CASES; i++) {
		struct pixel_converter converter;
		struct pixel_source source;
		struct pixel_image image;

		image_init(&image, cases[i].fourcc, WIDTH, HEIGHT, 5);
		fill(&cases[i], &image);
		image_source(&image, &source);
		pixel_converter_init(&converter, &source, NULL);
		pixel_convert(&converter, 0, 0, WIDTH, HEIGHT, &out[0][0][0], sizeof(out[0]));
		for (uint32_t y = 0; y < HEIGHT; y++)
			for (uint32_t x = 0; x < WIDTH; x++) {
				double expected[4];

				colour_at(&cases[i], x, y, expected);
				for (int byte = 0; byte < 4; byte++)
					assert_true(fabs(out[y][x][byte] - expected[byte]) <= 1);
			}
		image_finish(&image);
	}
}

static void test_raw_values(void **state)
{
	(void)state;
	for (int i = 0; i < CASES; i++) {
		struct pixel_source source;
		struct pixel_values values;
		struct pixel_image image;

		image_init(&image, cases[i].fourcc, WIDTH, HEIGHT, 5);
		fill(&cases[i], &image);
		image_source(&image, &source);
		for (uint32_t y = 0; y < HEIGHT; y++)
			for (uint32_t x = 0; x < WIDTH; x++) {
				pixel_source_read(&source, x, y, &values);
				assert_int_equal(values.count, strlen(cases[i].names));
				assert_memory_equal(values.names, cases[i].names, values.count);
				assert_false(values.is_float);
				for (unsigned j = 0; j < values.count; j++)
					assert_true(values.value[j] ==
					            value_at(&cases[i], j, x, y));
			}
		image_finish(&image);
	}
}

static void test_measures(void **state)
{
	const float depth = 1.5F;
	struct pixel_source source;
	struct pixel_values values;
	struct pixel_image image;

	(void)state;
	image_init(&image, SHMFLIP_R32F, 2, 1, 0);
	memcpy(image_at(&image, 0, 0, 4), &depth, sizeof(depth));
	image_source(&image, &source);
	pixel_source_read(&source, 1, 0, &values);
	assert_true(values.is_float && values.count == 1 && values.value[0] == 1.5);
	assert_false(values.has_measure);
	image.frame.value_scale = 4;
	image.frame.value_offset = -1;
	image_source(&image, &source);
	pixel_source_read(&source, 1, 0, &values);
	assert_true(values.has_measure && values.measure == 5);
	image_finish(&image);
}

static void test_formats_that_differ_in_alpha(void **state)
{
	static const uint32_t pairs[][2] = {
		{ SHMFLIP_XRGB8888, SHMFLIP_ARGB8888 },
		{ SHMFLIP_XBGR8888, SHMFLIP_ABGR8888 },
		{ SHMFLIP_XBGR16161616, SHMFLIP_ABGR16161616 },
	};
	const uint32_t unknown = 0x44434241;
	unsigned paired = 0;

	(void)state;
	for (unsigned i = 0; i < 3; i++)
		for (unsigned j = 0; j < 2; j++) {
			assert_int_equal(pixel_format_opaque(pairs[i][j]), pairs[i][0]);
			assert_int_equal(pixel_format_with_alpha(pairs[i][j]), pairs[i][1]);
		}
	for (unsigned i = 0; pixel_format_get(i); i++) {
		uint32_t fourcc = pixel_format_get(i)->fourcc;

		paired += pixel_format_opaque(fourcc) != pixel_format_with_alpha(fourcc);
	}
	assert_int_equal(paired, 6);
	assert_int_equal(pixel_format_opaque(unknown), unknown);
}

static void test_rows_without_padding(void **state)
{
	uint8_t row[8 * WIDTH];

	(void)state;
	for (unsigned i = 0; pixel_format_get(i); i++) {
		const struct pixel_format *format = pixel_format_get(i);
		bool has_undefined = format->fourcc == SHMFLIP_XRGB8888 ||
		                     format->fourcc == SHMFLIP_XBGR8888 ||
		                     format->fourcc == SHMFLIP_XBGR16161616;
		struct pixel_source source;
		struct pixel_image image;

		image_init(&image, format->fourcc, WIDTH, HEIGHT, 9);
		image_source(&image, &source);
		for (unsigned plane = 0; plane < format->planes; plane++)
			for (uint32_t y = 0; y < source.plane[plane].rows; y++) {
				size_t bytes = source.plane[plane].row_bytes;
				uint8_t *from = image_at(&image, plane, y, 0);

				pixel_source_copy_row(&source, plane, y, row);
				for (size_t x = 0; has_undefined && x < WIDTH; x++)
					memset(from + (x + 1) * bytes / WIDTH - bytes / WIDTH / 4,
					       0xff, bytes / WIDTH / 4);
				assert_memory_equal(row, from, bytes);
			}
		image_finish(&image);
	}
}

static void test_defaults(void **state)
{
	static const struct {
		uint32_t fourcc, height;
		struct shmflip_colour colour;
		int matrix;
		bool full;
		float white;
	} defaults[] = {
		{ SHMFLIP_NV12, 576, { 0 }, MATRIX_BT601, false, 255 },
		{ SHMFLIP_NV12, 577, { 0 }, MATRIX_BT709, false, 255 },
		{ SHMFLIP_NV12, 577, { .matrix = 2, .range = 0 }, MATRIX_BT709, false, 255 },
		{ SHMFLIP_NV12, 577, { .matrix = 5, .range = 2 }, MATRIX_BT601, true, 255 },
		{ SHMFLIP_NV12, 2, { .matrix = 1, .range = 1 }, MATRIX_BT709, false, 255 },
		{ SHMFLIP_P010, 2, { .matrix = 9, .white = 7 }, MATRIX_BT2020, false, 1023 },
		{ SHMFLIP_P010, 2, { .matrix = 10 }, MATRIX_BT2020, false, 1023 },
		{ SHMFLIP_R8, 2, { 0 }, MATRIX_BT601, true, 255 },
		{ SHMFLIP_R16, 2, { .range = 1 }, MATRIX_BT601, false, 65535 },
		{ SHMFLIP_R16, 2, { .white = 4095 }, MATRIX_BT601, true, 4095 },
		{ SHMFLIP_R32F, 2, { .white = 4095 }, MATRIX_BT601, true, 1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(defaults) / sizeof(defaults[0]); i++) {
		struct pixel_source source;
		struct pixel_image image;

		image_init(&image, defaults[i].fourcc, 2, defaults[i].height, 0);
		image.frame.colour = defaults[i].colour;
		image_source(&image, &source);
		assert_true(source.matrix == &matrices[defaults[i].matrix]);
		assert_int_equal(source.full_range, defaults[i].full);
		assert_true(source.white == defaults[i].white);
		image_finish(&image);
	}
}

static void test_refusals(void **state)
{
	struct pixel_source source;
	struct pixel_image image;

	(void)state;
	image_init(&image, SHMFLIP_NV12, 5, 5, 0);
	image.frame.plane[1].rows--;
	assert_int_equal(pixel_source_init(&source, &image.frame), -EINVAL);
	image.frame.plane[1].rows++;
	image.frame.plane[1].stride_bytes--;
	assert_int_equal(pixel_source_init(&source, &image.frame), -EINVAL);
	image.frame.plane[1].stride_bytes++;
	image.frame.planes = 1;
	assert_int_equal(pixel_source_init(&source, &image.frame), -EINVAL);
	image.frame.planes = 2;
	assert_int_equal(pixel_source_init(&source, &image.frame), 0);
	image.frame.fourcc = 0x38424752;
	assert_int_equal(pixel_source_init(&source, &image.frame), -ENOTSUP);
	image_finish(&image);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_colours),
		cmocka_unit_test(test_raw_values),
		cmocka_unit_test(test_measures),
		cmocka_unit_test(test_formats_that_differ_in_alpha),
		cmocka_unit_test(test_rows_without_padding),
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_refusals),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
