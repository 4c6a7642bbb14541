/* SPDX-License-Identifier: MIT
 *
 * The public handles between real processes: moves to a new generation. */
#include "handles.h"

#include <sys/sem.h>

#include "retired.h"

static void producer_moves_on_without_a_frozen_viewer(void **state)
{
	struct shmflip_producer *producer = create(SHMFLIP_POLICY_LATEST, 2, 100);
	struct shmflip_viewer *frozen = attach_viewer(SHMFLIP_VIEW_NEWEST);
	struct shmflip_viewer *live = attach_viewer(SHMFLIP_VIEW_NEWEST);
	struct shmflip_producer_stats stats;
	struct shmflip_frame held, frame;
	uint64_t seen = 0;

	(void)state;
	assert_int_equal(publish_square(producer, 1, 0), 0);
	assert_int_equal(shmflip_viewer_acquire(frozen, &held, 0), 0);
	assert_int_equal(publish_square(producer, 2, 0), 0);
	assert_int_equal(publish_square(producer, 3, 10), -EAGAIN);
	assert_int_equal(publish_square(producer, 3, 1000), 0);
	for (uint32_t i = 4; i <= 50; i++) {
		assert_int_equal(publish_square(producer, i, 0), 0);
		if (shmflip_viewer_acquire(live, &frame, 0) == 0) {
			seen = frame.info.sequence;
			assert_int_equal(square_value(&frame), seen);
			shmflip_viewer_release(live, &frame);
		}
	}
	assert_int_equal(seen, 50);
	assert_int_equal(square_value(&held), 1);
	shmflip_producer_stats(producer, &stats);
	assert_int_equal(stats.generations, 2);
	assert_int_equal(stats.published, 50);
	/* It continues: its frame has not changed, and it moves to the new generation. */
	shmflip_viewer_release(frozen, &held);
	assert_int_equal(shmflip_viewer_acquire(frozen, &frame, 0), 0);
	assert_int_equal(frame.info.sequence, 2);
	shmflip_viewer_release(frozen, &frame);
	assert_int_equal(shmflip_viewer_acquire(frozen, &frame, 0), 0);
	assert_int_equal(square_value(&frame), 50);
	shmflip_viewer_release(frozen, &frame);
	assert_counts(frozen, 3, 47);
	shmflip_viewer_destroy(frozen);
	shmflip_viewer_destroy(live);
	shmflip_producer_destroy(producer);
}

/* The producer ends in its second generation while the viewer is still in the first. */
static void end_after_a_move_is_not_a_death(void **state)
{
	struct shmflip_producer *producer = create(SHMFLIP_POLICY_LATEST, 2, 0);
	struct shmflip_viewer *viewer = attach_viewer(SHMFLIP_VIEW_AUTO);
	struct shmflip_frame frame;

	(void)state;
	assert_int_equal(shmflip_producer_resize(producer, 1 << 20), 0);
	shmflip_producer_destroy(producer);
	assert_int_equal(shmflip_viewer_acquire(viewer, &frame, 1000), -ENODATA);
	shmflip_viewer_destroy(viewer);
}

/* The viewer is two generations behind. */
static void successive_resizes_lose_no_frame(void **state)
{
	struct shmflip_producer *producer = create(SHMFLIP_POLICY_LOSSLESS, 3, 0);
	struct shmflip_viewer *viewer = attach_viewer(SHMFLIP_VIEW_AUTO);
	struct shmflip_frame frame;

	(void)state;
	assert_int_equal(publish_square(producer, 1, 0), 0);
	assert_int_equal(publish_square(producer, 2, 0), 0);
	assert_int_equal(shmflip_producer_resize(producer, 1 << 20), 0);
	assert_int_equal(shmflip_producer_resize(producer, 1 << 21), 0);
	assert_int_equal(publish_square(producer, 3, 20), -EAGAIN);
	for (uint32_t i = 1; i <= 2; i++) {
		assert_int_equal(shmflip_viewer_acquire(viewer, &frame, 1000), 0);
		assert_int_equal(square_value(&frame), i);
		shmflip_viewer_release(viewer, &frame);
	}
	assert_int_equal(shmflip_viewer_acquire(viewer, &frame, 0), -EAGAIN);
	assert_int_equal(publish_square(producer, 3, 1000), 0);
	assert_int_equal(shmflip_viewer_acquire(viewer, &frame, 1000), 0);
	assert_int_equal(square_value(&frame), 3);
	shmflip_viewer_release(viewer, &frame);
	assert_counts(viewer, 3, 0);
	shmflip_viewer_destroy(viewer);
	shmflip_producer_destroy(producer);
}

