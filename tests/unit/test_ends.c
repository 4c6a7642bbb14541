/* SPDX-License-Identifier: MIT
 *
 * Ends of streams whose channel goes on. */
#include "handles.h"

static enum shmflip_state state_of_channel(uint64_t *generation)
{
	const struct shmflip_status *status;
	enum shmflip_state found;

	assert_int_equal(shmflip_channel_status(NULL, "test", &status), 0);
	assert_int_equal(status->error, 0);
	found = status->state;
	*generation = status->channel->generation;
	shmflip_status_free(status);
	return found;
}

/* ---- End, and the next stream ---- */

static void assert_streams_follow_each_other(uint32_t view)
{
	struct shmflip_producer *producer = create(SHMFLIP_POLICY_LATEST, 3, 0);
	struct shmflip_viewer *viewer = attach_viewer(view);
	const struct shmflip_channel *channel = shmflip_viewer_channel(viewer);
	uint64_t id = channel->producer, generation = channel->generation;
	const struct shmflip_frame *frame;

	for (uint32_t stream = 0; stream < 4; stream++) {
		bool failed = stream % 2;

		assert_int_equal(publish_square(producer, stream + 1, 0), 0);
		assert_int_equal(shmflip_viewer_acquire(viewer, &frame, 1000), 0);
		assert_int_equal(shmflip_producer_end(producer, failed), 0);
		assert_int_equal(frame->sequence, stream + 1);
		assert_int_equal(square_value(frame), stream + 1);
		channel = shmflip_viewer_channel(viewer);
		assert_int_equal(channel->producer, id);
		assert_true(stream == 0 || channel->generation > generation);
		generation = channel->generation;
		assert_end_is_told_once(viewer, failed ? -EPIPE : -ENODATA);
		assert_null(shmflip_viewer_channel(viewer));
		assert_int_equal(square_value(frame), stream + 1);
		shmflip_frame_release(frame);
	}
	assert_counts(viewer, 4, 0);
	assert_int_equal(viewer_counts(viewer).producers, 1);
	assert_int_equal(producer_counts(producer).generations, 4);
	shmflip_viewer_close(viewer);
	shmflip_producer_close(producer);
}

static void streams_follow_each_other(void **state)
{
	(void)state;
	assert_streams_follow_each_other(SHMFLIP_VIEW_NEWEST);
	assert_streams_follow_each_other(SHMFLIP_VIEW_EVERY);
}

static int end_soon(void *unused)
{
	struct shmflip_producer *producer = create(SHMFLIP_POLICY_LATEST, 2, 0);

	(void)unused;
	if (shmflip_producer_wait_viewers(producer, 1, 5000))
		return 1;
	sleep_ms(50);
	if (shmflip_producer_end(producer, 0))
		return 2;
	return pause();
}

/* A viewer that is not woken notices the end at its timeout. */
static void end_wakes_a_waiting_viewer(void **state)
{
	enum { TIMEOUT_MS = 10000 };
	pid_t child = start(end_soon, NULL);
	struct shmflip_viewer *viewer = attach_viewer(SHMFLIP_VIEW_AUTO);
	const struct shmflip_frame *frame;
	int64_t start_ns = monotonic_now_ns();

	(void)state;
	assert_int_equal(shmflip_viewer_wait(viewer, TIMEOUT_MS), 0);
	assert_true(monotonic_now_ns() - start_ns < TIMEOUT_MS / 2 * INT64_C(1000000));
	assert_int_equal(shmflip_viewer_acquire(viewer, &frame, 0), -ENODATA);
	kill_and_reap(child);
	shmflip_viewer_close(viewer);
	shmflip_producer_close(create(SHMFLIP_POLICY_LATEST, 2, 0));
}

static void viewer_that_comes_after_the_end_waits(void **state)
{
	struct shmflip_producer *producer = create(SHMFLIP_POLICY_LATEST, 3, 0);
	struct shmflip_viewer *viewer = open_viewer(SHMFLIP_VIEW_AUTO);
	const struct shmflip_frame *frame;

	(void)state;
	assert_int_equal(publish_square(producer, 1, 0), 0);
	assert_int_equal(shmflip_producer_end(producer, 0), 0);
	assert_int_equal(shmflip_viewer_attach(viewer, 30), -EAGAIN);
	assert_int_equal(shmflip_viewer_acquire(viewer, &frame, 30), -EAGAIN);
	assert_int_equal(publish_square(producer, 2, 0), 0);
	assert_takes(viewer, 2, 1000);
	assert_counts(viewer, 1, 0);
	shmflip_viewer_close(viewer);
	shmflip_producer_close(producer);
}

