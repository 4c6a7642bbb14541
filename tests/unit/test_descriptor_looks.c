/* SPDX-License-Identifier: MIT
 *
 * A viewer that polls looks for a frame. If there is none, it reads the descriptor's events and
 * looks again. What comes between the first look and the events is told by no event afterwards. */
#include "polled.h"

#include <sys/inotify.h>
#include <sys/syscall.h>

/* Runs once, just before the events are read. */
static void (*before_events)(void);

/* Replaces the C library's, whose parameters have reserved names. */
/* NOLINTNEXTLINE(readability-inconsistent-declaration-parameter-name) */
ssize_t read(int fd, void *buffer, size_t size)
{
	void (*function)(void) = before_events;

	if (function && size >= sizeof(struct inotify_event)) {
		before_events = NULL;
		function();
	}
	return syscall(SYS_read, fd, buffer, size);
}

static struct shmflip_producer *producer;
static struct shmflip_viewer *viewer;

/* The viewer has taken frame 1 without reading its event. So it acquires again. */
static void open_both(bool every)
{
	producer = create(SHMFLIP_POLICY_LATEST, 4, 0);
	viewer = open_viewer(every ? SHMFLIP_VIEW_EVERY : SHMFLIP_VIEW_NEWEST);
	assert_quiet(viewer);
	publish(producer, 1);
	assert_gets(viewer, 1);
}

static void close_both(void)
{
	assert_null(before_events);
	assert_quiet(viewer);
	shmflip_viewer_close(viewer);
	shmflip_producer_close(producer);
}

/* ---- Frames ---- */

static void publish_two(void)
{
	publish(producer, 2);
	publish(producer, 3);
}

static void frames_are_found_by_the_second_look(void **state)
{
	(void)state;
	for (int every = 0; every < 2; every++) {
		open_both(every);
		before_events = publish_two;
		if (every)
			assert_gets(viewer, 2);
		assert_gets(viewer, 3);
		close_both();
	}
}

/* The events are not read together with the first frame. */
static void frame_after_another_is_found(void **state)
{
	(void)state;
	open_both(false);
	assert_quiet(viewer);
	publish(producer, 1);
	before_events = publish_two;
	assert_gets(viewer, 1);
	assert_gets(viewer, 3);
	close_both();
}

/* ---- Ends ---- */

static void publish_and_end(void)
{
	publish(producer, 2);
	assert_int_equal(shmflip_producer_end(producer, 0), 0);
}

static void end_behind_a_frame_is_told(void **state)
{
	(void)state;
	for (int every = 0; every < 2; every++) {
		open_both(every);
		before_events = publish_and_end;
		assert_gets(viewer, 2);
		assert_tells(viewer, -ENODATA);
		close_both();
	}
}

static void publish_and_move(void)
{
	publish(producer, 2);
	assert_int_equal(move_on(producer, 2 * SQUARE_BYTES), 0);
	publish(producer, 3);
}

static void next_generation_behind_a_frame_is_told(void **state)
{
	(void)state;
	for (int every = 0; every < 2; every++) {
		open_both(every);
		before_events = publish_and_move;
		assert_gets(viewer, 2);
		assert_gets(viewer, 3);
		close_both();
	}
}

/* ---- A death ---- */

static pid_t child;
static int orders[2], done[2];

static int publish_on_order(void *unused)
{
	uint32_t value = 0;
	char byte;

	(void)unused;
	producer = create(SHMFLIP_POLICY_LATEST, 4, 0);
	while (read(orders[0], &byte, 1) == 1)
		if (publish_square(producer, ++value, 0) || write(done[1], &byte, 1) != 1)
			break;
	return 1;
}

static void order_a_frame(void)
{
	char byte = 0;

	assert_int_equal(write(orders[1], &byte, 1), 1);
	assert_int_equal(read(done[0], &byte, 1), 1);
}

static void order_a_frame_and_kill(void)
{
	order_a_frame();
	kill_and_reap(child);
}

static void death_behind_a_frame_is_told(void **state)
{
	(void)state;
	assert_return_code(pipe(orders), errno);
	assert_return_code(pipe(done), errno);
	for (int every = 0; every < 2; every++) {
		child = start(publish_on_order, NULL);
		order_a_frame();
		viewer = open_viewer(every ? SHMFLIP_VIEW_EVERY : SHMFLIP_VIEW_NEWEST);
		assert_gets(viewer, 1);
		assert_quiet(viewer);
		order_a_frame();
		assert_gets(viewer, 2);
		before_events = order_a_frame_and_kill;
		assert_gets(viewer, 3);
		assert_tells(viewer, -EPIPE);
		producer = create(SHMFLIP_POLICY_LATEST, 4, 0);
		close_both();
	}
	for (int i = 0; i < 2; i++) {
		close(orders[i]);
		close(done[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_DIRECTORY(frames_are_found_by_the_second_look),
		WITH_DIRECTORY(frame_after_another_is_found),
		WITH_DIRECTORY(end_behind_a_frame_is_told),
		WITH_DIRECTORY(next_generation_behind_a_frame_is_told),
		WITH_DIRECTORY(death_behind_a_frame_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