/* The viewer skips a whole generation. */
static void frames_missed_over_moves_are_counted(void **state)
{
	struct shmflip_producer *producer = create(SHMFLIP_POLICY_LATEST, 3, 0);
	struct shmflip_viewer *viewer = attach_viewer(SHMFLIP_VIEW_NEWEST);
	struct shmflip_frame frame;

	(void)state;
	for (uint32_t i = 1; i <= 4; i++) {
		assert_int_equal(publish_square(producer, i, 0), 0);
		if (i == 1) {
			assert_int_equal(shmflip_viewer_acquire(viewer, &frame, 0), 0);
			shmflip_viewer_release(viewer, &frame);
		}
		if (i == 1 || i == 3)
			assert_int_equal(shmflip_producer_resize(producer, 1 << 20), 0);
	}
	assert_int_equal(shmflip_viewer_acquire(viewer, &frame, 0), 0);
	assert_int_equal(square_value(&frame), 4);
	shmflip_viewer_release(viewer, &frame);
	assert_counts(viewer, 2, 2);
	shmflip_viewer_destroy(viewer);
	shmflip_producer_destroy(producer);
}

/* One viewer is frozen. Another one, which wants every frame too, gets every frame. */
static void frozen_viewer_costs_other_viewers_no_frame(void **state)
{
	enum { FRAMES = 100 };
	struct shmflip_producer *producer = create(SHMFLIP_POLICY_LOSSLESS, 3, 200);
	struct shmflip_viewer *frozen = attach_viewer(SHMFLIP_VIEW_AUTO);
	struct count_job job = { SHMFLIP_VIEW_EVERY, FRAMES, 1 };
	pid_t viewer = start(view_until_end, &job);
	struct shmflip_producer_stats stats;

	(void)state;
	assert_int_equal(shmflip_producer_wait_viewers(producer, 2, 5000), 0);
	for (uint32_t i = 1; i <= FRAMES; i++)
		assert_int_equal(publish_square(producer, i, 5000), 0);
	shmflip_producer_stats(producer, &stats);
	assert_int_equal(stats.generations, 2);
	shmflip_producer_destroy(producer);
	assert_exits(viewer, 0);
	shmflip_viewer_destroy(frozen);
}

/* The viewer reports the end of one producer before it takes frames of the next. */
static void end_is_reported_before_the_next_producer(void **state)
{
	struct shmflip_producer *producer = create(SHMFLIP_POLICY_LATEST, 2, 0);
	struct shmflip_viewer *viewer = attach_viewer(SHMFLIP_VIEW_AUTO);
	struct shmflip_frame frame;

	(void)state;
	assert_int_equal(shmflip_producer_resize(producer, 1 << 20), 0);
	shmflip_producer_destroy(producer);
	producer = create(SHMFLIP_POLICY_LATEST, 2, 0);
	assert_int_equal(publish_square(producer, 1, 0), 0);
	assert_int_equal(shmflip_viewer_acquire(viewer, &frame, 1000), -ENODATA);
	assert_int_equal(shmflip_viewer_acquire(viewer, &frame, 1000), 0);
	assert_int_equal(square_value(&frame), 1);
	shmflip_viewer_release(viewer, &frame);
	shmflip_viewer_destroy(viewer);
	shmflip_producer_destroy(producer);
}

static int view_to_the_end(void *unused)
{
	struct shmflip_viewer *viewer = open_viewer(SHMFLIP_VIEW_AUTO);
	struct shmflip_frame frame;
	int error = shmflip_viewer_acquire(viewer, &frame, 5000);

	(void)unused;
	shmflip_viewer_destroy(viewer);
	return error == -ENODATA ? 0 : -error;
}