/* ---- Lossless ---- */

/* The viewer knows of the end, and attaches long after the next stream has begun. */
static void viewer_of_every_frame_misses_nothing_of_the_next_stream(void **state)
{
	struct shmflip_producer *producer = create(SHMFLIP_POLICY_LOSSLESS, 2, 0);
	struct shmflip_viewer *viewer = attach_viewer(SHMFLIP_VIEW_AUTO);

	(void)state;
	assert_int_equal(publish_square(producer, 1, 0), 0);
	for (int told = 0; told < 2; told++) {
		uint32_t last = 1 + 4 * (uint32_t)told;

		assert_takes(viewer, last, 1000);
		assert_int_equal(shmflip_producer_end(producer, 0), 0);
		if (told)
			assert_end_is_told_once(viewer, -ENODATA);
		/* The producer waits until the viewer is there. */
		assert_int_equal(publish_square(producer, last + 1, 50), -EAGAIN);
		assert_int_equal(publish_square(producer, last + 1, 50), -EAGAIN);
		if (!told) {
			const struct shmflip_frame *frame;

			assert_int_equal(shmflip_viewer_acquire(viewer, &frame, 0), -ENODATA);
		}
		assert_int_equal(shmflip_viewer_attach(viewer, 1000), 0);
		for (uint32_t i = 1; i <= 4; i++) {
			assert_int_equal(publish_square(producer, last + i, 1000), 0);
			if (i < 4)
				assert_takes(viewer, last + i, 1000);
		}
	}
	assert_takes(viewer, 9, 1000);
	assert_counts(viewer, 9, 0);
	shmflip_viewer_close(viewer);
	shmflip_producer_close(producer);
}

/* A viewer that has gone is not waited for. */
static void viewer_closed_after_the_end_is_not_waited_for(void **state)
{
	struct shmflip_producer *producer = create(SHMFLIP_POLICY_LOSSLESS, 2, 0);
	struct shmflip_viewer *viewer = attach_viewer(SHMFLIP_VIEW_AUTO);
	const struct shmflip_frame *frame;

	(void)state;
	assert_int_equal(shmflip_producer_end(producer, 0), 0);
	assert_int_equal(shmflip_viewer_acquire(viewer, &frame, 1000), -ENODATA);
	shmflip_viewer_close(viewer);
	for (uint32_t i = 1; i <= 10; i++)
		assert_int_equal(publish_square(producer, i, 0), 0);
	shmflip_producer_close(producer);
}

enum { STREAMS = 20, FRAMES = 50 };

/* Returns 0 if it took every frame of every stream in order. */
static int view_all_streams(void *unused)
{
	struct shmflip_viewer *viewer = attach_viewer(SHMFLIP_VIEW_AUTO);
	const struct shmflip_frame *frame;
	uint64_t last = 0;
	int error, ends = 0;

	(void)unused;
	while (last < STREAMS * FRAMES || ends < STREAMS) {
		error = shmflip_viewer_acquire(viewer, &frame, 10000);
		if (error == -ENODATA) {
			if (last != (uint64_t)++ends * FRAMES)
				return 1;
			continue;
		}
		if (error)
			return 2;
		if (frame->sequence != ++last || square_value(frame) != last)
			return 3;
		shmflip_frame_release(frame);
	}
	shmflip_viewer_close(viewer);
	return 0;
}

static void many_streams_arrive_whole(void **state)
{
	struct shmflip_producer *producer = create(SHMFLIP_POLICY_LOSSLESS, 3, 0);
	pid_t viewers[2] = { start(view_all_streams, NULL), start(view_all_streams, NULL) };
	uint32_t value = 0;

	(void)state;
	assert_int_equal(shmflip_producer_wait_viewers(producer, 2, 5000), 0);
	for (int stream = 0; stream < STREAMS; stream++) {
		for (int i = 0; i < FRAMES; i++)
			assert_int_equal(publish_square(producer, ++value, 10000), 0);
		assert_int_equal(shmflip_producer_end(producer, 0), 0);
	}
	for (int i = 0; i < 2; i++)
		assert_exits(viewers[i], 0);
	assert_int_equal(producer_counts(producer).generations, STREAMS);
	shmflip_producer_close(producer);
}

