/* SPDX-License-Identifier: MIT
 *
 * common/cli/histogram: exact mean and maximum, percentiles within 1 %, over the whole range. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "histogram.h"

static void assert_within_one_percent(int64_t got, int64_t want)
{
	assert_true(got - want <= want / 100);
	assert_true(want - got <= want / 100);
}

static void test_empty(void **state)
{
	static struct histogram histogram;

	(void)state;
	assert_int_equal(histogram_mean_ns(&histogram), 0);
	assert_int_equal(histogram_percentile_ns(&histogram, 50), 0);
}

static void test_one_value_of_any_size(void **state)
{
	(void)state;
	for (int64_t value = 0; value < INT64_MAX / 3; value = value * 3 + 1) {
		struct histogram histogram = { 0 };

		histogram_add(&histogram, value);
		assert_int_equal(histogram_mean_ns(&histogram), value);
		assert_int_equal(histogram.max_ns, value);
		assert_within_one_percent(histogram_percentile_ns(&histogram, 50), value);
		assert_within_one_percent(histogram_percentile_ns(&histogram, 100), value);
	}
}

static void test_extremes(void **state)
{
	static struct histogram histogram;

	(void)state;
	histogram_add(&histogram, -5);
	histogram_add(&histogram, INT64_MAX);
	assert_int_equal(histogram_percentile_ns(&histogram, 50), 0);
	/* A sum that would overflow stays at the maximum. */
	histogram_add(&histogram, INT64_MAX);
	assert_true(histogram_mean_ns(&histogram) > INT64_MAX / 4);
	assert_within_one_percent(histogram_percentile_ns(&histogram, 100), INT64_MAX);
}

static void test_percentiles(void **state)
{
	static struct histogram histogram;

	(void)state;
	for (int64_t value = 100000; value >= 1; value--)
		histogram_add(&histogram, value * 1000);
	assert_int_equal(histogram_mean_ns(&histogram), 50000500);
	assert_int_equal(histogram.max_ns, 100000000);
	assert_within_one_percent(histogram_percentile_ns(&histogram, 1), 1000000);
	assert_within_one_percent(histogram_percentile_ns(&histogram, 50), 50000000);
	assert_within_one_percent(histogram_percentile_ns(&histogram, 99), 99000000);
	assert_within_one_percent(histogram_percentile_ns(&histogram, 99.9), 99900000);
}

static void test_merging(void **state)
{
	static struct histogram sum, other;

	(void)state;
	histogram_add(&sum, 10);
	for (int i = 0; i < 99; i++)
		histogram_add(&other, 20);
	histogram_merge(&sum, &other);
	assert_int_equal(sum.count, 100);
	assert_int_equal(sum.max_ns, 20);
	assert_int_equal(histogram_mean_ns(&sum), 19);
	assert_int_equal(histogram_percentile_ns(&sum, 1), 10);
	assert_int_equal(histogram_percentile_ns(&sum, 2), 20);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_empty),    cmocka_unit_test(test_one_value_of_any_size),
		cmocka_unit_test(test_extremes), cmocka_unit_test(test_percentiles),
		cmocka_unit_test(test_merging),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
