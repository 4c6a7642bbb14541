/* SPDX-License-Identifier: MIT
 *
 * Thousands of viewers and hundreds of producers, one after another: nothing leaks. */
#include "handles.h"

#include <dirent.h>

enum { ROUNDS = 10000, PRODUCERS = 500 };

struct holdings {
	int descriptors;
	long resident_pages;
};

static struct holdings count_holdings(void)
{
	struct holdings held = { 0 };
	FILE *file = fopen("/proc/self/statm", "r");
	DIR *descriptors;

	assert_non_null(file);
	assert_int_equal(fscanf(file, "%*d %ld", &held.resident_pages), 1);
	fclose(file);
	descriptors = opendir("/proc/self/fd");
	assert_non_null(descriptors);
	while (readdir(descriptors))
		held.descriptors++;
	closedir(descriptors);
	return held;
}

static void attach_once(uint32_t view)
{
	struct shmflip_viewer *viewer = attach_viewer(view);
	const struct shmflip_frame *frame;

	assert_int_equal(shmflip_viewer_acquire(viewer, &frame, 1000), 0);
	shmflip_frame_release(frame);
	shmflip_viewer_close(viewer);
}

/* Address sanitizer keeps freed memory, and finds leaks by itself. */
#ifdef __has_feature
#if __has_feature(address_sanitizer)
#define KEEPS_MEMORY true
#endif
#endif
#ifndef KEEPS_MEMORY
#define KEEPS_MEMORY false
#endif

/* Allocators keep some memory. A leak of a hundred bytes per round would be a megabyte. */
static void assert_not_grown(const struct holdings *before)
{
	struct holdings now = count_holdings();

	assert_int_equal(now.descriptors, before->descriptors);
	if (!KEEPS_MEMORY)
		assert_true(now.resident_pages <= before->resident_pages + 100);
}

static void ten_thousand_viewers_leave_nothing(void **state)
{
	struct shmflip_producer *producer = create(SHMFLIP_POLICY_LATEST, 2, 0);
	struct holdings before;
	uint32_t viewers;

	(void)state;
	assert_int_equal(publish_square(producer, 1, 0), 0);
	for (int i = 0; i < 100; i++)
		attach_once(SHMFLIP_VIEW_NEWEST);
	before = count_holdings();
	for (int i = 0; i < ROUNDS; i++)
		attach_once(i % 2 ? SHMFLIP_VIEW_EVERY : SHMFLIP_VIEW_NEWEST);
	assert_not_grown(&before);
	assert_int_equal(shmflip_producer_viewers(producer, &viewers), 0);
	assert_int_equal(viewers, 0);
	/* The viewers hold no frame: both slots can be written. */
	assert_int_equal(publish_square(producer, 2, 0), 0);
	assert_int_equal(publish_square(producer, 3, 0), 0);
	shmflip_producer_close(producer);
}

static void hundreds_of_producers_leave_nothing(void **state)
{
	struct shmflip_viewer *viewer = open_viewer(SHMFLIP_VIEW_AUTO);
	struct holdings before = { 0 };
	const struct shmflip_frame *frame;

	(void)state;
	for (int i = 0; i < PRODUCERS; i++) {
		struct shmflip_producer *producer = create(SHMFLIP_POLICY_LATEST, 2, 0);

		assert_int_equal(publish_square(producer, 1, 0), 0);
		assert_int_equal(shmflip_viewer_acquire(viewer, &frame, 1000), 0);
		shmflip_frame_release(frame);
		shmflip_producer_close(producer);
		assert_int_equal(shmflip_viewer_acquire(viewer, &frame, 1000), -ENODATA);
		if (i == 50)
			before = count_holdings();
	}
	assert_not_grown(&before);
	shmflip_viewer_close(viewer);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_DIRECTORY(ten_thousand_viewers_leave_nothing),
		WITH_DIRECTORY(hundreds_of_producers_leave_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