/* ---- The producer ---- */

static void frames_survive_the_end(void **state)
{
	struct shmflip_producer *producer = create(SHMFLIP_POLICY_LATEST, 4, 0);
	struct shmflip_frame *lent, *kept;

	(void)state;
	assert_int_equal(shmflip_producer_loan(producer, &kept, 0), 0);
	fill_square(kept, 1);
	assert_int_equal(shmflip_frame_publish(kept), 0);
	assert_int_equal(shmflip_producer_loan(producer, &lent, 0), 0);
	fill_square(lent, 2);
	assert_int_equal(shmflip_producer_end(producer, 0), 0);
	assert_int_equal(shmflip_frame_publish(lent), -ESTALE);
	assert_int_equal(shmflip_frame_reuse(kept), -ESTALE);
	assert_int_equal(publish_square(producer, 3, 0), 0);
	assert_int_equal(shmflip_frame_publish(lent), -ESTALE);
	assert_int_equal(square_value(kept), 1);
	assert_int_equal(square_value(lent), 2);
	shmflip_frame_release(kept);
	shmflip_producer_close(producer);
	assert_int_equal(square_value(lent), 2);
	shmflip_frame_release(lent);
}

/* The viewer is still in the stream before. */
static void assert_end_after_a_move(uint32_t view, bool publishes, int failed, int expected)
{
	struct shmflip_producer *producer = create(SHMFLIP_POLICY_LATEST, 2, 0);
	struct shmflip_viewer *viewer = attach_viewer(view);

	assert_int_equal(publish_square(producer, 1, 0), 0);
	assert_takes(viewer, 1, 0);
	assert_int_equal(move_on(producer, 1 << 20), 0);
	if (publishes)
		assert_int_equal(publish_square(producer, 2, 0), 0);
	assert_int_equal(shmflip_producer_end(producer, failed), 0);
	if (publishes)
		assert_takes(viewer, 2, 0);
	assert_end_is_told_once(viewer, expected);
	assert_int_equal(publish_square(producer, 3, 0), 0);
	assert_takes(viewer, 3, 1000);
	shmflip_viewer_close(viewer);
	shmflip_producer_close(producer);
}

static void stream_that_ends_before_a_viewer_moves_arrives(void **state)
{
	(void)state;
	assert_end_after_a_move(SHMFLIP_VIEW_NEWEST, true, 0, -ENODATA);
	assert_end_after_a_move(SHMFLIP_VIEW_NEWEST, true, 1, -EPIPE);
	assert_end_after_a_move(SHMFLIP_VIEW_EVERY, false, 0, -ENODATA);
	assert_end_after_a_move(SHMFLIP_VIEW_EVERY, false, 1, -EPIPE);
}

static void second_end_does_nothing(void **state)
{
	struct shmflip_producer *producer = create(SHMFLIP_POLICY_LATEST, 2, 0);
	struct shmflip_viewer *viewer = attach_viewer(SHMFLIP_VIEW_AUTO);

	(void)state;
	assert_int_equal(shmflip_producer_end(producer, 2), -EINVAL);
	assert_int_equal(shmflip_producer_end(producer, -1), -EINVAL);
	assert_int_equal(publish_square(producer, 1, 0), 0);
	assert_int_equal(shmflip_producer_end(producer, 0), 0);
	assert_int_equal(shmflip_producer_end(producer, 1), 0);
	assert_takes(viewer, 1, 0);
	assert_end_is_told_once(viewer, -ENODATA);
	assert_int_equal(producer_counts(producer).generations, 1);
	shmflip_viewer_close(viewer);
	shmflip_producer_close(producer);
}

