/* SPDX-License-Identifier: MIT
 *
 * The public handles between real processes: what shmflip.h promises, and what comes of deaths. */
#include "support.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/sem.h>
#include <sys/stat.h>

#include "layout.h"
#include "shmflip.h"

static struct shmflip_producer *create(uint32_t policy, uint32_t slots, int64_t lease_ms)
{
	struct shmflip_producer_options options = { .channel = "test",
		                                    .slots = slots,
		                                    .slot_bytes = SIDE * SIDE * 4,
		                                    .policy = policy,
		                                    .fps_milli = 30000,
		                                    .lease_ms = lease_ms };
	struct shmflip_producer *producer = NULL;
	int error = shmflip_producer_create(&options, &producer);

	if (error)
		fprintf(stderr, "create: %s\n", shmflip_error_detail());
	assert_int_equal(error, 0);
	return producer;
}

static struct shmflip_viewer *open_viewer(uint32_t view)
{
	struct shmflip_viewer_options options = { .channel = "test", .view = view };
	struct shmflip_viewer *viewer = NULL;

	assert_int_equal(shmflip_viewer_open(&options, &viewer), 0);
	return viewer;
}

static struct shmflip_viewer *attach_viewer(uint32_t view)
{
	struct shmflip_viewer *viewer = open_viewer(view);

	assert_int_equal(shmflip_viewer_wait_producer(viewer, 5000), 0);
	return viewer;
}

static void assert_counts(struct shmflip_viewer *viewer, uint64_t acquired, uint64_t missed)
{
	struct shmflip_viewer_stats stats;

	shmflip_viewer_stats(viewer, &stats);
	assert_int_equal(stats.acquired, acquired);
	assert_int_equal(stats.missed, missed);
	assert_int_equal(stats.published, acquired + missed);
}

/* ---- One producer, one viewer ---- */

static void frame_comes_with_what_belongs_to_it(void **state)
{
	struct shmflip_producer *producer = create(SHMFLIP_POLICY_LATEST, 0, 0);
	struct shmflip_viewer *viewer = attach_viewer(SHMFLIP_VIEW_AUTO);
	struct shmflip_frame_info info = square_info();
	struct shmflip_channel_info channel;
	struct shmflip_frame frame;
	struct shmflip_loan loan;
	int64_t before_ns = now_ns();

	(void)state;
	assert_int_equal(shmflip_viewer_acquire(viewer, &frame, 0), -EAGAIN);
	assert_int_equal(shmflip_producer_loan(producer, &loan, 0), 0);
	assert_int_equal((uintptr_t)loan.pixels % 4096, 0);
	assert_true(loan.size_bytes >= SIDE * SIDE * 4);
	memset(loan.pixels, 0x5a, SIDE * SIDE * 4);
	info.presentation_ns = 123456789012345;
	info.decode_ns = 987654321;
	info.format = SHMFLIP_FORMAT_ARGB8888;
	info.flags = SHMFLIP_FRAME_LAST;
	strcpy(info.source, "picture.png");
	assert_int_equal(shmflip_producer_publish(producer, &loan, &info), 0);
	assert_null(loan.pixels);
	assert_int_equal(info.sequence, 1);

	assert_int_equal(shmflip_viewer_acquire(viewer, &frame, 1000), 0);
	assert_memory_equal(&frame.info, &info, offsetof(struct shmflip_frame_info, source));
	assert_string_equal(frame.info.source, "picture.png");
	assert_true(frame.info.published_ns >= before_ns && frame.info.published_ns <= now_ns());
	for (int i = 0; i < SIDE * SIDE * 4; i++)
		assert_int_equal(frame.pixels[i], 0x5a);
	assert_int_equal(shmflip_viewer_channel(viewer, &channel), 0);
	assert_int_equal(channel.slots, 2);
	assert_int_equal(channel.policy, SHMFLIP_POLICY_LATEST);
	assert_int_equal(channel.fps_milli, 30000);
	assert_int_equal(channel.pid, getpid());
	assert_int_equal(channel.published, 1);
	shmflip_viewer_release(viewer, &frame);
	shmflip_viewer_release(viewer, &frame);
	assert_counts(viewer, 1, 0);
	shmflip_viewer_destroy(viewer);
	shmflip_producer_destroy(producer);
}

