/* SPDX-License-Identifier: MIT
 *
 * common/pixels/pixel_orientation: each orientation against the words of the EXIF standard, at odd
 * sizes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "pixel_orientation.h"

enum { ORIENTATIONS = 8, SIDE_MAX = 1025, UNTOUCHED = 0x5a5a5a5a };

/* EXIF says which side of the picture row 0 and column 0 of the frame are. */
enum side { TOP, BOTTOM, LEFT, RIGHT };

static const enum side row_0[1 + ORIENTATIONS] = { TOP,  TOP,   TOP,   BOTTOM, BOTTOM,
	                                           LEFT, RIGHT, RIGHT, LEFT };
static const enum side column_0[1 + ORIENTATIONS] = { LEFT, LEFT, RIGHT,  RIGHT, LEFT,
	                                              TOP,  TOP,  BOTTOM, BOTTOM };

struct picture {
	uint32_t width, height;
	size_t stride; /* pixels */
	uint32_t *pixels;
};

static struct picture create_picture(uint32_t width, uint32_t height, uint32_t padding)
{
	struct picture picture = { width, height, width + padding, NULL };

	picture.pixels = malloc(sizeof(uint32_t) * picture.stride * height);
	assert_non_null(picture.pixels);
	for (size_t i = 0; i < picture.stride * height; i++)
		picture.pixels[i] = UNTOUCHED;
	return picture;
}

/* An opaque pixel that says where it lies. */
static uint32_t pixel_at(uint32_t x, uint32_t y)
{
	return 0xff000000 | y << 12 | x;
}

static struct picture create_frame(uint32_t width, uint32_t height)
{
	struct picture frame = create_picture(width, height, 3);

	for (uint32_t y = 0; y < height; y++) {
		for (uint32_t x = 0; x < width; x++)
			frame.pixels[y * frame.stride + x] = pixel_at(x, y);
	}
	return frame;
}

/* Moves one step into the picture from one of its sides. */
static void move_in(enum side side, uint32_t steps, const struct picture *picture, uint32_t *x,
                    uint32_t *y)
{
	switch (side) {
	case TOP:
		*y = steps;
		break;
	case BOTTOM:
		*y = picture->height - 1 - steps;
		break;
	case LEFT:
		*x = steps;
		break;
	case RIGHT:
		*x = picture->width - 1 - steps;
		break;
	}
}

static struct picture create_turned(const struct picture *frame, uint32_t orientation,
                                    uint32_t padding)
{
	bool swaps = pixel_orientation_swaps(orientation);

	return swaps ? create_picture(frame->height, frame->width, padding)
	             : create_picture(frame->width, frame->height, padding);
}

static void assert_turned(const struct picture *picture, const struct picture *frame,
                          uint32_t orientation)
{
	for (uint32_t row = 0; row < frame->height; row++) {
		for (uint32_t column = 0; column < frame->width; column++) {
			uint32_t x = 0, y = 0;
			struct pixel_area found;

			move_in(row_0[orientation], row, picture, &x, &y);
			move_in(column_0[orientation], column, picture, &x, &y);
			assert_int_equal(picture->pixels[y * picture->stride + x],
			                 pixel_at(column, row));
			found = pixel_orientation_find(orientation, frame->width, frame->height,
			                               (struct pixel_area){ x, y, 1, 1 });
			assert_int_equal(found.x, column);
			assert_int_equal(found.y, row);
		}
	}
	for (uint32_t y = 0; y < picture->height; y++) {
		for (size_t x = picture->width; x < picture->stride; x++)
			assert_int_equal(picture->pixels[y * picture->stride + x], UNTOUCHED);
	}
}

static void turn(const struct picture *frame, uint32_t orientation, const struct picture *picture)
{
	const struct shmflip_frame described = {
		.fourcc = SHMFLIP_XRGB8888,
		.width = frame->width,
		.height = frame->height,
		.planes = 1,
		.plane = { { (const uint8_t *)frame->pixels,
		             (uint32_t)(sizeof(uint32_t) * frame->stride), frame->height } },
	};
	struct pixel_source source;
	struct pixel_converter converter;

	assert_int_equal(pixel_source_init(&source, &described), 0);
	pixel_converter_init(&converter, &source, NULL);
	pixel_orientation_convert(&converter, orientation, (uint8_t *)picture->pixels,
	                          sizeof(uint32_t) * picture->stride);
}

static void check(uint32_t width, uint32_t height, uint32_t orientation, uint32_t expected)
{
	struct picture frame = create_frame(width, height);
	struct picture picture = create_turned(&frame, orientation, 5);

	turn(&frame, orientation, &picture);
	assert_turned(&picture, &frame, expected);
	free(frame.pixels);
	free(picture.pixels);
}

static void test_each_orientation_at_odd_sizes(void **state)
{
	static const uint32_t sides[] = { 1, 2, 15, 16, 17, 33, SIDE_MAX };
	enum { SIDES = sizeof(sides) / sizeof(sides[0]) };

	(void)state;
	for (uint32_t orientation = 1; orientation <= ORIENTATIONS; orientation++) {
		for (unsigned i = 0; i < SIDES * SIDES; i++)
			check(sides[i % SIDES], sides[i / SIDES], orientation, orientation);
	}
}

static void test_other_numbers_turn_nothing(void **state)
{
	(void)state;
	check(5, 3, 0, 1);
	check(5, 3, 9, 1);
	check(5, 3, UINT32_MAX, 1);
}

static void test_an_area_is_found_as_its_corners_are(void **state)
{
	const struct pixel_area picture = { 3, 1, 4, 2 };

	(void)state;
	for (uint32_t orientation = 1; orientation <= ORIENTATIONS; orientation++) {
		struct pixel_area area = pixel_orientation_find(orientation, 20, 30, picture);
		struct pixel_area first = pixel_orientation_find(orientation, 20, 30,
		                                                 (struct pixel_area){ 3, 1, 1, 1 });
		struct pixel_area last = pixel_orientation_find(orientation, 20, 30,
		                                                (struct pixel_area){ 6, 2, 1, 1 });

		assert_int_equal(area.x, first.x < last.x ? first.x : last.x);
		assert_int_equal(area.y, first.y < last.y ? first.y : last.y);
		assert_int_equal(area.width, orientation >= 5 ? 2 : 4);
		assert_int_equal(area.height, orientation >= 5 ? 4 : 2);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_orientation_at_odd_sizes),
		cmocka_unit_test(test_other_numbers_turn_nothing),
		cmocka_unit_test(test_an_area_is_found_as_its_corners_are),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
