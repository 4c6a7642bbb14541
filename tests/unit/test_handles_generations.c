/* SPDX-License-Identifier: MIT
 *
 * The public handles between real processes: moves to a new generation. */
#include "handles.h"

#include <dirent.h>
#include <sys/sem.h>

#include "retired.h"

static void producer_moves_on_without_a_frozen_viewer(void **state)
{
	struct shmflip_producer *producer = create(SHMFLIP_POLICY_LATEST, 2, 100);
	struct shmflip_viewer *frozen = attach_viewer(SHMFLIP_VIEW_NEWEST);
	struct shmflip_viewer *live = attach_viewer(SHMFLIP_VIEW_NEWEST);
	const struct shmflip_frame *held, *frame;
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
			seen = frame->sequence;
			assert_int_equal(square_value(frame), seen);
			shmflip_frame_release(frame);
		}
	}
	assert_int_equal(seen, 50);
	assert_int_equal(square_value(held), 1);
	assert_int_equal(producer_counts(producer).generations, 2);
	assert_int_equal(producer_counts(producer).published, 50);
	/* It continues: its frame has not changed, and it moves to the new generation. */
	shmflip_frame_release(held);
	assert_int_equal(shmflip_viewer_acquire(frozen, &frame, 0), 0);
	assert_int_equal(frame->sequence, 2);
	shmflip_frame_release(frame);
	assert_takes(frozen, 50, 0);
	assert_counts(frozen, 3, 47);
	shmflip_viewer_close(frozen);
	shmflip_viewer_close(live);
	shmflip_producer_close(producer);
}

/* The producer ends in its second generation while the viewer is still in the first. */
static void end_after_a_move_is_not_a_death(void **state)
{
	struct shmflip_producer *producer = create(SHMFLIP_POLICY_LATEST, 2, 0);
	struct shmflip_viewer *viewer = attach_viewer(SHMFLIP_VIEW_AUTO);
	const struct shmflip_frame *frame;

	(void)state;
	assert_int_equal(move_on(producer, 1 << 20), 0);
	shmflip_producer_close(producer);
	assert_int_equal(shmflip_viewer_acquire(viewer, &frame, 1000), -ENODATA);
	shmflip_viewer_close(viewer);
}

/* The viewer is two generations behind. */
static void successive_moves_lose_no_frame(void **state)
{
	struct shmflip_producer *producer = create(SHMFLIP_POLICY_LOSSLESS, 3, 0);
	struct shmflip_viewer *viewer = attach_viewer(SHMFLIP_VIEW_AUTO);
	const struct shmflip_frame *frame;

	(void)state;
	assert_int_equal(publish_square(producer, 1, 0), 0);
	assert_int_equal(publish_square(producer, 2, 0), 0);
	assert_int_equal(move_on(producer, 1 << 20), 0);
	assert_int_equal(move_on(producer, 1 << 21), 0);
	assert_int_equal(publish_square(producer, 3, 20), -EAGAIN);
	for (uint32_t i = 1; i <= 2; i++) {
		assert_takes(viewer, i, 1000);
	}
	assert_int_equal(shmflip_viewer_acquire(viewer, &frame, 0), -EAGAIN);
	assert_int_equal(publish_square(producer, 3, 1000), 0);
	assert_takes(viewer, 3, 1000);
	assert_counts(viewer, 3, 0);
	shmflip_viewer_close(viewer);
	shmflip_producer_close(producer);
}

/* The viewer skips a whole generation. */
static void frames_missed_over_moves_are_counted(void **state)
{
	struct shmflip_producer *producer = create(SHMFLIP_POLICY_LATEST, 3, 0);
	struct shmflip_viewer *viewer = attach_viewer(SHMFLIP_VIEW_NEWEST);
	const struct shmflip_frame *frame;

	(void)state;
	for (uint32_t i = 1; i <= 4; i++) {
		assert_int_equal(publish_square(producer, i, 0), 0);
		if (i == 1) {
			assert_int_equal(shmflip_viewer_acquire(viewer, &frame, 0), 0);
			shmflip_frame_release(frame);
		}
		if (i == 1 || i == 3)
			assert_int_equal(move_on(producer, i << 20), 0);
	}
	assert_takes(viewer, 4, 0);
	assert_counts(viewer, 2, 2);
	shmflip_viewer_close(viewer);
	shmflip_producer_close(producer);
}

