/* SPDX-License-Identifier: MIT
 *
 * common/cli/rate: frames per second that never exceed the real rate. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdint.h>

#include "monotonic.h"
#include "rate.h"

#define START_NS (1000 * NS_PER_S)

static const double rates[] = { 0.5, 1, 2, 5, 10, 24, 29.97, 60, 240, 5000 };

#define RATES (sizeof(rates) / sizeof(rates[0]))

static int64_t published_ns(double fps, uint64_t frame)
{
	return START_NS + (int64_t)((double)frame * 1e9 / fps);
}

/* Adds all frames up to now that were not added yet. */
static void add_until(struct rate *rate, double fps, uint64_t *frame, int64_t now_ns)
{
	for (; published_ns(fps, *frame) <= now_ns; (*frame)++)
		rate_add(rate, *frame, published_ns(fps, *frame));
}

static void test_unknown_at_first(void **state)
{
	struct rate rate = { 0 };

	(void)state;
	assert_true(rate_per_second(&rate, START_NS) == -1);
	rate_add(&rate, 1, START_NS);
	assert_true(rate_per_second(&rate, START_NS) == -1);
	rate_add(&rate, 2, START_NS + NS_PER_S / 50);
	assert_true(rate_per_second(&rate, START_NS + NS_PER_S / 50) == -1);
	rate_add(&rate, 26, START_NS + NS_PER_S / 2);
	assert_float_equal(rate_per_second(&rate, START_NS + NS_PER_S / 2), 50, 0.001);
}

static void test_never_exceeds_the_real_rate(void **state)
{
	(void)state;
	for (size_t i = 0; i < RATES; i++) {
		struct rate rate = { 0 };
		uint64_t frame = 0;
		double shown = -1;

		for (int64_t ms = 0; ms < 10000; ms += 7) {
			int64_t now_ns = START_NS + ms * NS_PER_MS;

			add_until(&rate, rates[i], &frame, now_ns);
			shown = rate_per_second(&rate, now_ns);
			assert_true(shown <= rates[i] * 1.000001);
			assert_true(shown == -1 || shown >= rates[i] * 0.999999);
		}
		assert_true(shown > 0);
	}
}

/* Every fifth frame is. */
static void test_late_frames(void **state)
{
	const int64_t late_ns = 3 * NS_PER_MS;
	struct rate rate = { 0 };

	(void)state;
	for (uint64_t frame = 0; frame < 2000; frame++) {
		int64_t now_ns = published_ns(240, frame) + (frame % 5 == 0 ? late_ns : 0);

		rate_add(&rate, frame, now_ns);
		if (now_ns > START_NS + 600 * NS_PER_MS) {
			assert_true(rate_per_second(&rate, now_ns) <= 240.0001);
			assert_true(rate_per_second(&rate, now_ns) > 238);
		}
	}
}

/* As ls does, which does not see every frame. */
static void test_newest_frame_now_and_then(void **state)
{
	(void)state;
	for (size_t i = 0; i < RATES; i++) {
		struct rate rate = { 0 };

		for (int64_t ms = 0; ms < 5000; ms += 50) {
			int64_t now_ns = START_NS + ms * NS_PER_MS;
			uint64_t newest = 0;

			while (published_ns(rates[i], newest + 1) <= now_ns)
				newest++;
			rate_add(&rate, newest, published_ns(rates[i], newest));
			double shown = rate_per_second(&rate, now_ns);
			assert_true(shown <= rates[i] * 1.000001);
			assert_true(shown == -1 || shown >= rates[i] * 0.999999);
		}
	}
}

static void test_covers_the_last_second(void **state)
{
	struct rate rate = { 0 };
	uint64_t frame = 0;

	(void)state;
	add_until(&rate, 10, &frame, START_NS + 10 * NS_PER_S);
	for (int i = 1; i <= 60; i++)
		rate_add(&rate, frame++, START_NS + (10 * 60 + i) * NS_PER_S / 60);
	assert_float_equal(rate_per_second(&rate, START_NS + 11 * NS_PER_S), 60, 0.001);
}

static void test_falls_when_frames_stay_away(void **state)
{
	const int64_t last_ns = published_ns(20, 100);
	struct rate rate = { 0 };
	uint64_t frame = 0;
	double before = 20;

	(void)state;
	add_until(&rate, 20, &frame, last_ns);
	assert_float_equal(rate_per_second(&rate, last_ns + NS_PER_S / 20), 20, 0.1);
	for (int64_t ms = 60; ms <= 2000; ms += 10) {
		double shown = rate_per_second(&rate, last_ns + ms * NS_PER_MS);

		assert_true(shown > 0 && shown <= before);
		before = shown;
	}
	assert_true(before < 1.1);
	assert_true(rate_per_second(&rate, last_ns + 2 * NS_PER_S + 1) == 0);
}

static void test_starts_anew_after_a_pause(void **state)
{
	int64_t again_ns = published_ns(10, 20) + 60 * NS_PER_S;
	struct rate rate = { 0 };
	uint64_t frame = 0;

	(void)state;
	add_until(&rate, 10, &frame, published_ns(10, 20));
	rate_add(&rate, frame++, again_ns);
	assert_true(rate_per_second(&rate, again_ns) == -1);
	for (int i = 1; i <= 10; i++)
		rate_add(&rate, frame++, again_ns + i * NS_PER_S / 20);
	assert_float_equal(rate_per_second(&rate, again_ns + NS_PER_S / 2), 20, 0.001);
}

static void test_slow_rate_is_not_zero(void **state)
{
	const int64_t last_ns = published_ns(0.1, 5);
	struct rate rate = { 0 };
	uint64_t frame = 0;

	(void)state;
	add_until(&rate, 0.1, &frame, last_ns);
	assert_float_equal(rate_per_second(&rate, last_ns + 9 * NS_PER_S), 0.1, 0.001);
	assert_float_equal(rate_per_second(&rate, last_ns + 39 * NS_PER_S), 2 / 49.0, 0.001);
	assert_true(rate_per_second(&rate, last_ns + 41 * NS_PER_S) == 0);
}

static void test_same_frame_twice_and_older_ones(void **state)
{
	struct rate rate = { 0 };
	uint64_t frame = 0;

	(void)state;
	add_until(&rate, 10, &frame, START_NS + NS_PER_S);
	for (uint64_t i = 0; i < frame; i++)
		rate_add(&rate, i, published_ns(10, i));
	assert_float_equal(rate_per_second(&rate, START_NS + NS_PER_S), 10, 0.001);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_unknown_at_first),
		cmocka_unit_test(test_never_exceeds_the_real_rate),
		cmocka_unit_test(test_late_frames),
		cmocka_unit_test(test_newest_frame_now_and_then),
		cmocka_unit_test(test_covers_the_last_second),
		cmocka_unit_test(test_falls_when_frames_stay_away),
		cmocka_unit_test(test_starts_anew_after_a_pause),
		cmocka_unit_test(test_slow_rate_is_not_zero),
		cmocka_unit_test(test_same_frame_twice_and_older_ones),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
