/* SPDX-License-Identifier: MIT
 *
 * viewer/life: what each result of acquire means, with and without --once and --timeout. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <errno.h>
#include <stdint.h>

#include "life.h"

static struct life patient(void)
{
	struct life life;

	life_init(&life, false, -1, 0);
	return life;
}

static struct life wanting_one_producer(void)
{
	struct life life;

	life_init(&life, true, -1, 0);
	return life;
}

static void test_first_frame(void **state)
{
	struct life life = patient();

	(void)state;
	assert_int_equal(life_judge(&life, -EAGAIN, false, false, 1), LIFE_NOTHING);
	assert_int_equal(life.state, LIFE_AWAITED);
	assert_false(life_is_stale(&life));
	assert_int_equal(life_judge(&life, 0, true, true, 2), LIFE_FRAME);
	assert_int_equal(life.state, LIFE_PRESENT);
	assert_false(life_is_stale(&life));
}

static void test_stale_until_the_next_frame(void **state)
{
	struct life life = patient();

	(void)state;
	life_judge(&life, 0, true, true, 1);
	assert_int_equal(life_judge(&life, -EPIPE, true, false, 5), LIFE_LOST);
	assert_int_equal(life.state, LIFE_DIED);
	assert_int_equal(life.died, 1);
	assert_int_equal(life.absent_since_ns, 5);
	assert_int_equal(life_judge(&life, -EAGAIN, true, true, 6), LIFE_NOTHING);
	assert_true(life_is_stale(&life));
	assert_int_equal(life_judge(&life, 0, true, true, 7), LIFE_FRAME);
	assert_false(life_is_stale(&life));
	assert_int_equal(life_judge(&life, -ENODATA, true, false, 8), LIFE_LOST);
	assert_int_equal(life.state, LIFE_ENDED);
	assert_true(life_is_stale(&life));
	assert_int_equal(life.died, 1);
}

static void test_an_end_seen_before_it_is_told(void **state)
{
	struct life life = patient();

	(void)state;
	life_judge(&life, 0, true, true, 1);
	life_see_end(&life, LIFE_DIED, 5);
	assert_true(life_is_stale(&life));
	assert_int_equal(life.died, 0);
	assert_int_equal(life_deadline_ns(&life), INT64_MAX);
	assert_int_equal(life_judge(&life, -EPIPE, true, false, 9), LIFE_LOST);
	assert_int_equal(life.died, 1);
	assert_int_equal(life.stale_since_ns, 5);
	assert_int_equal(life.absent_since_ns, 9);
	life_judge(&life, 0, true, true, 10);
	life_judge(&life, -ENODATA, true, false, 12);
	assert_int_equal(life.stale_since_ns, 12);
}

static void test_once(void **state)
{
	struct life ended = wanting_one_producer(), died = ended, broken = ended;

	(void)state;
	assert_int_equal(life_judge(&ended, -EAGAIN, false, false, 1), LIFE_NOTHING);
	assert_int_equal(life_judge(&ended, -ENODATA, true, false, 1), LIFE_LEAVE);
	assert_int_equal(life_judge(&died, -EPIPE, true, false, 1), LIFE_BEREFT);
	assert_int_equal(life_judge(&broken, -EPROTO, true, false, 1), LIFE_BEREFT);
}

static void test_timeout_before_any_producer(void **state)
{
	struct life life;

	(void)state;
	life_init(&life, false, 10, 100);
	assert_int_equal(life_deadline_ns(&life), 110);
	assert_int_equal(life_judge(&life, -EAGAIN, false, false, 109), LIFE_NOTHING);
	assert_int_equal(life_judge(&life, -EINTR, false, false, 110), LIFE_IMPATIENT);
}

static void test_timeout_only_while_there_is_no_producer(void **state)
{
	struct life life;

	(void)state;
	life_init(&life, false, 10, 100);
	assert_int_equal(life_judge(&life, -EAGAIN, true, true, 500), LIFE_NOTHING);
	assert_true(life_deadline_ns(&life) == INT64_MAX);
	life_judge(&life, 0, true, true, 501);
	assert_int_equal(life_judge(&life, -EPIPE, true, false, 1000), LIFE_LOST);
	assert_int_equal(life_judge(&life, -EAGAIN, false, false, 1009), LIFE_NOTHING);
	assert_int_equal(life_judge(&life, -EAGAIN, false, false, 1010), LIFE_IMPATIENT);
}

static void test_patience_has_no_deadline(void **state)
{
	struct life life = patient();

	(void)state;
	assert_true(life_deadline_ns(&life) == INT64_MAX);
	assert_int_equal(life_judge(&life, -EAGAIN, false, false, INT64_MAX - 1), LIFE_NOTHING);
}

static void test_bad_frames_are_told_once(void **state)
{
	struct life life = patient();

	(void)state;
	life_judge(&life, 0, true, true, 1);
	assert_int_equal(life_judge(&life, -EPROTO, true, true, 2), LIFE_BAD_FRAME);
	assert_int_equal(life_judge(&life, -EPROTO, true, true, 3), LIFE_NOTHING);
	assert_int_equal(life.bad_frames, 2);
	assert_false(life_is_stale(&life));
}

static void test_a_producer_left_for_its_lies_is_lost(void **state)
{
	struct life life = patient();

	(void)state;
	life_judge(&life, 0, true, true, 1);
	assert_int_equal(life_judge(&life, -EPROTO, true, false, 2), LIFE_LOST);
	assert_int_equal(life.state, LIFE_BROKEN);
	assert_true(life_is_stale(&life));
	assert_int_equal(life.bad_frames, 1);
	assert_int_equal(life.died, 0);
}

static void test_errors_when_attaching_end_it(void **state)
{
	static const int errors[] = { -EPROTO, -EPROTONOSUPPORT, -EPERM, -EACCES, -ENOMEM };

	(void)state;
	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
		struct life life = patient();

		assert_int_equal(life_judge(&life, errors[i], false, false, 1), LIFE_FAILED);
		assert_int_equal(life.bad_frames, 0);
	}
}

static void test_patience_starts_anew(void **state)
{
	struct life life;

	(void)state;
	life_init(&life, false, 100, 1000);
	assert_int_equal(life_deadline_ns(&life), 1100);
	life_be_patient(&life, 5000);
	assert_int_equal(life_deadline_ns(&life), 5100);
	assert_int_equal(life_judge(&life, -EAGAIN, false, false, 5099), LIFE_NOTHING);
	assert_int_equal(life_judge(&life, -EAGAIN, false, false, 5100), LIFE_IMPATIENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_first_frame),
		cmocka_unit_test(test_stale_until_the_next_frame),
		cmocka_unit_test(test_an_end_seen_before_it_is_told),
		cmocka_unit_test(test_once),
		cmocka_unit_test(test_timeout_before_any_producer),
		cmocka_unit_test(test_timeout_only_while_there_is_no_producer),
		cmocka_unit_test(test_patience_has_no_deadline),
		cmocka_unit_test(test_bad_frames_are_told_once),
		cmocka_unit_test(test_a_producer_left_for_its_lies_is_lost),
		cmocka_unit_test(test_errors_when_attaching_end_it),
		cmocka_unit_test(test_patience_starts_anew),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
