/* SPDX-License-Identifier: MIT
 *
 * What a program that polls a viewer's descriptor gets. */
#include "polled.h"

#include <sys/epoll.h>

static const uint32_t views[] = { SHMFLIP_VIEW_NEWEST, SHMFLIP_VIEW_EVERY };

/* ---- One descriptor over everything ---- */

static void follow_a_producer(struct shmflip_viewer *viewer)
{
	struct shmflip_producer *producer = create(SHMFLIP_POLICY_LATEST, 4, 0);

	assert_true(is_readable(viewer));
	assert_quiet(viewer);
	assert_non_null(shmflip_viewer_channel(viewer));
	for (uint32_t value = 1; value <= 9; value += 3) {
		publish(producer, value);
		assert_gets(viewer, value);
		assert_quiet(viewer);
		assert_int_equal(shmflip_producer_end(producer, value == 4), 0);
		assert_tells(viewer, value == 4 ? -EPIPE : -ENODATA);
		assert_quiet(viewer);
		publish(producer, value + 1);
		assert_gets(viewer, value + 1);
		assert_int_equal(move_on(producer, (4 + value % 2) * SQUARE_BYTES), 0);
		assert_true(is_readable(viewer));
		assert_quiet(viewer);
		publish(producer, value + 2);
		assert_gets(viewer, value + 2);
	}
	shmflip_producer_close(producer);
	assert_tells(viewer, -ENODATA);
	assert_quiet(viewer);
}

static void descriptor_stays_the_same(void **state)
{
	(void)state;
	for (int i = 0; i < 2; i++) {
		struct shmflip_viewer *viewer = open_viewer(views[i]);
		int fd = fd_of(viewer);

		assert_true(is_readable(viewer));
		assert_quiet(viewer);
		for (int producers = 0; producers < 3; producers++) {
			follow_a_producer(viewer);
			assert_int_equal(fd_of(viewer), fd);
		}
		assert_counts(viewer, 3 * 9, 0);
		shmflip_viewer_close(viewer);
	}
}

/* What has happened before there is a descriptor is found by it. */
static void descriptor_of_an_attached_viewer(void **state)
{
	(void)state;
	for (int i = 0; i < 2; i++) {
		struct shmflip_producer *producer = create(SHMFLIP_POLICY_LATEST, 4, 0);
		struct shmflip_viewer *viewer = attach_viewer(views[i]);

		publish(producer, 1);
		assert_gets(viewer, 1);
		assert_quiet(viewer);
		publish(producer, 2);
		assert_gets(viewer, 2);
		shmflip_producer_close(producer);
		assert_tells(viewer, -ENODATA);
		assert_quiet(viewer);
		shmflip_viewer_close(viewer);
	}
}

static void end_before_the_descriptor_is_told(void **state)
{
	struct shmflip_producer *producer = create(SHMFLIP_POLICY_LATEST, 4, 0);
	struct shmflip_viewer *viewer = attach_viewer(SHMFLIP_VIEW_AUTO);

	(void)state;
	shmflip_producer_close(producer);
	assert_tells(viewer, -ENODATA);
	assert_quiet(viewer);
	shmflip_viewer_close(viewer);
}

/* ---- Calls that wait ---- */

static void calls_that_wait_lose_nothing(void **state)
{
	struct shmflip_viewer *viewer = open_viewer(SHMFLIP_VIEW_EVERY);
	struct shmflip_producer *producer;

	(void)state;
	assert_quiet(viewer);
	producer = create(SHMFLIP_POLICY_LATEST, 4, 0);
	assert_int_equal(shmflip_viewer_wait(viewer, 0), 0);
	assert_true(is_readable(viewer));
	assert_int_equal(shmflip_viewer_attach(viewer, 1000), 0);
	publish(producer, 1);
	assert_gets(viewer, 1);
	assert_quiet(viewer);
	publish(producer, 2);
	assert_int_equal(shmflip_viewer_wait(viewer, 1000), 0);
	assert_gets(viewer, 2);
	publish(producer, 3);
	publish(producer, 4);
	assert_takes(viewer, 3, 1000);
	assert_gets(viewer, 4);
	assert_quiet(viewer);
	assert_int_equal(shmflip_viewer_acquire(viewer, &(const struct shmflip_frame *){ NULL }, 5),
	                 -EAGAIN);
	publish(producer, 5);
	shmflip_producer_close(producer);
	assert_takes(viewer, 5, 1000);
	assert_tells(viewer, -ENODATA);
	assert_quiet(viewer);
	shmflip_viewer_close(viewer);
}

