/* SPDX-License-Identifier: MIT
 *
 * viewer/geometry: windows fitted onto screens. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "present/geometry.h"

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
		cmocka_unit_test(test_window_has_the_size_of_the_picture_if_it_fits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
