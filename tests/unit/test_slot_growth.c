/* SPDX-License-Identifier: MIT
 *
 * producer/slot_growth: a slow viewer beside another makes the producer take more slots, twice. A
 * single viewer, a stopped one, and drops now and then do not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "slot_growth.h"

#define MS INT64_C(1000000)

enum { VIEWERS = 2 };

static struct slot_growth growth;
static int64_t now_ns;

static int set_up(void **state)
{
	(void)state;
	slot_growth_init(&growth);
	now_ns = 0;
	return 0;
}

/* So many runs of drops, each of which ends after this time. */
static void drop(unsigned runs, unsigned frames, int64_t lasting_ns, uint32_t viewers)
{
	for (unsigned i = 0; i < runs; i++) {
		for (unsigned j = 0; j < frames; j++)
			slot_growth_note(&growth, true, viewers, now_ns);
		now_ns += lasting_ns;
		slot_growth_note(&growth, false, viewers, now_ns);
	}
}

static void test_a_slow_viewer_beside_another(void **state)
{
	(void)state;
	drop(2, 3, 100 * MS, VIEWERS);
	assert_int_equal(slot_growth_take(&growth), 0);
	drop(1, 3, 100 * MS, VIEWERS);
	assert_int_equal(slot_growth_take(&growth), 2);
	assert_int_equal(slot_growth_take(&growth), 0);
	drop(2, 1, 100 * MS, VIEWERS);
	assert_int_equal(slot_growth_take(&growth), 0);
	drop(1, 1, 100 * MS, VIEWERS);
	assert_int_equal(slot_growth_take(&growth), 4);
	drop(20, 1, 100 * MS, VIEWERS);
	assert_int_equal(slot_growth_take(&growth), 0);
}

static void test_a_very_slow_one(void **state)
{
	(void)state;
	drop(3, 60, 1900 * MS, VIEWERS);
	assert_int_equal(slot_growth_take(&growth), 2);
}

static void test_a_single_viewer(void **state)
{
	(void)state;
	drop(100, 5, 100 * MS, 1);
	drop(100, 5, 100 * MS, 0);
	assert_int_equal(slot_growth_take(&growth), 0);
}

/* It holds its slot until the producer moves to fresh memory. */
static void test_a_stopped_viewer(void **state)
{
	(void)state;
	drop(1, 10000, 2000 * MS, VIEWERS);
	slot_growth_note(&growth, true, VIEWERS, now_ns);
	assert_int_equal(slot_growth_take(&growth), 0);
}

static void test_drops_now_and_then(void **state)
{
	(void)state;
	drop(100, 1, 2600 * MS, VIEWERS);
	assert_int_equal(slot_growth_take(&growth), 0);
	drop(2, 1, 100 * MS, VIEWERS);
	assert_int_equal(slot_growth_take(&growth), 2);
}

static void test_no_drops(void **state)
{
	(void)state;
	for (int i = 0; i < 1000; i++)
		slot_growth_note(&growth, false, VIEWERS, i * MS);
	assert_int_equal(slot_growth_take(&growth), 0);
}

static void test_stopped(void **state)
{
	(void)state;
	slot_growth_stop(&growth);
	drop(10, 1, 100 * MS, VIEWERS);
	assert_int_equal(slot_growth_take(&growth), 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_a_slow_viewer_beside_another, set_up),
		cmocka_unit_test_setup(test_a_very_slow_one, set_up),
		cmocka_unit_test_setup(test_a_single_viewer, set_up),
		cmocka_unit_test_setup(test_a_stopped_viewer, set_up),
		cmocka_unit_test_setup(test_drops_now_and_then, set_up),
		cmocka_unit_test_setup(test_no_drops, set_up),
		cmocka_unit_test_setup(test_stopped, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
