/* SPDX-License-Identifier: MIT
 *
 * viewer/liveness: what each result of acquire means, with and without --once and --timeout. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <errno.h>
#include <stdint.h>

#include "liveness.h"

static struct liveness without_timeout(void)
{
	struct liveness liveness;

	liveness_init(&liveness, false, -1, 0);
	return liveness;
}

static struct liveness with_once(void)
{
	struct liveness liveness;

	liveness_init(&liveness, true, -1, 0);
	return liveness;
}

static void test_first_frame(void **state)
{
	struct liveness liveness = without_timeout();

	(void)state;
	assert_int_equal(liveness_update(&liveness, -EAGAIN, false, false, 1), LIVENESS_NOTHING);
	assert_int_equal(liveness.state, LIVENESS_WAITING);
	assert_false(liveness_is_stale(&liveness));
	assert_int_equal(liveness_update(&liveness, 0, true, true, 2), LIVENESS_SHOW);
	assert_int_equal(liveness.state, LIVENESS_LIVE);
	assert_false(liveness_is_stale(&liveness));
}

static void test_stale_until_the_next_frame(void **state)
{
	struct liveness liveness = without_timeout();

	(void)state;
	liveness_update(&liveness, 0, true, true, 1);
	assert_int_equal(liveness_update(&liveness, -EPIPE, true, false, 5), LIVENESS_LOST);
	assert_int_equal(liveness.state, LIVENESS_DIED);
	assert_int_equal(liveness.died, 1);
	assert_int_equal(liveness.absent_since_ns, 5);
	assert_int_equal(liveness_update(&liveness, -EAGAIN, true, true, 6), LIVENESS_NOTHING);
	assert_true(liveness_is_stale(&liveness));
	assert_int_equal(liveness_update(&liveness, 0, true, true, 7), LIVENESS_SHOW);
	assert_false(liveness_is_stale(&liveness));
	assert_int_equal(liveness_update(&liveness, -ENODATA, true, false, 8), LIVENESS_LOST);
	assert_int_equal(liveness.state, LIVENESS_ENDED);
	assert_true(liveness_is_stale(&liveness));
	assert_int_equal(liveness.died, 1);
}

static void test_end_noted_before_acquire_returns_it(void **state)
{
	struct liveness liveness = without_timeout();

	(void)state;
	liveness_update(&liveness, 0, true, true, 1);
	liveness_note_end(&liveness, LIVENESS_DIED, 5);
	assert_true(liveness_is_stale(&liveness));
	assert_int_equal(liveness.died, 0);
	assert_int_equal(liveness_deadline_ns(&liveness), INT64_MAX);
	assert_int_equal(liveness_update(&liveness, -EPIPE, true, false, 9), LIVENESS_LOST);
	assert_int_equal(liveness.died, 1);
	assert_int_equal(liveness.stale_since_ns, 5);
	assert_int_equal(liveness.absent_since_ns, 9);
	liveness_update(&liveness, 0, true, true, 10);
	liveness_update(&liveness, -ENODATA, true, false, 12);
	assert_int_equal(liveness.stale_since_ns, 12);
}

static void test_once(void **state)
{
	struct liveness ended = with_once(), died = ended, broken = ended;

	(void)state;
	assert_int_equal(liveness_update(&ended, -EAGAIN, false, false, 1), LIVENESS_NOTHING);
	assert_int_equal(liveness_update(&ended, -ENODATA, true, false, 1), LIVENESS_EXIT);
	assert_int_equal(liveness_update(&died, -EPIPE, true, false, 1), LIVENESS_EXIT_DIED);
	assert_int_equal(liveness_update(&broken, -EPROTO, true, false, 1), LIVENESS_EXIT_DIED);
}

static void test_timeout_before_any_producer(void **state)
{
	struct liveness liveness;

	(void)state;
	liveness_init(&liveness, false, 10, 100);
	assert_int_equal(liveness_deadline_ns(&liveness), 110);
	assert_int_equal(liveness_update(&liveness, -EAGAIN, false, false, 109), LIVENESS_NOTHING);
	assert_int_equal(liveness_update(&liveness, -EINTR, false, false, 110), LIVENESS_TIMED_OUT);
}

static void test_timeout_only_while_there_is_no_producer(void **state)
{
	struct liveness liveness;

	(void)state;
	liveness_init(&liveness, false, 10, 100);
	assert_int_equal(liveness_update(&liveness, -EAGAIN, true, true, 500), LIVENESS_NOTHING);
	assert_true(liveness_deadline_ns(&liveness) == INT64_MAX);
	liveness_update(&liveness, 0, true, true, 501);
	assert_int_equal(liveness_update(&liveness, -EPIPE, true, false, 1000), LIVENESS_LOST);
	assert_int_equal(liveness_update(&liveness, -EAGAIN, false, false, 1009), LIVENESS_NOTHING);
	assert_int_equal(liveness_update(&liveness, -EAGAIN, false, false, 1010),
	                 LIVENESS_TIMED_OUT);
}

static void test_no_timeout_means_no_deadline(void **state)
{
	struct liveness liveness = without_timeout();

	(void)state;
	assert_true(liveness_deadline_ns(&liveness) == INT64_MAX);
	assert_int_equal(liveness_update(&liveness, -EAGAIN, false, false, INT64_MAX - 1),
	                 LIVENESS_NOTHING);
}

static void test_bad_frames_are_reported_once(void **state)
{
	struct liveness liveness = without_timeout();

	(void)state;
	liveness_update(&liveness, 0, true, true, 1);
	assert_int_equal(liveness_update(&liveness, -EBADMSG, true, true, 2), LIVENESS_BAD_FRAME);
	assert_int_equal(liveness_update(&liveness, -EBADMSG, true, true, 3), LIVENESS_NOTHING);
	assert_int_equal(liveness.bad_frames, 2);
	assert_false(liveness_is_stale(&liveness));
}

static void test_producer_abandoned_for_invalid_data_is_lost(void **state)
{
	struct liveness liveness = without_timeout();

	(void)state;
	liveness_update(&liveness, 0, true, true, 1);
	assert_int_equal(liveness_update(&liveness, -EPROTO, true, false, 2), LIVENESS_LOST);
	assert_int_equal(liveness.state, LIVENESS_BROKEN);
	assert_true(liveness_is_stale(&liveness));
	assert_int_equal(liveness.bad_frames, 1);
	assert_int_equal(liveness.died, 0);
}

static void test_errors_while_attaching_are_fatal(void **state)
{
	static const int errors[] = { -EPROTO, -EPROTONOSUPPORT, -EPERM, -EACCES, -ENOMEM };

	(void)state;
	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
		struct liveness liveness = without_timeout();

		assert_int_equal(liveness_update(&liveness, errors[i], false, false, 1),
		                 LIVENESS_FAILED);
		assert_int_equal(liveness.bad_frames, 0);
	}
}

static void test_timeout_restarts(void **state)
{
	struct liveness liveness;

	(void)state;
	liveness_init(&liveness, false, 100, 1000);
	assert_int_equal(liveness_deadline_ns(&liveness), 1100);
	liveness_restart_timeout(&liveness, 5000);
	assert_int_equal(liveness_deadline_ns(&liveness), 5100);
	assert_int_equal(liveness_update(&liveness, -EAGAIN, false, false, 5099), LIVENESS_NOTHING);
	assert_int_equal(liveness_update(&liveness, -EAGAIN, false, false, 5100),
	                 LIVENESS_TIMED_OUT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_first_frame),
		cmocka_unit_test(test_stale_until_the_next_frame),
		cmocka_unit_test(test_end_noted_before_acquire_returns_it),
		cmocka_unit_test(test_once),
		cmocka_unit_test(test_timeout_before_any_producer),
		cmocka_unit_test(test_timeout_only_while_there_is_no_producer),
		cmocka_unit_test(test_no_timeout_means_no_deadline),
		cmocka_unit_test(test_bad_frames_are_reported_once),
		cmocka_unit_test(test_producer_abandoned_for_invalid_data_is_lost),
		cmocka_unit_test(test_errors_while_attaching_are_fatal),
		cmocka_unit_test(test_timeout_restarts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