/* ---- One frame each time ---- */

static void every_frame_one_at_a_time(void **state)
{
	struct shmflip_producer *producer = create(SHMFLIP_POLICY_LATEST, 5, 0);
	struct shmflip_viewer *viewer = open_viewer(SHMFLIP_VIEW_EVERY);

	(void)state;
	assert_quiet(viewer);
	for (uint32_t value = 1; value <= 3; value++)
		publish(producer, value);
	assert_gets(viewer, 1);
	assert_gets(viewer, 2);
	assert_gets(viewer, 3);
	assert_quiet(viewer);
	for (uint32_t value = 4; value <= 5; value++)
		publish(producer, value);
	assert_int_equal(move_on(producer, 2 * SQUARE_BYTES), 0);
	publish(producer, 6);
	publish(producer, 7);
	for (uint32_t value = 4; value <= 7; value++)
		assert_gets(viewer, value);
	publish(producer, 8);
	publish(producer, 9);
	shmflip_producer_close(producer);
	assert_gets(viewer, 8);
	assert_gets(viewer, 9);
	assert_tells(viewer, -ENODATA);
	assert_quiet(viewer);
	shmflip_viewer_close(viewer);
}

static void newest_frame_is_enough(void **state)
{
	struct shmflip_producer *producer = create(SHMFLIP_POLICY_LATEST, 5, 0);
	struct shmflip_viewer *viewer = open_viewer(SHMFLIP_VIEW_NEWEST);

	(void)state;
	assert_quiet(viewer);
	for (uint32_t value = 1; value <= 3; value++)
		publish(producer, value);
	assert_gets(viewer, 3);
	assert_quiet(viewer);
	publish(producer, 4);
	assert_int_equal(move_on(producer, 2 * SQUARE_BYTES), 0);
	assert_gets(viewer, 4);
	publish(producer, 5);
	assert_gets(viewer, 5);
	assert_quiet(viewer);
	publish(producer, 6);
	assert_int_equal(shmflip_producer_end(producer, 0), 0);
	assert_gets(viewer, 6);
	assert_tells(viewer, -ENODATA);
	assert_quiet(viewer);
	publish(producer, 7);
	assert_gets(viewer, 7);
	publish(producer, 8);
	shmflip_producer_close(producer);
	assert_gets(viewer, 8);
	assert_tells(viewer, -ENODATA);
	assert_quiet(viewer);
	shmflip_viewer_close(viewer);
}

/* A frame costs no system call for the events, which therefore stay until there is none. */
static void descriptor_stays_readable_after_a_frame(void **state)
{
	(void)state;
	for (int i = 0; i < 2; i++) {
		struct shmflip_producer *producer = create(SHMFLIP_POLICY_LATEST, 4, 0);
		struct shmflip_viewer *viewer = open_viewer(views[i]);

		assert_quiet(viewer);
		for (uint32_t value = 1; value <= 9; value++) {
			publish(producer, value);
			assert_gets(viewer, value);
			assert_true(is_readable(viewer));
			if (value % 3 == 0)
				assert_quiet(viewer);
		}
		shmflip_viewer_close(viewer);
		shmflip_producer_close(producer);
	}
}

/* A loop that is told of edges acquires until -EAGAIN. */
static void edges_tell_everything(void **state)
{
	struct epoll_event edge = { .events = EPOLLIN | EPOLLET };
	struct shmflip_viewer *viewer = open_viewer(SHMFLIP_VIEW_EVERY);
	int epoll = epoll_create1(EPOLL_CLOEXEC), error;
	struct shmflip_producer *producer = NULL;

	(void)state;
	assert_int_equal(epoll_ctl(epoll, EPOLL_CTL_ADD, fd_of(viewer), &edge), 0);
	for (uint32_t i = 0, seen = 0, published = 0; i < 300; i++) {
		if (i % 10 == 0)
			producer = create(SHMFLIP_POLICY_LATEST, 4, 0);
		for (uint32_t frames = 0; i % 10 && frames < i % 3; frames++)
			publish(producer, ++published);
		if (i % 10 == 5)
			assert_int_equal(move_on(producer, 2 * SQUARE_BYTES), 0);
		if (i % 10 == 9)
			shmflip_producer_close(producer);
		if (i % 3 || i % 10 == 0 || i % 10 == 5 || i % 10 == 9)
			assert_int_equal(epoll_wait(epoll, &edge, 1, 0), 1);
		while ((error = acquire_now(viewer)) == 0)
			seen++;
		assert_int_equal(error, i % 10 == 9 ? -ENODATA : -EAGAIN);
		assert_int_equal(seen, published);
		while (error != -EAGAIN)
			error = acquire_now(viewer);
	}
	close(epoll);
	shmflip_viewer_close(viewer);
}

