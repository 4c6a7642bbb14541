/* SPDX-License-Identifier: MIT
 *
 * common/pixels/pixel_orientation: each orientation against the words of the EXIF standard, at odd
 * sizes, whole and in parts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "pixel_orientation.h"

enum { ORIENTATIONS = 8, SIDE_MAX = 131, UNTOUCHED = 0x5a5a5a5a };

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

static struct picture create_frame(uint32_t width, uint32_t height)
{
	struct picture frame = create_picture(width, height, 3);

	for (uint32_t y = 0; y < height; y++) {
		for (uint32_t x = 0; x < width; x++)
			frame.pixels[y * frame.stride + x] = y << 16 | x;
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
			                 row << 16 | column);
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

static void turn_part(const struct picture *frame, uint32_t orientation, struct picture *picture,
                      struct pixel_area part)
{
	struct pixel_area from =
		pixel_orientation_find(orientation, frame->width, frame->height, part);

	pixel_orientation_turn(orientation,
	                       (const uint8_t *)(frame->pixels + from.y * frame->stride + from.x),
	                       sizeof(uint32_t) * frame->stride, from.width, from.height,
	                       (uint8_t *)(picture->pixels + part.y * picture->stride + part.x),
	                       sizeof(uint32_t) * picture->stride);
}

/* part: the side of each part; 0: the whole at once. */
static void check(uint32_t width, uint32_t height, uint32_t orientation, uint32_t part)
{
	struct picture frame = create_frame(width, height);
	struct picture picture = create_turned(&frame, orientation, 5);

	for (uint32_t y = 0; y < picture.height; y += part ? part : picture.height) {
		for (uint32_t x = 0; x < picture.width; x += part ? part : picture.width) {
			struct pixel_area area = { x, y, picture.width - x, picture.height - y };

			if (part && area.width > part)
				area.width = part;
			if (part && area.height > part)
				area.height = part;
			turn_part(&frame, orientation, &picture, area);
		}
	}
	assert_turned(&picture, &frame, orientation);
	free(frame.pixels);
	free(picture.pixels);
}

static void test_each_orientation_at_odd_sizes(void **state)
{
	static const uint32_t sides[] = { 1, 2, 3, 15, 16, 17, 33, SIDE_MAX };
	enum { SIDES = sizeof(sides) / sizeof(sides[0]) };

	(void)state;
	for (uint32_t orientation = 1; orientation <= ORIENTATIONS; orientation++) {
		for (unsigned i = 0; i < SIDES * SIDES; i++)
			check(sides[i % SIDES], sides[i / SIDES], orientation, 0);
	}
}

static void test_parts_make_the_whole(void **state)
{
	(void)state;
	for (uint32_t orientation = 1; orientation <= ORIENTATIONS; orientation++) {
		check(67, 35, orientation, 1);
		check(67, 35, orientation, 16);
		check(67, 35, orientation, 23);
	}
}

static void test_other_numbers_turn_nothing(void **state)
{
	static const uint32_t others[] = { 0, 9, UINT32_MAX };
	struct picture frame = create_frame(5, 3);

	(void)state;
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		struct picture picture = create_turned(&frame, others[i], 0);

		turn_part(&frame, others[i], &picture, (struct pixel_area){ 0, 0, 5, 3 });
		assert_turned(&picture, &frame, 1);
		free(picture.pixels);
	}
	free(frame.pixels);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_orientation_at_odd_sizes),
		cmocka_unit_test(test_parts_make_the_whole),
		cmocka_unit_test(test_other_numbers_turn_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