static void newest_frame_wins_and_the_rest_is_counted(void **state)
{
	struct shmflip_producer *producer = create(SHMFLIP_POLICY_LATEST, 3, 0);
	struct shmflip_viewer *viewer = attach_viewer(SHMFLIP_VIEW_AUTO);
	struct shmflip_frame held, frame;

	(void)state;
	for (uint32_t i = 1; i <= 5; i++)
		assert_int_equal(publish_square(producer, i, 0), 0);
	assert_int_equal(shmflip_viewer_acquire(viewer, &held, 0), 0);
	assert_int_equal(held.info.sequence, 5);
	assert_int_equal(shmflip_viewer_acquire(viewer, &frame, 0), -EAGAIN);
	for (uint32_t i = 6; i <= 100; i++)
		assert_int_equal(publish_square(producer, i, 0), 0);
	assert_int_equal(square_value(&held), 5);
	assert_int_equal(shmflip_viewer_acquire(viewer, &frame, 0), 0);
	assert_int_equal(square_value(&frame), 100);
	/* Both other slots than the newest frame's are held now. */
	assert_int_equal(publish_square(producer, 101, 0), 0);
	assert_int_equal(publish_square(producer, 102, 0), -EAGAIN);
	shmflip_viewer_release(viewer, &held);
	assert_int_equal(publish_square(producer, 102, 0), 0);
	assert_int_equal(square_value(&frame), 100);
	shmflip_viewer_release(viewer, &frame);
	assert_counts(viewer, 2, 98);
	shmflip_viewer_destroy(viewer);
	shmflip_producer_destroy(producer);
}

/* Also those that come after the last frame, and those of the producer after. */
static void drops_are_counted_on_both_sides(void **state)
{
	struct shmflip_viewer *viewer = open_viewer(SHMFLIP_VIEW_AUTO);
	struct shmflip_viewer_stats stats;
	struct shmflip_producer *producer;
	struct shmflip_frame frame;

	(void)state;
	for (uint64_t round = 1; round <= 3; round++) {
		producer = create(SHMFLIP_POLICY_LATEST, 2, 0);
		if (round == 2)
			shmflip_producer_drop(producer);
		assert_int_equal(shmflip_viewer_wait_producer(viewer, 1000), 0);
		shmflip_producer_drop(producer);
		assert_int_equal(publish_square(producer, 1, 0), 0);
		assert_int_equal(shmflip_viewer_acquire(viewer, &frame, 1000), 0);
		shmflip_viewer_release(viewer, &frame);
		assert_int_equal(shmflip_producer_resize(producer, 1 << 20), 0);
		shmflip_producer_drop(producer);
		assert_int_equal(publish_square(producer, 2, 0), 0);
		assert_int_equal(shmflip_viewer_acquire(viewer, &frame, 1000), 0);
		shmflip_viewer_release(viewer, &frame);
		shmflip_producer_drop(producer);
		shmflip_producer_destroy(producer);
		assert_int_equal(shmflip_viewer_acquire(viewer, &frame, 1000), -ENODATA);
		shmflip_viewer_stats(viewer, &stats);
		assert_int_equal(stats.dropped, 3 * round);
	}
	shmflip_viewer_destroy(viewer);
}

static void late_viewer_sees_the_newest_frame(void **state)
{
	static const uint32_t views[] = { SHMFLIP_VIEW_NEWEST, SHMFLIP_VIEW_EVERY };
	struct shmflip_producer *producer = create(SHMFLIP_POLICY_LATEST, 3, 0);
	struct shmflip_viewer *viewer;
	struct shmflip_frame frame;

	(void)state;
	for (uint32_t i = 1; i <= 5; i++)
		assert_int_equal(publish_square(producer, i, 0), 0);
	for (int i = 0; i < 2; i++) {
		viewer = attach_viewer(views[i]);
		assert_int_equal(shmflip_viewer_acquire(viewer, &frame, 0), 0);
		assert_int_equal(frame.info.sequence, 5);
		shmflip_viewer_release(viewer, &frame);
		assert_counts(viewer, 1, 0);
		shmflip_viewer_destroy(viewer);
	}
	shmflip_producer_destroy(producer);
}

struct count_job {
	uint32_t view;
	uint64_t frames;
	int holding; /* keep so many frames before releasing the oldest */
};

/* A viewer in a process of its own: 0 if it took the frames it wants, whole and in order, until the
 * stream's end. */
static int view_until_end(void *argument)
{
	const struct count_job *job = argument;
	struct shmflip_viewer *viewer = attach_viewer(job->view);
	struct shmflip_frame held[8] = { 0 };
	struct shmflip_viewer_stats stats;
	uint64_t last = 0;
	int error, next = 0;

	for (;;) {
		struct shmflip_frame *frame = &held[next];

		shmflip_viewer_release(viewer, frame);
		error = shmflip_viewer_acquire(viewer, frame, 5000);
		if (error)
			break;
		if (square_value(frame) != frame->info.sequence || frame->info.sequence <= last)
			return 1;
		if (job->view == SHMFLIP_VIEW_EVERY && frame->info.sequence != last + 1)
			return 2;
		last = frame->info.sequence;
		next = (next + 1) % job->holding;
	}
	for (int i = 0; i < job->holding; i++) {
		if (held[i].hold && square_value(&held[i]) != held[i].info.sequence)
			return 3;
		shmflip_viewer_release(viewer, &held[i]);
	}
	shmflip_viewer_stats(viewer, &stats);
	shmflip_viewer_destroy(viewer);
	if (error != -ENODATA)
		return 4;
	return last == job->frames && stats.published == job->frames ? 0 : 5;
}