/* ---- Nothing is owed ---- */

/* The timer of one second expires in one window at most. A timer that looks for what is lost would
 * in each. */
static void assert_sleeps(struct shmflip_viewer *viewer)
{
	struct pollfd polled = { .fd = fd_of(viewer), .events = POLLIN };

	for (int windows = 0; windows < 10; windows++) {
		assert_quiet(viewer);
		if (poll(&polled, 1, 200) == 0)
			return;
	}
	fail_msg("the descriptor is readable for nothing, again and again");
}

static void idle_viewer_sleeps(void **state)
{
	struct shmflip_viewer *viewer = open_viewer(SHMFLIP_VIEW_EVERY);
	struct shmflip_producer *producer;

	(void)state;
	assert_sleeps(viewer);
	producer = create(SHMFLIP_POLICY_LATEST, 4, 0);
	assert_sleeps(viewer);
	publish(producer, 1);
	assert_gets(viewer, 1);
	assert_sleeps(viewer);
	assert_int_equal(move_on(producer, 2 * SQUARE_BYTES), 0);
	assert_sleeps(viewer);
	assert_int_equal(shmflip_producer_end(producer, 0), 0);
	assert_tells(viewer, -ENODATA);
	assert_sleeps(viewer);
	shmflip_producer_close(producer);
	assert_sleeps(viewer);
	shmflip_viewer_close(viewer);
}

/* Other processes read the channel's file, too. */
static void readers_of_the_channel_are_no_news(void **state)
{
	struct shmflip_producer *producer = create(SHMFLIP_POLICY_LATEST, 4, 0);
	struct shmflip_viewer *viewer = open_viewer(SHMFLIP_VIEW_EVERY);
	const struct shmflip_status *status;

	(void)state;
	assert_quiet(viewer);
	shmflip_viewer_close(attach_viewer(SHMFLIP_VIEW_EVERY));
	assert_quiet(viewer);
	assert_int_equal(shmflip_channel_status(NULL, "test", &status), 0);
	shmflip_status_free(status);
	assert_quiet(viewer);
	publish(producer, 1);
	assert_gets(viewer, 1);
	shmflip_viewer_close(viewer);
	shmflip_producer_close(producer);
}

/* Two viewers take nothing away from each other. */
static void each_viewer_has_its_own(void **state)
{
	struct shmflip_producer *producer = create(SHMFLIP_POLICY_LATEST, 4, 0);
	struct shmflip_viewer *viewer[2] = { open_viewer(views[0]), open_viewer(views[1]) };

	(void)state;
	for (int i = 0; i < 2; i++)
		assert_quiet(viewer[i]);
	assert_true(fd_of(viewer[0]) != fd_of(viewer[1]));
	publish(producer, 1);
	for (int i = 0; i < 2; i++) {
		assert_gets(viewer[i], 1);
		assert_quiet(viewer[i]);
	}
	shmflip_producer_close(producer);
	for (int i = 0; i < 2; i++) {
		assert_tells(viewer[i], -ENODATA);
		assert_quiet(viewer[i]);
		shmflip_viewer_close(viewer[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_DIRECTORY(descriptor_stays_the_same),
		WITH_DIRECTORY(descriptor_of_an_attached_viewer),
		WITH_DIRECTORY(end_before_the_descriptor_is_told),
		WITH_DIRECTORY(calls_that_wait_lose_nothing),
		WITH_DIRECTORY(every_frame_one_at_a_time),
		WITH_DIRECTORY(newest_frame_is_enough),
		WITH_DIRECTORY(descriptor_stays_readable_after_a_frame),
		WITH_DIRECTORY(edges_tell_everything),
		WITH_DIRECTORY(idle_viewer_sleeps),
		WITH_DIRECTORY(readers_of_the_channel_are_no_news),
		WITH_DIRECTORY(each_viewer_has_its_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
