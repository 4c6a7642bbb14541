/* SPDX-License-Identifier: MIT
 *
 * tools/timeline: how often frames are repeated so that a video keeps the time of its frames. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "timeline.h"

#define MS INT64_C(1000000)
#define START_NS (INT64_C(1) << 61) /* times may be that large */

/* Adds a frame that is published so many ms after the start. Returns the video's frames. */
static uint64_t add(struct timeline *timeline, double ms)
{
	int64_t time_ns = START_NS + (int64_t)(ms * (double)MS);

	timeline->frames += timeline_gap(timeline, time_ns);
	if (!timeline_is_ahead(timeline, time_ns))
		timeline->frames++;
	return timeline->frames;
}

static void test_steady_frames_are_neither_repeated_nor_passed_over(void **state)
{
	struct timeline timeline;

	(void)state;
	timeline_init(&timeline, 30000, 1001, START_NS);
	for (unsigned i = 0; i < 1000; i++) {
		/* Up to a frame too late or too early. */
		double jitter_ms = i ? (double)(i * 7919 % 61) - 30 : 0;

		assert_int_equal(add(&timeline, i * 1001 / 30.0 + jitter_ms), i + 1);
	}
}

static void test_a_gap_is_filled(void **state)
{
	struct timeline timeline;

	(void)state;
	timeline_init(&timeline, 60, 1, START_NS);
	assert_int_equal(add(&timeline, 0), 1);
	assert_int_equal(add(&timeline, 1000), 61);
	assert_int_equal(add(&timeline, 1500), 91);
	/* A day. */
	assert_int_equal(add(&timeline, 86400e3), 86400 * 60 + 1);
}

static void test_half_of_the_frames_are_passed_over(void **state)
{
	struct timeline timeline;

	(void)state;
	timeline_init(&timeline, 30, 1, START_NS);
	for (unsigned i = 0; i < 600; i++)
		add(&timeline, i * 1000 / 60.0);
	assert_in_range(timeline.frames, 299, 302);
}

static void test_another_rate_is_converted(void **state)
{
	struct timeline timeline;

	(void)state;
	timeline_init(&timeline, 30, 1, START_NS);
	for (unsigned i = 0; i < 240; i++)
		add(&timeline, i * 1000 / 24.0);
	assert_in_range(timeline.frames, 298, 301);
}

static void test_what_is_overdue_leaves_room_for_a_frame(void **state)
{
	struct timeline timeline;

	(void)state;
	timeline_init(&timeline, 10, 1, START_NS);
	assert_int_equal(add(&timeline, 0), 1);
	assert_int_equal(timeline_overdue(&timeline, START_NS), 0);
	assert_int_equal(timeline_overdue(&timeline, START_NS + 299 * MS), 0);
	assert_int_equal(timeline_overdue(&timeline, START_NS + 300 * MS), 1);
	assert_int_equal(timeline_overdue(&timeline, START_NS + 1099 * MS), 8);
	assert_int_equal(timeline_overdue(&timeline, START_NS - 1099 * MS), 0);
	timeline.frames += 8;
	/* A frame at that moment follows without another repetition. */
	assert_int_equal(add(&timeline, 1000), 10);
}

static void test_time_can_be_left_out(void **state)
{
	struct timeline timeline;

	(void)state;
	timeline_init(&timeline, 10, 1, START_NS);
	assert_int_equal(add(&timeline, 0), 1);
	assert_int_equal(timeline_skip(&timeline, START_NS + 50 * MS), 0);
	assert_int_equal(timeline_skip(&timeline, START_NS + 2100 * MS), 2000 * MS);
	assert_int_equal(add(&timeline, 2100), 2);
	assert_int_equal(add(&timeline, 2200), 3);
	assert_int_equal(timeline_length_ns(&timeline, 25), 2500 * MS);
}

/* The time from START_NS of a frame, in ms, by a clock that is 100000 s ahead of its producer's. */
static int64_t place_ms(struct timeline *timeline, int64_t published_ms, int64_t taken_ms)
{
	int64_t ahead_ns = 100000000 * MS;

	return (timeline_place(timeline, START_NS - ahead_ns + published_ms * MS,
	                       START_NS + taken_ms * MS) -
	        START_NS) /
	       MS;
}

static void test_a_constant_difference_of_clocks_does_not_matter(void **state)
{
	struct timeline timeline;

	(void)state;
	timeline_init(&timeline, 10, 1, START_NS);
	assert_int_equal(place_ms(&timeline, 0, 0), 0);
	assert_int_equal(place_ms(&timeline, 100, 100), 100);
	/* Taken late: the times of publication count. */
	assert_int_equal(place_ms(&timeline, 200, 900), 200);
	assert_int_equal(place_ms(&timeline, 1000, 1000), 1000);
}

static void test_an_old_first_frame_delays_no_other(void **state)
{
	struct timeline timeline;

	(void)state;
	timeline_init(&timeline, 10, 1, START_NS);
	assert_int_equal(place_ms(&timeline, -6000, 0), 0);
	assert_int_equal(place_ms(&timeline, 300, 320), 320);
	assert_int_equal(place_ms(&timeline, 400, 400), 400);
	assert_int_equal(place_ms(&timeline, 500, 520), 500);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_steady_frames_are_neither_repeated_nor_passed_over),
		cmocka_unit_test(test_a_gap_is_filled),
		cmocka_unit_test(test_half_of_the_frames_are_passed_over),
		cmocka_unit_test(test_another_rate_is_converted),
		cmocka_unit_test(test_what_is_overdue_leaves_room_for_a_frame),
		cmocka_unit_test(test_time_can_be_left_out),
		cmocka_unit_test(test_a_constant_difference_of_clocks_does_not_matter),
		cmocka_unit_test(test_an_old_first_frame_delays_no_other),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