static void every_frame_arrives(void **state)
{
	enum { FRAMES = 3000 };
	struct count_job jobs[3] = { { SHMFLIP_VIEW_EVERY, FRAMES, 1 },
		                     { SHMFLIP_VIEW_EVERY, FRAMES, 1 },
		                     { SHMFLIP_VIEW_NEWEST, FRAMES, 1 } };

	(void)state;
	for (uint32_t slots = 2; slots <= 5; slots++) {
		struct shmflip_producer *producer = create(SHMFLIP_POLICY_LOSSLESS, slots, 0);
		pid_t viewers[3];

		for (int i = 0; i < 3; i++) {
			jobs[i].holding = (int)slots > 3 && i < 2 ? (int)slots - 2 : 1;
			viewers[i] = start(view_until_end, &jobs[i]);
		}
		assert_int_equal(shmflip_producer_wait_viewers(producer, 3, 5000), 0);
		for (uint32_t i = 1; i <= FRAMES; i++)
			assert_int_equal(publish_square(producer, i, 5000), 0);
		shmflip_producer_destroy(producer);
		for (int i = 0; i < 3; i++)
			assert_exits(viewers[i], 0);
	}
}

static void loans_are_limited_and_checked(void **state)
{
	struct shmflip_producer *producer = create(SHMFLIP_POLICY_LATEST, 4, 0);
	struct shmflip_frame_info info = square_info();
	struct shmflip_loan loans[4], none = { 0 };
	struct shmflip_producer_stats stats;

	(void)state;
	for (int i = 0; i < 3; i++)
		assert_int_equal(shmflip_producer_loan(producer, &loans[i], 0), 0);
	assert_int_equal(shmflip_producer_loan(producer, &loans[3], 1000), -EBUSY);
	assert_int_equal(shmflip_producer_resize(producer, 100), -EBUSY);
	assert_int_equal(shmflip_producer_publish(producer, &none, &info), -EINVAL);
	info.height = 10000;
	assert_int_equal(shmflip_producer_publish(producer, &loans[1], &info), -EMSGSIZE);
	info = square_info();
	info.format = 1;
	assert_int_equal(shmflip_producer_publish(producer, &loans[1], &info), -EINVAL);
	info = square_info();
	assert_int_equal(shmflip_producer_publish(producer, &loans[1], &info), 0);
	assert_int_equal(shmflip_producer_publish(producer, &loans[1], &info), -EINVAL);
	shmflip_producer_discard(producer, &loans[0]);
	shmflip_producer_discard(producer, &loans[0]);
	assert_int_equal(shmflip_producer_publish(producer, &loans[2], &info), 0);
	shmflip_producer_drop(producer);
	shmflip_producer_stats(producer, &stats);
	assert_int_equal(stats.published, 2);
	assert_int_equal(stats.discarded, 1);
	assert_int_equal(stats.dropped, 1);
	assert_int_equal(stats.generations, 1);
	shmflip_producer_destroy(producer);
}

static void bad_options_are_refused(void **state)
{
	static const struct shmflip_producer_options bad[] = {
		{ .channel = "a/b", .slot_bytes = 1 },
		{ .channel = "test", .slot_bytes = 0 },
		{ .channel = "test", .slot_bytes = 1, .slots = 1 },
		{ .channel = "test", .slot_bytes = 1, .slots = 65 },
		{ .channel = "test", .slot_bytes = 1, .policy = 3 },
		{ .channel = "test", .slot_bytes = 1, .mode = 0755 },
	};
	struct shmflip_viewer_options viewer_options = { .view = 3 };
	struct shmflip_producer *producer = NULL;
	struct shmflip_viewer *viewer = NULL;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(shmflip_producer_create(&bad[i], &producer), -EINVAL);
	assert_null(producer);
	assert_int_equal(shmflip_viewer_open(&viewer_options, &viewer), -EINVAL);
	viewer_options = (struct shmflip_viewer_options){ .prefault = 1, .untouched = 1 };
	assert_int_equal(shmflip_viewer_open(&viewer_options, &viewer), -EINVAL);
	viewer_options = (struct shmflip_viewer_options){ .channel = "../x" };
	assert_int_equal(shmflip_viewer_open(&viewer_options, &viewer), -EINVAL);
	assert_null(viewer);
	shmflip_producer_destroy(NULL);
	shmflip_viewer_destroy(NULL);
}

/* ---- Waiting ---- */

