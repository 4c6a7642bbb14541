/* SPDX-License-Identifier: MIT
 *
 * producer/pace: no drift over days of frames, no burst after a delay, and sleeps that end on
 * time or on an interruption. */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "cli.h"
#include "pace.h"

#define MS INT64_C(1000000)
#define S (1000 * MS)

static void test_offsets_do_not_drift(void **state)
{
	struct pace pace;

	(void)state;
	pace_init(&pace, (struct frame_rate){ 2997, 100 }, 0, 5 * S);
	assert_int_equal(pace_offset_ns(&pace, 0), 0);
	assert_int_equal(pace_offset_ns(&pace, 1), 33366700);
	assert_int_equal(pace_offset_ns(&pace, 29970), 1000 * S);
	assert_int_equal(pace_offset_ns(&pace, UINT64_C(29970000000)), INT64_C(1000000000) * S);
	assert_int_equal(pace_due_ns(&pace, 29970), 1005 * S);
	pace_init(&pace, (struct frame_rate){ 1000000, 1 }, 0, 0);
	assert_int_equal(pace_offset_ns(&pace, 123456789), 123456789000);
	pace_init(&pace, (struct frame_rate){ 1, 1000 }, 0, 0);
	assert_int_equal(pace_offset_ns(&pace, 3), 3000 * S);
}

static void test_a_fraction_is_exact(void **state)
{
	struct pace pace;

	(void)state;
	pace_init(&pace, (struct frame_rate){ 30000, 1001 }, 0, 0);
	assert_int_equal(pace_offset_ns(&pace, 1), 33366666);
	assert_int_equal(pace_offset_ns(&pace, 30000), 1001 * S);
	assert_int_equal(pace_offset_ns(&pace, UINT64_C(30000000000)), INT64_C(1001000000) * S);
	pace_init(&pace, (struct frame_rate){ 999999999, 999999998 }, 0, 0);
	assert_int_equal(pace_offset_ns(&pace, UINT64_C(1999999997)), INT64_C(1999999995000000001));
	assert_int_equal(pace_offset_ns(&pace, UINT64_C(1999999998)), INT64_C(1999999996) * S);
}

static void test_the_first_frame_is_due_at_once(void **state)
{
	struct pace pace;

	(void)state;
	pace_init(&pace, (struct frame_rate){ 25, 1 }, 10, 7 * S);
	assert_int_equal(pace_due_ns(&pace, 10), 7 * S);
	assert_int_equal(pace_due_ns(&pace, 11), 7 * S + 40 * MS);
	assert_int_equal(pace_offset_ns(&pace, 11), 440 * MS);
}

static void test_late_by_more_than_a_frame(void **state)
{
	struct pace pace;

	(void)state;
	pace_init(&pace, (struct frame_rate){ 25, 1 }, 0, 0);
	pace_catch_up(&pace, 5, 230 * MS);
	assert_int_equal(pace_due_ns(&pace, 5), 200 * MS);
	pace_catch_up(&pace, 5, 240 * MS);
	assert_int_equal(pace_due_ns(&pace, 5), 200 * MS);
	pace_catch_up(&pace, 5, 900 * MS);
	assert_int_equal(pace_due_ns(&pace, 5), 900 * MS);
	assert_int_equal(pace_due_ns(&pace, 6), 940 * MS);
	pace_catch_up(&pace, 6, 500 * MS);
	assert_int_equal(pace_due_ns(&pace, 6), 940 * MS);
}

static void test_without_a_pace_frames_are_due_now(void **state)
{
	struct pace pace;

	(void)state;
	pace_init(&pace, (struct frame_rate){ 0 }, 0, 3 * S);
	assert_int_equal(pace_offset_ns(&pace, 1000), 0);
	pace_catch_up(&pace, 1000, 4 * S);
	assert_int_equal(pace_due_ns(&pace, 1001), 4 * S);
}

static void test_sleeping(void **state)
{
	int64_t begin_ns = monotonic_now_ns();

	(void)state;
	assert_int_equal(pace_sleep_until(begin_ns - S), 0);
	assert_int_equal(pace_sleep_until(begin_ns + 150 * MS), 0);
	assert_true(monotonic_now_ns() >= begin_ns + 150 * MS);
}

/* Must be the last test: the interruption stays. */
static void test_an_interruption_ends_the_sleep(void **state)
{
	int64_t begin_ns = monotonic_now_ns();

	(void)state;
	cli_catch_interrupts();
	raise(SIGTERM);
	assert_int_equal(pace_sleep_until(begin_ns + 1000 * S), -EINTR);
	assert_true(monotonic_now_ns() < begin_ns + 100 * S);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_offsets_do_not_drift),
		cmocka_unit_test(test_a_fraction_is_exact),
		cmocka_unit_test(test_the_first_frame_is_due_at_once),
		cmocka_unit_test(test_late_by_more_than_a_frame),
		cmocka_unit_test(test_without_a_pace_frames_are_due_now),
		cmocka_unit_test(test_sleeping),
		cmocka_unit_test(test_an_interruption_ends_the_sleep),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
