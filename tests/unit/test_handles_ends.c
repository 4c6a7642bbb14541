/* SPDX-License-Identifier: MIT
 *
 * The public handles between real processes: ends, deaths and replacements. */
#include "handles.h"

#include <sys/sem.h>

#include <sys/shm.h>

static void end_comes_after_the_last_frame(void **state)
{
	struct shmflip_producer *producer = create(SHMFLIP_POLICY_LOSSLESS, 4, 0);
	struct shmflip_viewer *viewer = attach_viewer(SHMFLIP_VIEW_AUTO);
	const struct shmflip_frame *frame;

	(void)state;
	for (uint32_t i = 1; i <= 4; i++)
		assert_int_equal(publish_square(producer, i, 0), 0);
	shmflip_producer_close(producer);
	for (uint32_t i = 1; i <= 4; i++) {
		assert_takes(viewer, i, 0);
	}
	assert_int_equal(shmflip_viewer_acquire(viewer, &frame, 0), -ENODATA);
	assert_int_equal(shmflip_viewer_acquire(viewer, &frame, 0), -EAGAIN);
	shmflip_viewer_close(viewer);
}

static int publish_and_pause(void *frames)
{
	struct shmflip_producer *producer = create(SHMFLIP_POLICY_LATEST, 2, 0);

	if (shmflip_producer_wait_viewers(producer, 1, 5000))
		return 1;
	for (uint32_t i = 1; i <= *(const uint32_t *)frames; i++)
		publish_square(producer, i, -1);
	for (;;)
		pause();
	return 0;
}

/* There is no successor to clean up. */
static void death_is_noticed_and_frames_stay(void **state)
{
	uint32_t frames = 1;
	pid_t child = start(publish_and_pause, &frames);
	struct shmflip_viewer *viewer = attach_viewer(SHMFLIP_VIEW_AUTO);
	const struct shmflip_frame *frame, *none;
	int64_t killed_ns;

	(void)state;
	assert_int_equal(shmflip_viewer_acquire(viewer, &frame, 5000), 0);
	killed_ns = monotonic_now_ns();
	kill_and_reap(child);
	assert_int_equal(shmflip_viewer_acquire(viewer, &none, 5000), -EPIPE);
	/* The kernel wakes us, not the 100 ms timer. The limit is generous for a busy machine. */
	assert_true(monotonic_now_ns() - killed_ns < INT64_C(90000000));
	assert_int_equal(square_value(frame), 1);
	assert_int_equal(shmflip_viewer_acquire(viewer, &none, 50), -EAGAIN);
	shmflip_frame_release(frame);
	shmflip_viewer_close(viewer);
	shmflip_producer_close(create(SHMFLIP_POLICY_LATEST, 2, 0));
}

static bool is_memory(int segment_id)
{
	struct shmid_ds status;

	return shmctl(segment_id, IPC_STAT, &status) == 0;
}

/* The kernel frees 64 MiB in more time than it takes to notice a death. */
static void death_is_reported_before_memory_is_freed(void **state)
{
	uint32_t frames = 1;
	pid_t child = start(publish_and_pause, &frames);
	struct shmflip_viewer *viewer = attach_viewer(SHMFLIP_VIEW_AUTO);
	const struct shmflip_frame *frame;
	int segment_id;

	(void)state;
	assert_int_equal(shmflip_viewer_acquire(viewer, &frame, 5000), 0);
	segment_id = shmflip_frame_segment(frame)->id;
	shmflip_frame_release(frame);
	kill_and_reap(child);
	assert_int_equal(shmflip_viewer_acquire(viewer, &frame, 5000), -EPIPE);
	assert_true(is_memory(segment_id));
	assert_int_equal(shmflip_viewer_acquire(viewer, &frame, 0), -EAGAIN);
	assert_false(is_memory(segment_id));
	shmflip_viewer_close(viewer);
	shmflip_producer_close(create(SHMFLIP_POLICY_LATEST, 2, 0));
}

static void viewer_continues_with_the_next_producer(void **state)
{
	struct shmflip_viewer *viewer = open_viewer(SHMFLIP_VIEW_AUTO);
	uint32_t frames = 1;
	const struct shmflip_frame *held[5], *frame;
	pid_t child;

	(void)state;
	for (int i = 0; i < 5; i++) {
		child = start(publish_and_pause, &frames);
		assert_int_equal(shmflip_viewer_acquire(viewer, &held[i], 5000), 0);
		assert_int_equal(held[i]->sequence, 1);
		kill_and_reap(child);
		assert_int_equal(shmflip_viewer_acquire(viewer, &frame, 5000), -EPIPE);
	}
	for (int i = 0; i < 5; i++) {
		assert_int_equal(square_value(held[i]), 1);
		shmflip_frame_release(held[i]);
	}
	assert_int_equal(viewer_counts(viewer).producers, 5);
	assert_counts(viewer, 5, 0);
	shmflip_viewer_close(viewer);
	shmflip_producer_close(create(SHMFLIP_POLICY_LATEST, 2, 0));
}

static int hold_a_frame(void *unused)
{
	struct shmflip_viewer *viewer = attach_viewer(SHMFLIP_VIEW_EVERY);
	const struct shmflip_frame *frame;

	(void)unused;
	if (shmflip_viewer_acquire(viewer, &frame, 5000))
		return 1;
	pause();
	return 0;
}

/* Of calls that do not wait, only one a millisecond checks for a death. */
static void death_that_ends_a_wait_is_reported_at_once(void **state)
{
	struct shmflip_producer *producer = create(SHMFLIP_POLICY_LATEST, 2, 0);
	struct shmflip_viewer *viewer = attach_viewer(SHMFLIP_VIEW_AUTO);
	const struct shmflip_frame *frame;

	(void)state;
	assert_int_equal(shmflip_viewer_acquire(viewer, &frame, 0), -EAGAIN);
	/* To viewers that is a death. */
	assert_int_equal(semctl(read_channel_file().ring_id, 0, IPC_RMID), 0);
	assert_int_equal(shmflip_viewer_wait(viewer, 1000), 0);
	assert_int_equal(shmflip_viewer_acquire(viewer, &frame, 0), -EPIPE);
	shmflip_viewer_close(viewer);
	shmflip_producer_close(producer);
}

static void dead_viewer_holds_nothing(void **state)
{
	struct shmflip_producer *producer = create(SHMFLIP_POLICY_LOSSLESS, 2, 0);
	pid_t child = start(hold_a_frame, NULL);

	(void)state;
	assert_int_equal(shmflip_producer_wait_viewers(producer, 1, 5000), 0);
	assert_int_equal(publish_square(producer, 1, 0), 0);
	assert_int_equal(publish_square(producer, 2, 0), 0);
	assert_int_equal(publish_square(producer, 3, 50), -EAGAIN);
	kill_and_reap(child);
	assert_int_equal(publish_square(producer, 3, 1000), 0);
	shmflip_producer_close(producer);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_DIRECTORY(end_comes_after_the_last_frame),
		WITH_DIRECTORY(death_is_noticed_and_frames_stay),
		WITH_DIRECTORY(death_is_reported_before_memory_is_freed),
		WITH_DIRECTORY(viewer_continues_with_the_next_producer),
		WITH_DIRECTORY(death_that_ends_a_wait_is_reported_at_once),
		WITH_DIRECTORY(dead_viewer_holds_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