static void waits_end_in_time(void **state)
{
	struct shmflip_viewer *viewer = open_viewer(SHMFLIP_VIEW_AUTO);
	struct shmflip_producer *producer;
	struct shmflip_frame frame;
	int64_t start_ns = now_ns();

	(void)state;
	assert_int_equal(shmflip_viewer_wait_producer(viewer, 50), -EAGAIN);
	assert_int_equal(shmflip_viewer_acquire(viewer, &frame, 50), -EAGAIN);
	assert_int_equal(shmflip_viewer_wait(viewer, 50), -EAGAIN);
	producer = create(SHMFLIP_POLICY_LATEST, 2, 0);
	assert_int_equal(shmflip_viewer_wait(viewer, 1000), 0);
	assert_int_equal(shmflip_viewer_acquire(viewer, &frame, 50), -EAGAIN);
	assert_int_equal(shmflip_viewer_wait(viewer, 50), -EAGAIN);
	assert_int_equal(shmflip_producer_wait_viewers(producer, 2, 50), -EAGAIN);
	assert_true(now_ns() - start_ns >= 300 * INT64_C(1000000));
	shmflip_viewer_destroy(viewer);
	shmflip_producer_destroy(producer);
}

static void on_signal(int number)
{
	(void)number;
}

static void signals_end_waits(void **state)
{
	struct sigaction action = { .sa_handler = on_signal };
	/* Again and again: one that comes just before a wait is not seen. */
	struct itimerspec soon = { .it_value.tv_nsec = 30000000, .it_interval.tv_nsec = 7000000 };
	const struct itimerspec never = { 0 };
	struct shmflip_producer *producer = create(SHMFLIP_POLICY_LOSSLESS, 2, 0);
	struct shmflip_viewer *viewer = attach_viewer(SHMFLIP_VIEW_EVERY);
	struct shmflip_frame frame;
	struct shmflip_loan loan;
	timer_t timer;

	(void)state;
	sigaction(SIGALRM, &action, NULL);
	assert_int_equal(timer_create(CLOCK_MONOTONIC, NULL, &timer), 0);
	timer_settime(timer, 0, &soon, NULL);
	assert_int_equal(shmflip_viewer_acquire(viewer, &frame, -1), -EINTR);
	timer_settime(timer, 0, &soon, NULL);
	assert_int_equal(shmflip_viewer_wait(viewer, -1), -EINTR);
	timer_settime(timer, 0, &soon, NULL);
	assert_int_equal(shmflip_producer_wait_viewers(producer, 2, -1), -EINTR);
	timer_settime(timer, 0, &never, NULL);
	publish_square(producer, 1, 0);
	publish_square(producer, 2, 0);
	timer_settime(timer, 0, &soon, NULL);
	assert_int_equal(shmflip_producer_loan(producer, &loan, -1), -EINTR);
	timer_settime(timer, 0, &never, NULL);
	shmflip_producer_destroy(producer);
	assert_int_equal(shmflip_viewer_acquire(viewer, &frame, -1), 0);
	shmflip_viewer_release(viewer, &frame);
	assert_int_equal(shmflip_viewer_acquire(viewer, &frame, -1), 0);
	shmflip_viewer_release(viewer, &frame);
	assert_int_equal(shmflip_viewer_acquire(viewer, &frame, -1), -ENODATA);
	timer_settime(timer, 0, &soon, NULL);
	assert_int_equal(shmflip_viewer_wait_producer(viewer, -1), -EINTR);
	timer_delete(timer);
	shmflip_viewer_destroy(viewer);
}

static int view_and_pause(void *unused)
{
	(void)unused;
	attach_viewer(SHMFLIP_VIEW_EVERY);
	pause();
	return 0;
}

static void viewers_are_counted_by_the_kernel(void **state)
{
	struct shmflip_producer *producer = create(SHMFLIP_POLICY_LOSSLESS, 2, 0);
	struct shmflip_viewer *own[2] = { attach_viewer(SHMFLIP_VIEW_EVERY),
		                          attach_viewer(SHMFLIP_VIEW_NEWEST) };
	pid_t others[20];
	unsigned viewers = 99;

	(void)state;
	for (int i = 0; i < 20; i++)
		others[i] = start(view_and_pause, NULL);
	assert_int_equal(shmflip_producer_wait_viewers(producer, 22, 5000), 0);
	assert_int_equal(shmflip_producer_viewers(producer, &viewers), 0);
	assert_int_equal(viewers, 22);
	for (int i = 0; i < 20; i++)
		kill_and_reap(others[i]);
	assert_int_equal(shmflip_producer_viewers(producer, &viewers), 0);
	assert_int_equal(viewers, 2);
	for (int i = 0; i < 2; i++)
		shmflip_viewer_destroy(own[i]);
	assert_int_equal(shmflip_producer_viewers(producer, &viewers), 0);
	assert_int_equal(viewers, 0);
	shmflip_producer_destroy(producer);
}

/* ---- Ends, deaths, replacements ---- */