/* One viewer is frozen. Another one, which wants every frame too, gets every frame. */
static void frozen_viewer_costs_other_viewers_no_frame(void **state)
{
	enum { FRAMES = 100 };
	struct shmflip_producer *producer = create(SHMFLIP_POLICY_LOSSLESS, 3, 200);
	struct shmflip_viewer *frozen = attach_viewer(SHMFLIP_VIEW_AUTO);
	struct count_job job = { SHMFLIP_VIEW_EVERY, FRAMES, 1 };
	pid_t viewer = start(view_until_end, &job);

	(void)state;
	assert_int_equal(shmflip_producer_wait_viewers(producer, 2, 5000), 0);
	for (uint32_t i = 1; i <= FRAMES; i++)
		assert_int_equal(publish_square(producer, i, 5000), 0);
	assert_int_equal(producer_counts(producer).generations, 2);
	shmflip_producer_close(producer);
	assert_exits(viewer, 0);
	shmflip_viewer_close(frozen);
}

/* The viewer reports the end of one producer before it takes frames of the next. */
static void end_is_reported_before_the_next_producer(void **state)
{
	struct shmflip_producer *producer = create(SHMFLIP_POLICY_LATEST, 2, 0);
	struct shmflip_viewer *viewer = attach_viewer(SHMFLIP_VIEW_AUTO);
	const struct shmflip_frame *frame;

	(void)state;
	assert_int_equal(move_on(producer, 1 << 20), 0);
	shmflip_producer_close(producer);
	producer = create(SHMFLIP_POLICY_LATEST, 2, 0);
	assert_int_equal(publish_square(producer, 1, 0), 0);
	assert_int_equal(shmflip_viewer_acquire(viewer, &frame, 1000), -ENODATA);
	assert_takes(viewer, 1, 1000);
	shmflip_viewer_close(viewer);
	shmflip_producer_close(producer);
}

static int view_to_the_end(void *unused)
{
	struct shmflip_viewer *viewer = open_viewer(SHMFLIP_VIEW_AUTO);
	const struct shmflip_frame *frame;
	int error = shmflip_viewer_acquire(viewer, &frame, 5000);

	(void)unused;
	shmflip_viewer_close(viewer);
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
			assert_int_equal(move_on(producer, (2 + move) * SQUARE_BYTES), 0);
		shmflip_producer_close(producer);
		assert_exits(viewer, 0);
	}
}

static void lossless_has_no_lease_by_default(void **state)
{
	struct shmflip_producer *producer = create(SHMFLIP_POLICY_LOSSLESS, 2, 0);
	struct shmflip_viewer *viewer = attach_viewer(SHMFLIP_VIEW_AUTO);

	(void)state;
	assert_int_equal(publish_square(producer, 1, 0), 0);
	assert_int_equal(publish_square(producer, 2, 0), 0);
	assert_int_equal(publish_square(producer, 3, 2500), -EAGAIN);
	assert_int_equal(producer_counts(producer).generations, 1);
	assert_true(producer_counts(producer).waited_ns >= 2400 * INT64_C(1000000));
	shmflip_viewer_close(viewer);
	shmflip_producer_close(producer);
}

static void every_frame_survives_moves(void **state)
{
	enum { FRAMES = 1000 };
	struct shmflip_producer *producer = create(SHMFLIP_POLICY_LOSSLESS, 3, 0);
	struct count_job job = { SHMFLIP_VIEW_EVERY, FRAMES, 1 };
	pid_t viewers[2] = { start(view_until_end, &job), start(view_until_end, &job) };

	(void)state;
	assert_int_equal(shmflip_producer_wait_viewers(producer, 2, 5000), 0);
	for (uint32_t i = 1; i <= FRAMES; i++) {
		assert_int_equal(publish_square(producer, i, 5000), 0);
		if (i % 50 == 0)
			assert_int_equal(move_on(producer, SQUARE_BYTES + i * 4096), 0);
	}
	assert_int_equal(producer_counts(producer).generations, 1 + FRAMES / 50);
	shmflip_producer_close(producer);
	assert_exits(viewers[0], 0);
	assert_exits(viewers[1], 0);
}

