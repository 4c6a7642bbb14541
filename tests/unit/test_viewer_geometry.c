/* SPDX-License-Identifier: MIT
 *
 * viewer/geometry: pictures fitted into windows, and windows onto screens. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <limits.h>

#include "geometry.h"

static void assert_fit(struct size picture, struct size window, struct area want)
{
	struct area got = geometry_fit(picture, window);

	assert_int_equal(got.x, want.x);
	assert_int_equal(got.y, want.y);
	assert_int_equal(got.width, want.width);
	assert_int_equal(got.height, want.height);
}

static void test_equal_sizes_are_left_alone(void **state)
{
	struct size size = { 1919, 1079 };

	(void)state;
	assert_fit(size, size, (struct area){ 0, 0, 1919, 1079 });
}

static void test_letterbox(void **state)
{
	(void)state;
	assert_fit((struct size){ 640, 480 }, (struct size){ 640, 640 },
	           (struct area){ 0, 80, 640, 480 });
	assert_fit((struct size){ 640, 480 }, (struct size){ 900, 400 },
	           (struct area){ 183, 0, 533, 400 });
	assert_fit((struct size){ 320, 200 }, (struct size){ 640, 400 },
	           (struct area){ 0, 0, 640, 400 });
	assert_fit((struct size){ 200, 400 }, (struct size){ 100, 100 },
	           (struct area){ 25, 0, 50, 100 });
}

static void test_extreme_proportions_keep_a_pixel(void **state)
{
	(void)state;
	assert_fit((struct size){ 100000, 1 }, (struct size){ 100, 100 },
	           (struct area){ 0, 49, 100, 1 });
	assert_fit((struct size){ 1, INT_MAX }, (struct size){ 100, 100 },
	           (struct area){ 49, 0, 1, 100 });
	assert_fit((struct size){ INT_MAX, INT_MAX }, (struct size){ 1, 1 },
	           (struct area){ 0, 0, 1, 1 });
}

static void test_always_inside_and_touching_two_sides(void **state)
{
	(void)state;
	for (int i = 0; i < 100000; i++) {
		struct size picture = { i * 7919 % 4999 + 1, i * 104 % 4987 + 1 };
		struct size window = { i * 613 % 4973 + 1, i * 3571 % 4969 + 1 };
		struct area area = geometry_fit(picture, window);

		assert_true(area.x >= 0 && area.y >= 0 && area.width >= 1 && area.height >= 1);
		assert_true(area.x + area.width <= window.width);
		assert_true(area.y + area.height <= window.height);
		assert_true(area.width == window.width || area.height == window.height);
	}
}

static void test_window_has_the_size_of_the_picture_if_it_fits(void **state)
{
	struct size screen = { 1280, 1024 };
	struct size fits = geometry_window((struct size){ 1280, 10 }, screen);
	struct size wide = geometry_window((struct size){ 1920, 1080 }, screen);
	struct size high = geometry_window((struct size){ 100, 2048 }, screen);

	(void)state;
	assert_int_equal(fits.width, 1280);
	assert_int_equal(fits.height, 10);
	assert_int_equal(wide.width, 1280);
	assert_int_equal(wide.height, 720);
	assert_int_equal(high.width, 50);
	assert_int_equal(high.height, 1024);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_equal_sizes_are_left_alone),
		cmocka_unit_test(test_letterbox),
		cmocka_unit_test(test_extreme_proportions_keep_a_pixel),
		cmocka_unit_test(test_always_inside_and_touching_two_sides),
		cmocka_unit_test(test_window_has_the_size_of_the_picture_if_it_fits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
