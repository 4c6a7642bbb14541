/* SPDX-License-Identifier: MIT
 *
 * producer/input/raw_header: the rate of a Y4M stays the fraction that its header names. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "input/raw_header.h"

static struct frame_rate rate_of(const char *parameter)
{
	struct frame_rate rate = { 77, 7 };
	struct raw_layout layout;
	char line[128];

	snprintf(line, sizeof(line), "YUV4MPEG2 W640 H480%s C420\n", parameter);
	assert_null(raw_header_y4m(line, NULL, &layout, &rate));
	assert_int_equal(layout.width, 640);
	assert_int_equal(layout.height, 480);
	return rate;
}

static void test_rates(void **state)
{
	static const struct {
		const char *parameter;
		uint32_t num, den;
	} cases[] = {
		{ " F30:1", 30, 1 },
		{ " F30000:1001", 30000, 1001 },
		{ " F999999999:1000", 999999999, 1000 },
		{ " F1:2000", 1, 2000 },
		{ " F2147484:1000", 2147484, 1000 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct frame_rate rate = rate_of(cases[i].parameter);

		assert_int_equal(rate.num, cases[i].num);
		assert_int_equal(rate.den, cases[i].den);
	}
}

static void test_no_rate(void **state)
{
	static const char *const parameters[] = {
		"",      " F0:0",    " F0:1",       " F30:0",          " F30",
		" Fx:1", " F1:2001", " F1000000:1", " F30:9999999999",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(parameters) / sizeof(parameters[0]); i++)
		assert_int_equal(rate_of(parameters[i]).num, 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rates),
		cmocka_unit_test(test_no_rate),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
