/* SPDX-License-Identifier: MIT
 *
 * viewer/geometry: windows fitted onto screens. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <limits.h>

#include "present/geometry.h"

static void test_window_has_the_size_of_the_picture_if_it_fits(void **state)
{
	struct size screen = { 1280, 1024 };
	struct size fits = geometry_window((struct size){ 1280, 10 }, screen);
	struct size wide = geometry_window((struct size){ 1920, 1080 }, screen);
	struct size high = geometry_window((struct size){ 320, 2048 }, screen);

	(void)state;
	assert_int_equal(fits.width, 1280);
	assert_int_equal(fits.height, 10);
	assert_int_equal(wide.width, 1280);
	assert_int_equal(wide.height, 720);
	assert_int_equal(high.width, 160);
	assert_int_equal(high.height, 1024);
}

/* A picture of a whole web page would have a window of a few pixels. */
static void test_window_of_a_reduced_picture_is_not_tiny(void **state)
{
	struct size screen = { 1280, 1024 }, narrow = { 100, 1024 };
	struct size page = geometry_window((struct size){ 300, 40000 }, screen);
	struct size row = geometry_window((struct size){ 65535, 1 }, screen);
	struct size small = geometry_window((struct size){ 3, 2 }, screen);
	struct size full = geometry_window((struct size){ 300, 40000 }, narrow);

	(void)state;
	assert_true(size_equals(page, (struct size){ 128, 1024 }));
	assert_true(size_equals(row, (struct size){ 1280, 128 }));
	assert_true(size_equals(small, (struct size){ 3, 2 }));
	assert_true(size_equals(full, narrow));
}

static void assert_actual(struct size size, uint32_t num, uint32_t den, int width, int height)
{
	struct extent extent = geometry_extent(size, num, den);
	struct size actual = geometry_actual(extent);

	assert_true(size_equals(extent.size, size));
	assert_int_equal(actual.width, width);
	assert_int_equal(actual.height, height);
}

static void test_no_pixel_is_lost_at_actual_size(void **state)
{
	const struct size size = { 720, 576 };

	(void)state;
	assert_actual(size, 0, 0, 720, 576);
	assert_actual(size, 16, 15, 768, 576);
	assert_actual(size, 15, 16, 720, 614);
	assert_actual(size, 16, 1, 11520, 576);
	assert_actual(size, 1, 16, 720, 9216);
}

static void test_absurd_and_rounded_aspects_are_square(void **state)
{
	const struct size size = { 720, 576 };

	(void)state;
	assert_actual(size, 17, 1, 720, 576);
	assert_actual(size, 1, 17, 720, 576);
	assert_actual(size, 1, 1000000, 720, 576);
	assert_actual(size, UINT32_MAX, 1, 720, 576);
	assert_actual(size, 1, 0, 720, 576);
	assert_actual(size, 251, 250, 720, 576);
	assert_actual(size, 250, 251, 720, 576);
	assert_actual(size, 101, 100, 727, 576);
	assert_actual((struct size){ INT_MAX, INT_MAX }, 16, 1, INT_MAX, INT_MAX);
}

static void assert_moves(struct area window, int x, int y)
{
	const struct area screen = { 100, 50, 800, 600 };
	struct point moved = geometry_moved_into(window, screen);

	assert_int_equal(moved.x, x);
	assert_int_equal(moved.y, y);
}

static void test_window_moves_onto_the_screen(void **state)
{
	(void)state;
	assert_moves((struct area){ 100, 50, 800, 600 }, 100, 50);
	assert_moves((struct area){ 300, 200, 50, 50 }, 300, 200);
	assert_moves((struct area){ -30, 20, 50, 50 }, 100, 50);
	assert_moves((struct area){ 880, 640, 50, 50 }, 850, 600);
	assert_moves((struct area){ 200, 200, 900, 700 }, 100, 50);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_window_has_the_size_of_the_picture_if_it_fits),
		cmocka_unit_test(test_window_of_a_reduced_picture_is_not_tiny),
		cmocka_unit_test(test_no_pixel_is_lost_at_actual_size),
		cmocka_unit_test(test_absurd_and_rounded_aspects_are_square),
		cmocka_unit_test(test_window_moves_onto_the_screen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