/* The viewer attaches to the next generation while its producer moves on again, or ends. */
static void end_is_never_taken_for_a_death(void **state)
{
	struct shmflip_producer *producer;
	pid_t viewer;

	(void)state;
	for (int round = 0; round < 400; round++) {
		producer = create(SHMFLIP_POLICY_LOSSLESS, 2, 0);
		viewer = start(view_to_the_end, NULL);
		assert_int_equal(shmflip_producer_wait_viewers(producer, 1, 5000), 0);
		usleep(round % 100);
		for (int move = 0; move < 1 + round % 2; move++)
			assert_int_equal(shmflip_producer_resize(producer, 8192), 0);
		shmflip_producer_destroy(producer);
		assert_exits(viewer, 0);
	}
}

static void lossless_has_no_lease_by_default(void **state)
{
	struct shmflip_producer *producer = create(SHMFLIP_POLICY_LOSSLESS, 2, 0);
	struct shmflip_viewer *viewer = attach_viewer(SHMFLIP_VIEW_AUTO);
	struct shmflip_producer_stats stats;

	(void)state;
	assert_int_equal(publish_square(producer, 1, 0), 0);
	assert_int_equal(publish_square(producer, 2, 0), 0);
	assert_int_equal(publish_square(producer, 3, 2500), -EAGAIN);
	shmflip_producer_stats(producer, &stats);
	assert_int_equal(stats.generations, 1);
	assert_true(stats.waited_ns >= 2400 * INT64_C(1000000));
	shmflip_viewer_destroy(viewer);
	shmflip_producer_destroy(producer);
}

static void every_frame_survives_resizes(void **state)
{
	enum { FRAMES = 1000 };
	struct shmflip_producer *producer = create(SHMFLIP_POLICY_LOSSLESS, 3, 0);
	struct count_job job = { SHMFLIP_VIEW_EVERY, FRAMES, 1 };
	pid_t viewers[2] = { start(view_until_end, &job), start(view_until_end, &job) };
	struct shmflip_producer_stats stats;

	(void)state;
	assert_int_equal(shmflip_producer_wait_viewers(producer, 2, 5000), 0);
	for (uint32_t i = 1; i <= FRAMES; i++) {
		assert_int_equal(publish_square(producer, i, 5000), 0);
		if (i % 50 == 0)
			assert_int_equal(
				shmflip_producer_resize(producer, SIDE * SIDE * 4 + i * 4096), 0);
	}
	shmflip_producer_stats(producer, &stats);
	assert_int_equal(stats.generations, 1 + FRAMES / 50);
	shmflip_producer_destroy(producer);
	assert_exits(viewers[0], 0);
	assert_exits(viewers[1], 0);
}

static void failed_resize_changes_nothing(void **state)
{
	struct shmflip_producer *producer = create(SHMFLIP_POLICY_LATEST, 2, 0);
	struct shmflip_viewer *viewer = attach_viewer(SHMFLIP_VIEW_AUTO);
	struct shmflip_frame frame;

	(void)state;
	assert_int_equal(shmflip_producer_resize(producer, UINT64_C(1) << 50), -ENOMEM);
	assert_int_equal(shmflip_producer_resize(producer, UINT64_C(1) << 50), -ENOMEM);
	assert_int_equal(publish_square(producer, 1, 0), 0);
	assert_int_equal(shmflip_viewer_acquire(viewer, &frame, 1000), 0);
	assert_int_equal(square_value(&frame), 1);
	shmflip_viewer_release(viewer, &frame);
	assert_int_equal(shmflip_producer_resize(producer, 1 << 20), 0);
	assert_int_equal(publish_square(producer, 2, 0), 0);
	assert_int_equal(shmflip_viewer_acquire(viewer, &frame, 1000), 0);
	assert_int_equal(square_value(&frame), 2);
	shmflip_viewer_release(viewer, &frame);
	shmflip_viewer_destroy(viewer);
	shmflip_producer_destroy(producer);
}