static void end_comes_after_the_last_frame(void **state)
{
	struct shmflip_producer *producer = create(SHMFLIP_POLICY_LOSSLESS, 4, 0);
	struct shmflip_viewer *viewer = attach_viewer(SHMFLIP_VIEW_AUTO);
	struct shmflip_frame frame;

	(void)state;
	for (uint32_t i = 1; i <= 4; i++)
		assert_int_equal(publish_square(producer, i, 0), 0);
	shmflip_producer_destroy(producer);
	for (uint32_t i = 1; i <= 4; i++) {
		assert_int_equal(shmflip_viewer_acquire(viewer, &frame, 0), 0);
		assert_int_equal(square_value(&frame), i);
		shmflip_viewer_release(viewer, &frame);
	}
	assert_int_equal(shmflip_viewer_acquire(viewer, &frame, 0), -ENODATA);
	assert_int_equal(shmflip_viewer_acquire(viewer, &frame, 0), -EAGAIN);
	shmflip_viewer_destroy(viewer);
}

static int publish_and_pause(void *frames)
{
	struct shmflip_producer *producer = create(SHMFLIP_POLICY_LATEST, 2, 0);

	shmflip_producer_wait_viewers(producer, 1, 5000);
	for (uint32_t i = 1; i <= *(const uint32_t *)frames; i++)
		publish_square(producer, i, -1);
	for (;;)
		pause();
	return 0;
}

/* Nobody comes after it to sweep. */
static void death_is_noticed_and_frames_stay(void **state)
{
	uint32_t frames = 1;
	pid_t child = start(publish_and_pause, &frames);
	struct shmflip_viewer *viewer = attach_viewer(SHMFLIP_VIEW_AUTO);
	struct shmflip_frame frame, none;
	int64_t killed_ns;

	(void)state;
	assert_int_equal(shmflip_viewer_acquire(viewer, &frame, 5000), 0);
	killed_ns = now_ns();
	kill_and_reap(child);
	assert_int_equal(shmflip_viewer_acquire(viewer, &none, 5000), -EPIPE);
	/* Not by the 100 ms turns of waiting: the kernel wakes us. Generous for a busy machine. */
	assert_true(now_ns() - killed_ns < INT64_C(90000000));
	assert_int_equal(square_value(&frame), 1);
	assert_int_equal(shmflip_viewer_acquire(viewer, &none, 50), -EAGAIN);
	shmflip_viewer_release(viewer, &frame);
	shmflip_viewer_destroy(viewer);
	shmflip_producer_destroy(create(SHMFLIP_POLICY_LATEST, 2, 0));
}

static void viewer_goes_on_with_the_next_producer(void **state)
{
	struct shmflip_viewer *viewer = open_viewer(SHMFLIP_VIEW_AUTO);
	uint32_t frames = 1;
	struct shmflip_viewer_stats stats;
	struct shmflip_frame held[5], frame;
	pid_t child;

	(void)state;
	for (int i = 0; i < 5; i++) {
		child = start(publish_and_pause, &frames);
		assert_int_equal(shmflip_viewer_acquire(viewer, &held[i], 5000), 0);
		assert_int_equal(held[i].info.sequence, 1);
		kill_and_reap(child);
		assert_int_equal(shmflip_viewer_acquire(viewer, &frame, 5000), -EPIPE);
	}
	for (int i = 0; i < 5; i++) {
		assert_int_equal(square_value(&held[i]), 1);
		shmflip_viewer_release(viewer, &held[i]);
	}
	shmflip_viewer_stats(viewer, &stats);
	assert_int_equal(stats.producers, 5);
	assert_counts(viewer, 5, 0);
	shmflip_viewer_destroy(viewer);
	shmflip_producer_destroy(create(SHMFLIP_POLICY_LATEST, 2, 0));
}

static int hold_a_frame(void *unused)
{
	struct shmflip_viewer *viewer = attach_viewer(SHMFLIP_VIEW_EVERY);
	struct shmflip_frame frame;

	(void)unused;
	if (shmflip_viewer_acquire(viewer, &frame, 5000))
		return 1;
	pause();
	return 0;
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
	shmflip_producer_destroy(producer);
}

/* ---- Generations ---- */

static void frozen_viewer_is_left_behind(void **state)
{
	struct shmflip_producer *producer = create(SHMFLIP_POLICY_LATEST, 2, 100);
	struct shmflip_viewer *frozen = attach_viewer(SHMFLIP_VIEW_NEWEST);
	struct shmflip_viewer *lively = attach_viewer(SHMFLIP_VIEW_NEWEST);
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
		if (shmflip_viewer_acquire(lively, &frame, 0) == 0) {
			seen = frame.info.sequence;
			assert_int_equal(square_value(&frame), seen);
			shmflip_viewer_release(lively, &frame);
		}
	}
	assert_int_equal(seen, 50);
	assert_int_equal(square_value(&held), 1);
	shmflip_producer_stats(producer, &stats);
	assert_int_equal(stats.generations, 2);
	assert_int_equal(stats.published, 50);
	/* It wakes: its picture is what it was, and it moves on. */
	shmflip_viewer_release(frozen, &held);
	assert_int_equal(shmflip_viewer_acquire(frozen, &frame, 0), 0);
	assert_int_equal(frame.info.sequence, 2);
	shmflip_viewer_release(frozen, &frame);
	assert_int_equal(shmflip_viewer_acquire(frozen, &frame, 0), 0);
	assert_int_equal(square_value(&frame), 50);
	shmflip_viewer_release(frozen, &frame);
	assert_counts(frozen, 3, 47);
	shmflip_viewer_destroy(frozen);
	shmflip_viewer_destroy(lively);
	shmflip_producer_destroy(producer);
}