static unsigned count_descriptors(void)
{
	DIR *open_files = opendir("/proc/self/fd");
	unsigned count = 0;

	assert_non_null(open_files);
	while (readdir(open_files))
		count++;
	closedir(open_files);
	return count;
}

static void moves_without_loans_keep_no_files(void **state)
{
	static const uint32_t policies[] = { SHMFLIP_POLICY_LATEST, SHMFLIP_POLICY_LOSSLESS };
	struct shmflip_producer *producer;
	unsigned before;

	(void)state;
	for (int i = 0; i < 2; i++) {
		producer = create(policies[i], 2, 0);
		before = count_descriptors();
		for (uint64_t step = 1; step <= 10; step++) {
			assert_int_equal(move_on(producer, 0x10000 * step), 0);
			assert_int_equal(shmflip_producer_end(producer, 0), 0);
			assert_int_equal(shmflip_producer_wait_viewers(producer, 0, 0), 0);
		}
		/* That of the last earlier generation is still open. */
		assert_in_range(count_descriptors(), before, before + 1);
		shmflip_producer_close(producer);
	}
}

static void failed_move_changes_nothing(void **state)
{
	struct shmflip_producer *producer = create(SHMFLIP_POLICY_LATEST, 2, 0);
	struct shmflip_viewer *viewer = attach_viewer(SHMFLIP_VIEW_AUTO);

	(void)state;
	assert_int_equal(move_on(producer, UINT64_C(1) << 50), -ENOMEM);
	assert_int_equal(move_on(producer, UINT64_C(1) << 50), -ENOMEM);
	assert_int_equal(publish_square(producer, 1, 0), 0);
	assert_takes(viewer, 1, 1000);
	assert_int_equal(move_on(producer, 1 << 20), 0);
	assert_int_equal(publish_square(producer, 2, 0), 0);
	assert_takes(viewer, 2, 1000);
	shmflip_viewer_close(viewer);
	shmflip_producer_close(producer);
}

/* A log-out removes a user's semaphores if systemd's RemoveIPC is set. */
static void removed_semaphores_are_replaced(void **state)
{
	struct shmflip_producer *producer = create(SHMFLIP_POLICY_LATEST, 2, 0);
	struct shmflip_viewer *viewer = attach_viewer(SHMFLIP_VIEW_AUTO);
	const struct shmflip_frame *frame;
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
	while (frame->sequence < 3) {
		shmflip_frame_release(frame);
		error = shmflip_viewer_acquire(viewer, &frame, 1000);
		assert_true(error == 0 || error == -EPIPE);
	}
	assert_int_equal(square_value(frame), 3);
	shmflip_frame_release(frame);
	shmflip_viewer_close(viewer);
	shmflip_producer_close(producer);
}

/* A loan keeps its memory, but its frame belongs to no stream any more. */
static void loan_is_no_obstacle_to_a_move(void **state)
{
	struct shmflip_producer *producer = create(SHMFLIP_POLICY_LATEST, 4, 0);
	struct shmflip_frame *old, *loan;

	(void)state;
	assert_int_equal(shmflip_producer_loan(producer, &old, 0), 0);
	fill_square(old, 77);
	assert_int_equal(publish_square(producer, 1, 0), 0);
	assert_int_equal(semctl(read_channel_file().ring_id, 0, IPC_RMID), 0);
	assert_int_equal(publish_square(producer, 2, 0), 0);
	assert_int_equal(shmflip_producer_loan(producer, &loan, 1000), 0);
	assert_int_equal(producer_counts(producer).generations, 2);
	assert_int_equal(shmflip_frame_publish(old), -ESTALE);
	assert_int_equal(square_value(old), 77);
	assert_int_equal(shmflip_frame_publish(loan), 0);
	assert_int_equal(loan->sequence, 3);
	shmflip_frame_release(old);
	shmflip_frame_release(loan);
	shmflip_producer_close(producer);
}