static void status_tells_the_end(void **state)
{
	struct shmflip_producer *producer = create(SHMFLIP_POLICY_LATEST, 2, 0);
	struct shmflip_stream stream = square_stream(2);
	const struct shmflip_status *status;
	uint64_t first, second;

	(void)state;
	assert_int_equal(state_of_channel(&first), SHMFLIP_RUNNING);
	assert_int_equal(publish_square(producer, 1, 0), 0);
	assert_int_equal(shmflip_producer_end(producer, 0), 0);
	assert_int_equal(state_of_channel(&second), SHMFLIP_ENDED);
	assert_int_equal(first, second);
	assert_int_equal(shmflip_channel_status(NULL, "test", &status), 0);
	assert_int_equal(status->channel->published, 1);
	assert_int_equal(status->channel->pid, getpid());
	assert_int_equal(status->newest->sequence, 1);
	assert_int_equal(status->viewers, 0);
	shmflip_status_free(status);
	/* The same stream begins anew, too. */
	assert_int_equal(shmflip_producer_configure(producer, &stream), 0);
	assert_int_equal(state_of_channel(&second), SHMFLIP_RUNNING);
	assert_true(second > first);
	assert_int_equal(shmflip_producer_end(producer, 1), 0);
	assert_int_equal(state_of_channel(&second), SHMFLIP_FAILED);
	assert_int_equal(shmflip_channel_clean(NULL, "test", NULL), -EBUSY);
	shmflip_producer_close(producer);
	assert_int_equal(shmflip_channel_status(NULL, "test", &status), -ENOENT);
}

static void waiting_for_viewers_begins_the_next_stream(void **state)
{
	struct shmflip_producer *producer = create(SHMFLIP_POLICY_LATEST, 2, 0);
	struct shmflip_viewer *viewer = attach_viewer(SHMFLIP_VIEW_AUTO);
	const struct shmflip_frame *frame;
	uint64_t generation;
	uint32_t viewers;

	(void)state;
	assert_int_equal(shmflip_producer_end(producer, 0), 0);
	assert_int_equal(shmflip_viewer_acquire(viewer, &frame, 1000), -ENODATA);
	/* Counting begins nothing. */
	assert_int_equal(shmflip_producer_viewers(producer, &viewers), 0);
	assert_int_equal(viewers, 0);
	assert_int_equal(state_of_channel(&generation), SHMFLIP_ENDED);
	assert_int_equal(shmflip_producer_wait_viewers(producer, 1, 0), -EAGAIN);
	assert_int_equal(state_of_channel(&generation), SHMFLIP_RUNNING);
	assert_int_equal(shmflip_viewer_attach(viewer, 1000), 0);
	assert_int_equal(shmflip_producer_wait_viewers(producer, 1, 1000), 0);
	assert_int_equal(publish_square(producer, 1, 0), 0);
	assert_takes(viewer, 1, 1000);
	assert_int_equal(producer_counts(producer).generations, 2);
	shmflip_viewer_close(viewer);
	shmflip_producer_close(producer);
}

/* A viewer that has not asked for long learns how the stream ended, not that the producer did. */
static void close_after_the_end_adds_nothing(void **state)
{
	struct shmflip_producer *producer;
	struct shmflip_viewer *viewer;

	(void)state;
	for (int failed = 0; failed < 2; failed++) {
		producer = create(SHMFLIP_POLICY_LATEST, 2, 0);
		viewer = attach_viewer(SHMFLIP_VIEW_AUTO);
		assert_int_equal(publish_square(producer, 1, 0), 0);
		assert_int_equal(shmflip_producer_end(producer, failed), 0);
		shmflip_producer_close(producer);
		assert_takes(viewer, 1, 0);
		assert_end_is_told_once(viewer, failed ? -EPIPE : -ENODATA);
		shmflip_viewer_close(viewer);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_DIRECTORY(streams_follow_each_other),
		WITH_DIRECTORY(end_wakes_a_waiting_viewer),
		WITH_DIRECTORY(viewer_that_comes_after_the_end_waits),
		WITH_DIRECTORY(viewer_of_every_frame_misses_nothing_of_the_next_stream),
		WITH_DIRECTORY(viewer_closed_after_the_end_is_not_waited_for),
		WITH_DIRECTORY(many_streams_arrive_whole),
		WITH_DIRECTORY(frames_survive_the_end),
		WITH_DIRECTORY(stream_that_ends_before_a_viewer_moves_arrives),
		WITH_DIRECTORY(second_end_does_nothing),
		WITH_DIRECTORY(status_tells_the_end),
		WITH_DIRECTORY(waiting_for_viewers_begins_the_next_stream),
		WITH_DIRECTORY(close_after_the_end_adds_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