/* The viewer is still in the generation before when the producer ends in the next. */
static void end_after_a_move_is_no_death(void **state)
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

/* Viewers may be two generations behind. */
static void changes_of_size_in_a_row_lose_no_frame(void **state)
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

/* One viewer is frozen; another, which wants every frame too, gets every frame. */
static void frozen_viewer_costs_others_no_frame(void **state)
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

/* The end of one producer is told before the frames of the next. */
static void end_is_told_before_the_next_producer(void **state)
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

static int view_until_the_end(void *unused)
{
	struct shmflip_viewer *viewer = open_viewer(SHMFLIP_VIEW_AUTO);
	struct shmflip_frame frame;
	int error = shmflip_viewer_acquire(viewer, &frame, 5000);

	(void)unused;
	shmflip_viewer_destroy(viewer);
	return error == -ENODATA ? 0 : -error;
}

/* The viewer looks for the next generation while its producer moves on again, or ends. */
static void end_is_never_taken_for_a_death(void **state)
{
	struct shmflip_producer *producer;
	pid_t viewer;

	(void)state;
	for (int round = 0; round < 400; round++) {
		producer = create(SHMFLIP_POLICY_LOSSLESS, 2, 0);
		viewer = start(view_until_the_end, NULL);
		assert_int_equal(shmflip_producer_wait_viewers(producer, 1, 5000), 0);
		usleep(round % 100);
		for (int move = 0; move < 1 + round % 2; move++)
			assert_int_equal(shmflip_producer_resize(producer, 8192), 0);
		shmflip_producer_destroy(producer);
		assert_exits(viewer, 0);
	}
}

static void lossless_has_no_lease_unless_asked(void **state)
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

static void every_frame_survives_changes_of_size(void **state)
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

static struct channel_record read_channel_file(void)
{
	struct channel_record record;
	int fd = open(in_folder("test"), O_RDONLY);

	assert_true(fd >= 0);
	assert_int_equal(read(fd, &record, sizeof(record)), sizeof(record));
	close(fd);
	return record;
}

static void write_channel_file(const void *bytes, size_t size)
{
	int fd = open(in_folder("test"), O_WRONLY | O_TRUNC);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, size), size);
	close(fd);
}

/* What a log-out does to a user's semaphores where RemoveIPC is set. */
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

/* To go on in fresh memory, the producer wants its loans back, and says so. */
static void loans_come_back_before_a_move(void **state)
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

/* ---- Rights, and peers that lie ---- */

static int write_to_a_frame(const struct shmflip_frame *frame)
{
	*(volatile uint8_t *)(uintptr_t)frame->pixels = 1;
	return 0;
}

static int read_from_a_frame(const struct shmflip_frame *frame)
{
	return *(const volatile uint8_t *)frame->pixels == 1 ? 0 : 1;
}

static int open_and_touch(bool untouched, int (*touch)(const struct shmflip_frame *))
{
	struct shmflip_viewer_options options = { .channel = "test", .untouched = untouched };
	struct shmflip_viewer *viewer;
	struct shmflip_frame frame;

	signal(SIGSEGV, SIG_DFL);
	if (shmflip_viewer_open(&options, &viewer) || shmflip_viewer_acquire(viewer, &frame, 5000))
		return 1;
	return touch(&frame);
}

static void assert_touching_kills(bool untouched, int (*touch)(const struct shmflip_frame *))
{
	struct shmflip_producer *producer = create(SHMFLIP_POLICY_LATEST, 2, 0);
	pid_t child = fork();
	int status;

	if (child == 0) {
		close(STDERR_FILENO);
		_exit(open_and_touch(untouched, touch));
	}
	assert_int_equal(publish_square(producer, 1, 0), 0);
	assert_int_equal(waitpid(child, &status, 0), child);
	/* Killed, or ended by a sanitizer's handler; not by touching. */
	assert_true(WIFSIGNALED(status) || (WIFEXITED(status) && WEXITSTATUS(status) > 1));
	shmflip_producer_destroy(producer);
}

static void viewer_cannot_write_pixels(void **state)
{
	(void)state;
	assert_touching_kills(false, write_to_a_frame);
}

static void viewer_of_the_untouched_cannot_read_pixels(void **state)
{
	(void)state;
	assert_touching_kills(true, read_from_a_frame);
}