/* A log-out removes a user's semaphores if systemd's RemoveIPC is set. */
static void removed_semaphores_are_replaced(void **state)
{
	struct shmflip_producer *producer = create(SHMFLIP_POLICY_LATEST, 2, 0);
	struct shmflip_viewer *viewer = attach_viewer(SHMFLIP_VIEW_AUTO);
	struct shmflip_frame frame;
	int error;

	(void)state;
	assert_int_equal(publish_square(producer, 1, 0), 0);
	assert_int_equal(semctl(read_channel_file().ring_id, 0, IPC_RMID), 0);
	assert_int_equal(publish_square(producer, 2, 0), 0);
	assert_int_equal(publish_square(producer, 3, 100), 0);
	do
		error = shmflip_viewer_acquire(viewer, &frame, 1000);
	while (error == -EPIPE);
	assert_int_equal(error, 0);
	while (frame.info.sequence < 3) {
		shmflip_viewer_release(viewer, &frame);
		error = shmflip_viewer_acquire(viewer, &frame, 1000);
		assert_true(error == 0 || error == -EPIPE);
	}
	assert_int_equal(square_value(&frame), 3);
	shmflip_viewer_release(viewer, &frame);
	shmflip_viewer_destroy(viewer);
	shmflip_producer_destroy(producer);
}

/* The producer needs its loans back before it can move to a new generation, and says so. */
static void loans_must_return_before_a_move(void **state)
{
	struct shmflip_producer *producer = create(SHMFLIP_POLICY_LATEST, 4, 0);
	struct shmflip_frame_info info = square_info();
	struct shmflip_loan loan, other;

	(void)state;
	assert_int_equal(shmflip_producer_loan(producer, &loan, 0), 0);
	assert_int_equal(publish_square(producer, 1, 0), 0);
	assert_int_equal(semctl(read_channel_file().ring_id, 0, IPC_RMID), 0);
	assert_int_equal(publish_square(producer, 2, 0), 0);
	assert_int_equal(shmflip_producer_loan(producer, &other, 1000), -EBUSY);
	assert_int_equal(shmflip_producer_publish(producer, &loan, &info), 0);
	assert_int_equal(shmflip_producer_loan(producer, &loan, 0), 0);
	shmflip_producer_discard(producer, &loan);
	shmflip_producer_destroy(producer);
}

static void hoarding_viewers_get_limited_memory(void **state)
{
	enum { SLOTS = 3 };
	struct shmflip_producer_stats stats;
	struct shmflip_producer *producer = create(SHMFLIP_POLICY_LATEST, SLOTS, 20);
	struct shmflip_viewer *hoarder = open_viewer(SHMFLIP_VIEW_NEWEST);
	struct shmflip_frame frames[64];
	unsigned held = 0, refused = 0;

	(void)state;
	while (refused < 5) {
		if (publish_square(producer, held, 100) == -EAGAIN)
			refused++;
		else if (shmflip_viewer_acquire(hoarder, &frames[held], 1000) == 0)
			held++;
	}
	shmflip_producer_stats(producer, &stats);
	assert_int_equal(stats.generations, 1 + RETIRED_MAX);
	assert_int_equal(held, (1 + RETIRED_MAX) * SLOTS);
	/* When the viewer releases one generation, the producer can move on again. */
	for (unsigned i = 0; i < SLOTS; i++) {
		assert_int_equal(square_value(&frames[i]), i);
		shmflip_viewer_release(hoarder, &frames[i]);
	}
	assert_int_equal(publish_square(producer, held, 1000), 0);
	for (unsigned i = SLOTS; i < held; i++)
		shmflip_viewer_release(hoarder, &frames[i]);
	shmflip_viewer_destroy(hoarder);
	shmflip_producer_destroy(producer);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_DIRECTORY(producer_moves_on_without_a_frozen_viewer),
		WITH_DIRECTORY(end_after_a_move_is_not_a_death),
		WITH_DIRECTORY(successive_resizes_lose_no_frame),
		WITH_DIRECTORY(frames_missed_over_moves_are_counted),
		WITH_DIRECTORY(frozen_viewer_costs_other_viewers_no_frame),
		WITH_DIRECTORY(end_is_reported_before_the_next_producer),
		WITH_DIRECTORY(end_is_never_taken_for_a_death),
		WITH_DIRECTORY(lossless_has_no_lease_by_default),
		WITH_DIRECTORY(every_frame_survives_resizes),
		WITH_DIRECTORY(failed_resize_changes_nothing),
		WITH_DIRECTORY(removed_semaphores_are_replaced),
		WITH_DIRECTORY(loans_must_return_before_a_move),
		WITH_DIRECTORY(hoarding_viewers_get_limited_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