static void hoarding_viewers_get_limited_memory(void **state)
{
	enum { SLOTS = 3 };
	struct shmflip_producer *producer = create(SHMFLIP_POLICY_LATEST, SLOTS, 20);
	struct shmflip_viewer *hoarder = open_viewer(SHMFLIP_VIEW_NEWEST);
	const struct shmflip_frame *frames[64];
	uint32_t held = 0, refused = 0;

	(void)state;
	while (refused < 5) {
		if (publish_square(producer, held, 100) == -EAGAIN)
			refused++;
		else if (shmflip_viewer_acquire(hoarder, &frames[held], 1000) == 0)
			held++;
	}
	assert_int_equal(producer_counts(producer).generations, 1 + RETIRED_MAX);
	assert_int_equal(held, (1 + RETIRED_MAX) * SLOTS);
	/* When the viewer releases one generation, the producer can move on again. */
	for (unsigned i = 0; i < SLOTS; i++) {
		assert_int_equal(square_value(frames[i]), i);
		shmflip_frame_release(frames[i]);
	}
	assert_int_equal(publish_square(producer, held, 1000), 0);
	for (unsigned i = SLOTS; i < held; i++)
		shmflip_frame_release(frames[i]);
	shmflip_viewer_close(hoarder);
	shmflip_producer_close(producer);
}

/* Only viewers that keep generations in use make the producer wait for a frozen one. */
static void own_frames_do_not_prolong_the_lease(void **state)
{
	enum { SLOTS = 2, KEPT = RETIRED_MAX + 1 };
	struct shmflip_producer *producer = create(SHMFLIP_POLICY_LATEST, SLOTS, 20);
	struct shmflip_viewer *viewer = open_viewer(SHMFLIP_VIEW_NEWEST);
	struct shmflip_frame *kept[KEPT];
	const struct shmflip_frame *held[SLOTS];

	(void)state;
	for (uint32_t i = 0; i < KEPT; i++) {
		assert_int_equal(shmflip_producer_loan(producer, &kept[i], 0), 0);
		assert_int_equal(move_on(producer, (2 + i) * SQUARE_BYTES), 0);
	}
	for (uint32_t i = 0; i < SLOTS; i++) {
		assert_int_equal(publish_square(producer, i, 0), 0);
		assert_int_equal(shmflip_viewer_acquire(viewer, &held[i], 1000), 0);
	}
	assert_int_equal(publish_square(producer, 9, 10000), 0);
	assert_int_equal(producer_counts(producer).generations, 1 + KEPT + 1);
	for (uint32_t i = 0; i < KEPT; i++)
		shmflip_frame_release(kept[i]);
	for (uint32_t i = 0; i < SLOTS; i++)
		shmflip_frame_release(held[i]);
	shmflip_viewer_close(viewer);
	shmflip_producer_close(producer);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_DIRECTORY(producer_moves_on_without_a_frozen_viewer),
		WITH_DIRECTORY(end_after_a_move_is_not_a_death),
		WITH_DIRECTORY(successive_moves_lose_no_frame),
		WITH_DIRECTORY(frames_missed_over_moves_are_counted),
		WITH_DIRECTORY(frozen_viewer_costs_other_viewers_no_frame),
		WITH_DIRECTORY(end_is_reported_before_the_next_producer),
		WITH_DIRECTORY(end_is_never_taken_for_a_death),
		WITH_DIRECTORY(lossless_has_no_lease_by_default),
		WITH_DIRECTORY(every_frame_survives_moves),
		WITH_DIRECTORY(moves_without_loans_keep_no_files),
		WITH_DIRECTORY(failed_move_changes_nothing),
		WITH_DIRECTORY(removed_semaphores_are_replaced),
		WITH_DIRECTORY(loan_is_no_obstacle_to_a_move),
		WITH_DIRECTORY(hoarding_viewers_get_limited_memory),
		WITH_DIRECTORY(own_frames_do_not_prolong_the_lease),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