/* What stands in front of the pixels is there to be compared. */
static void untouched_frames_have_a_cookie(void **state)
{
	struct shmflip_viewer_options options = { .channel = "test", .untouched = 1 };
	struct shmflip_producer *producer = create(SHMFLIP_POLICY_LATEST, 2, 0);
	uint8_t cookies[3][SHMFLIP_SEGMENT_COOKIE_SIZE];
	struct shmflip_viewer *viewer;
	struct shmflip_frame frame;

	(void)state;
	assert_int_equal(shmflip_viewer_open(&options, &viewer), 0);
	for (uint32_t i = 0; i < 3; i++) {
		if (i == 2)
			assert_int_equal(shmflip_producer_resize(producer, 2 * SIDE * SIDE * 4), 0);
		assert_int_equal(publish_square(producer, i, 1000), 0);
		assert_int_equal(shmflip_viewer_acquire(viewer, &frame, 1000), 0);
		memcpy(cookies[i], frame.pixels - frame.segment_offset, sizeof(cookies[i]));
		shmflip_viewer_release(viewer, &frame);
	}
	assert_memory_equal(cookies[0], cookies[1], sizeof(cookies[0]));
	assert_memory_not_equal(cookies[1], cookies[2], sizeof(cookies[0]));
	shmflip_viewer_destroy(viewer);
	shmflip_producer_destroy(producer);
}

static void modes_are_exact(void **state)
{
	struct shmflip_producer_options options = { .channel = "test",
		                                    .slot_bytes = 4096,
		                                    .mode = 0664 };
	struct shmflip_producer *producer = NULL;
	struct stat status;
	struct semid_ds ds;

	(void)state;
	umask(0077);
	chmod(folder, 0755);
	assert_int_equal(shmflip_producer_create(&options, &producer), 0);
	assert_int_equal(stat(in_folder("test"), &status), 0);
	assert_int_equal(status.st_mode & 07777, 0644);
	assert_int_equal(stat(in_folder("test.lock"), &status), 0);
	assert_int_equal(status.st_mode & 07777, 0600);
	assert_int_equal(semctl(read_channel_file().ring_id, 0, IPC_STAT, &ds), 0);
	assert_int_equal(ds.sem_perm.mode & 0777, 0644);
	shmflip_producer_destroy(producer);
}

static void assert_attach_fails(int expected, const char *word)
{
	struct shmflip_viewer *viewer = open_viewer(SHMFLIP_VIEW_AUTO);
	struct shmflip_frame frame;

	assert_int_equal(shmflip_viewer_acquire(viewer, &frame, 30), expected);
	if (word)
		assert_non_null(strstr(shmflip_error_detail(), word));
	shmflip_viewer_destroy(viewer);
}

static void damaged_channel_files_are_named(void **state)
{
	struct shmflip_producer *producer = create(SHMFLIP_POLICY_LATEST, 2, 0);
	const struct channel_record good = read_channel_file();
	struct channel_record bad = good;
	char text[200];

	(void)state;
	memset(text, 'x', sizeof(text));
	write_channel_file(text, sizeof(text));
	assert_attach_fails(-EPROTO, "not written by shmflip");
	write_channel_file("", 0);
	assert_attach_fails(-EPROTO, "not written by shmflip");
	bad.mark.version = 9;
	write_channel_file(&bad, sizeof(bad));
	assert_attach_fails(-EPROTONOSUPPORT, "version 9");
	bad = good;
	bad.segment_id = -5;
	write_channel_file(&bad, sizeof(bad));
	assert_attach_fails(-EPROTO, "damaged");
	bad = good;
	bad.ring_id = -5;
	write_channel_file(&bad, sizeof(bad));
	assert_attach_fails(-EPROTO, "damaged");
	write_channel_file(&good, sizeof(good) - 1);
	assert_attach_fails(-EPROTO, "damaged");
	bad = good;
	bad.producer = bad.generation + 1;
	write_channel_file(&bad, sizeof(bad));
	assert_attach_fails(-EPROTO, "damaged");
	bad = good;
	bad.generation++;
	write_channel_file(&bad, sizeof(bad));
	assert_attach_fails(-EPROTO, "another generation");
	write_channel_file(&good, sizeof(good));
	assert_attach_fails(-EAGAIN, NULL);
	chmod(in_folder("test"), 0666);
	assert_attach_fails(-EPERM, "others may write");
	shmflip_producer_destroy(producer);
}

/* Garbage all over the header and the slots' descriptions, while a viewer is at work: any answer will
 * do but a crash, a hang, or a frame that reaches beyond its slot. */
