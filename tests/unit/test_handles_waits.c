/* SPDX-License-Identifier: MIT
 *
 * The public handles between real processes: waits, and the count of viewers. */
#include "handles.h"

#include <sys/resource.h>

static void waits_end_in_time(void **state)
{
	struct shmflip_viewer *viewer = open_viewer(SHMFLIP_VIEW_AUTO);
	struct shmflip_producer *producer;
	const struct shmflip_frame *frame;
	int64_t start_ns = monotonic_now_ns();

	(void)state;
	assert_int_equal(shmflip_viewer_attach(viewer, 50), -EAGAIN);
	assert_int_equal(shmflip_viewer_acquire(viewer, &frame, 50), -EAGAIN);
	assert_int_equal(shmflip_viewer_wait(viewer, 50), -EAGAIN);
	producer = create(SHMFLIP_POLICY_LATEST, 2, 0);
	assert_int_equal(shmflip_viewer_wait(viewer, 1000), 0);
	assert_int_equal(shmflip_viewer_acquire(viewer, &frame, 50), -EAGAIN);
	assert_int_equal(shmflip_viewer_wait(viewer, 50), -EAGAIN);
	assert_int_equal(shmflip_producer_wait_viewers(producer, 2, 50), -EAGAIN);
	assert_true(monotonic_now_ns() - start_ns >= 300 * INT64_C(1000000));
	shmflip_viewer_close(viewer);
	shmflip_producer_close(producer);
}

static void on_signal(int number)
{
	(void)number;
}

static void signals_end_waits(void **state)
{
	struct sigaction action = { .sa_handler = on_signal };
	/* Repeat it: a signal that comes just before a wait does not end the wait. */
	struct itimerspec soon = { .it_value.tv_nsec = 30000000, .it_interval.tv_nsec = 7000000 };
	const struct itimerspec never = { 0 };
	struct shmflip_producer *producer = create(SHMFLIP_POLICY_LOSSLESS, 2, 0);
	struct shmflip_viewer *viewer = attach_viewer(SHMFLIP_VIEW_EVERY);
	const struct shmflip_frame *frame;
	struct shmflip_frame *loan;
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
	shmflip_producer_close(producer);
	assert_int_equal(shmflip_viewer_acquire(viewer, &frame, -1), 0);
	shmflip_frame_release(frame);
	assert_int_equal(shmflip_viewer_acquire(viewer, &frame, -1), 0);
	shmflip_frame_release(frame);
	assert_int_equal(shmflip_viewer_acquire(viewer, &frame, -1), -ENODATA);
	timer_settime(timer, 0, &soon, NULL);
	assert_int_equal(shmflip_viewer_attach(viewer, -1), -EINTR);
	timer_delete(timer);
	shmflip_viewer_close(viewer);
}

static int view_slowly(void *unused)
{
	struct shmflip_viewer *viewer = attach_viewer(SHMFLIP_VIEW_EVERY);
	const struct shmflip_frame *frame;

	(void)unused;
	while (shmflip_viewer_acquire(viewer, &frame, -1) == 0) {
		sleep_ms(20);
		shmflip_frame_release(frame);
	}
	shmflip_viewer_close(viewer);
	return 0;
}

static long sleeps_so_far(void)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	return usage.ru_nvcsw;
}

/* With a check after each eighth of the time, each of these frames takes some 25 sleeps. */
static void similar_waits_take_few_sleeps(void **state)
{
	struct shmflip_producer *producer = create(SHMFLIP_POLICY_LOSSLESS, 2, 0);
	pid_t child = start(view_slowly, NULL);
	long before = 0;

	(void)state;
	assert_int_equal(shmflip_producer_wait_viewers(producer, 1, 5000), 0);
	for (uint32_t i = 0; i < 35; i++) {
		if (i == 5)
			before = sleeps_so_far();
		assert_int_equal(publish_square(producer, i, 5000), 0);
	}
	assert_in_range(sleeps_so_far() - before, 30, 30 * 15);
	shmflip_producer_close(producer);
	assert_exits(child, 0);
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
	uint32_t viewers = 99;

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
		shmflip_viewer_close(own[i]);
	assert_int_equal(shmflip_producer_viewers(producer, &viewers), 0);
	assert_int_equal(viewers, 0);
	shmflip_producer_close(producer);
}

static void timeouts_name_the_channel(void **state)
{
	struct shmflip_viewer_options options;
	const struct shmflip_frame *frame;
	struct shmflip_viewer *viewer;

	(void)state;
	shmflip_init(&options);
	options.channel = "camera";
	assert_int_equal(shmflip_viewer_open(&options, &viewer), 0);
	for (int i = 0; i < 3; i++) {
		int error = i == 0   ? shmflip_viewer_attach(viewer, 1)
		            : i == 1 ? shmflip_viewer_wait(viewer, 1)
		                     : shmflip_viewer_acquire(viewer, &frame, 1);

		assert_int_equal(error, -EAGAIN);
		assert_non_null(
			strstr(shmflip_error_detail(), "no producer on channel camera in /"));
		/* One that does not wait has no time to write lines. */
		assert_int_equal(shmflip_viewer_acquire(viewer, &frame, 0), -EAGAIN);
		assert_null(strstr(shmflip_error_detail(), "camera"));
	}
	shmflip_viewer_close(viewer);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_DIRECTORY(waits_end_in_time),
		WITH_DIRECTORY(signals_end_waits),
		WITH_DIRECTORY(timeouts_name_the_channel),
		WITH_DIRECTORY(similar_waits_take_few_sleeps),
		WITH_DIRECTORY(viewers_are_counted_by_the_kernel),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
