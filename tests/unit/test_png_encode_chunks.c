/* SPDX-License-Identifier: MIT
 *
 * What the chunks of an encoded PNG say of its samples: sBIT, cICP, eXIf and pHYs. */
#include "encoded_png.h"

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

static void test_orientation(void **state)
{
	(void)state;
	for (uint32_t orientation = 0; orientation <= 8; orientation++) {
		png_uint_32 length;
		png_bytep data;
		struct pixel_image image;
		struct file file;

		image_init(&image, SHMFLIP_R8, 2, 1, 0);
		image.frame.orientation = orientation;
		file_init(&file, &image);
		bool has_it = png_get_eXIf_1(file.png, file.info, &length, &data);
		assert_int_equal(has_it, orientation > 1);
		if (has_it) {
			assert_memory_equal(data, "MM\0*\0\0\0\x08\0\1\1\x12\0\3\0\0\0\1\0", 19);
			assert_int_equal(data[19], orientation);
			assert_int_equal(length, 26);
		}
		file_finish(&file);
		image_finish(&image);
	}
}

/* across: pixels for each unit. 0: there is no chunk. */
static void assert_aspect(uint32_t num, uint32_t den, uint32_t across, uint32_t down)
{
	const struct shmflip_stream stream = { .aspect_num = num, .aspect_den = den };
	png_uint_32 x = 0, y = 0;
	struct pixel_image image;
	struct file file;
	int unit = 77;

	image_init(&image, SHMFLIP_R8, 2, 1, 0);
	image.frame.stream = &stream;
	file_init(&file, &image);
	assert_int_equal(png_get_pHYs(file.png, file.info, &x, &y, &unit) != 0, across != 0);
	assert_int_equal(x, across);
	assert_int_equal(y, down);
	assert_int_equal(unit, across ? PNG_RESOLUTION_UNKNOWN : 77);
	file_finish(&file);
	image_finish(&image);
}

static void test_aspect(void **state)
{
	(void)state;
	assert_aspect(0, 0, 0, 0);
	assert_aspect(16, 15, 15, 16);
	assert_aspect(1, INT32_MAX, INT32_MAX, 1);
	assert_aspect(1, 0x80000000, 0, 0);
	assert_aspect(UINT32_MAX, 1, 0, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_significant_bits),
		cmocka_unit_test(test_colour),
		cmocka_unit_test(test_orientation),
		cmocka_unit_test(test_aspect),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