static void lies_in_memory_do_no_harm(void **state)
{
	struct shmflip_producer *producer = create(SHMFLIP_POLICY_LATEST, 2, 0);
	struct shmflip_viewer *viewer;
	struct shmflip_frame frame;
	struct shmflip_loan loan;
	uint8_t *header, saved[4096];
	uint32_t sum = 0;
	unsigned seed = 1;

	(void)state;
	assert_int_equal(publish_square(producer, 0x01010101, 0), 0);
	assert_int_equal(shmflip_producer_loan(producer, &loan, 0), 0);
	header = loan.pixels - 4096 - loan.slot * loan.size_bytes;
	memcpy(saved, header, sizeof(saved));
	for (int round = 0; round < 3000; round++) {
		for (int i = rand_r(&seed) % 8; i >= 0; i--)
			header[rand_r(&seed) % 1024] = (uint8_t)rand_r(&seed);
		viewer = open_viewer(1 + round % 2);
		if (shmflip_viewer_acquire(viewer, &frame, 0) == 0) {
			assert_true((uint64_t)frame.info.stride_bytes * frame.info.height <=
			            SIDE * SIDE * 4);
			for (uint32_t y = 0; y < frame.info.height; y++)
				sum += frame.pixels[y * (size_t)frame.info.stride_bytes +
				                    frame.info.width * 4 - 1];
			shmflip_viewer_release(viewer, &frame);
		}
		shmflip_viewer_destroy(viewer);
		memcpy(header, saved, sizeof(saved));
	}
	/* The pixels were really read. */
	print_message("sum of what was read: %u\n", sum);
	shmflip_producer_discard(producer, &loan);
	shmflip_producer_destroy(producer);
}

/* A description that is a lie costs that frame, and no other. */
static void bad_description_counts_as_missed(void **state)
{
	struct shmflip_producer *producer = create(SHMFLIP_POLICY_LATEST, 2, 0);
	struct shmflip_viewer *viewer = attach_viewer(SHMFLIP_VIEW_AUTO);
	struct layout_header *header;
	struct shmflip_frame frame;
	struct shmflip_loan loan;

	(void)state;
	assert_int_equal(shmflip_producer_loan(producer, &loan, 0), 0);
	header = (struct layout_header *)(loan.pixels - 4096 - loan.slot * loan.size_bytes);
	shmflip_producer_discard(producer, &loan);
	assert_int_equal(publish_square(producer, 1, 0), 0);
	header->slot[layout_latest_slot(header->latest)].height = 1 << 30;
	assert_int_equal(shmflip_viewer_acquire(viewer, &frame, 0), -EPROTO);
	assert_int_equal(shmflip_viewer_acquire(viewer, &frame, 0), -EAGAIN);
	assert_int_equal(publish_square(producer, 2, 0), 0);
	assert_int_equal(shmflip_viewer_acquire(viewer, &frame, 1000), 0);
	assert_int_equal(square_value(&frame), 2);
	shmflip_viewer_release(viewer, &frame);
	assert_counts(viewer, 1, 1);
	shmflip_viewer_destroy(viewer);
	shmflip_producer_destroy(producer);
}

#define FOLDER(test) cmocka_unit_test_setup_teardown(test, make_folder, remove_folder)

int main(void)
{
	const struct CMUnitTest tests[] = {
		FOLDER(frame_comes_with_what_belongs_to_it),
		FOLDER(newest_frame_wins_and_the_rest_is_counted),
		FOLDER(drops_are_counted_on_both_sides),
		FOLDER(late_viewer_sees_the_newest_frame),
		FOLDER(every_frame_arrives),
		FOLDER(loans_are_limited_and_checked),
		FOLDER(bad_options_are_refused),
		FOLDER(waits_end_in_time),
		FOLDER(signals_end_waits),
		FOLDER(viewers_are_counted_by_the_kernel),
		FOLDER(end_comes_after_the_last_frame),
		FOLDER(death_is_noticed_and_frames_stay),
		FOLDER(viewer_goes_on_with_the_next_producer),
		FOLDER(dead_viewer_holds_nothing),
		FOLDER(frozen_viewer_is_left_behind),
		FOLDER(end_after_a_move_is_no_death),
		FOLDER(changes_of_size_in_a_row_lose_no_frame),
		FOLDER(frozen_viewer_costs_others_no_frame),
		FOLDER(end_is_told_before_the_next_producer),
		FOLDER(end_is_never_taken_for_a_death),
		FOLDER(lossless_has_no_lease_unless_asked),
		FOLDER(every_frame_survives_changes_of_size),
		FOLDER(failed_resize_changes_nothing),
		FOLDER(removed_semaphores_are_replaced),
		FOLDER(viewer_cannot_write_pixels),
		FOLDER(viewer_of_the_untouched_cannot_read_pixels),
		FOLDER(untouched_frames_have_a_cookie),
		FOLDER(modes_are_exact),
		FOLDER(damaged_channel_files_are_named),
		FOLDER(loans_come_back_before_a_move),
		FOLDER(bad_description_counts_as_missed),
		FOLDER(lies_in_memory_do_no_harm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
