/* SPDX-License-Identifier: MIT
 *
 * Interruptions of a viewer whose descriptor is polled, and interruptions in a child of fork. */
#include "polled.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <sys/eventfd.h>

static struct shmflip_producer *producer;
static struct shmflip_viewer *viewer;

static void open_viewer_alone(void)
{
	viewer = open_viewer(SHMFLIP_VIEW_NEWEST);
}

static void open_both(void)
{
	producer = create(SHMFLIP_POLICY_LATEST, 3, -1);
	viewer = attach_viewer(SHMFLIP_VIEW_EVERY);
}

static void close_both(void)
{
	shmflip_viewer_close(viewer);
	shmflip_producer_close(producer);
	viewer = NULL;
	producer = NULL;
}

static int acquire_for(int timeout_ms)
{
	const struct shmflip_frame *frame;

	return shmflip_viewer_acquire(viewer, &frame, timeout_ms);
}

/* ---- The descriptor ---- */

static void descriptor_is_readable_until_resume(void **state)
{
	(void)state;
	for (int attached = 0; attached < 2; attached++) {
		if (attached)
			open_both();
		else
			open_viewer_alone();
		assert_quiet(viewer);
		for (int round = 0; round < 3; round++) {
			shmflip_viewer_interrupt(viewer);
			for (int i = 0; i < 10; i++) {
				assert_true(is_readable(viewer));
				assert_int_equal(acquire_for(i % 2 ? 0 : -1), -ECANCELED);
				if (attached && i == 5)
					publish(producer, (uint32_t)round);
			}
			shmflip_viewer_resume(viewer);
			if (attached)
				assert_gets(viewer, (uint32_t)round);
			assert_quiet(viewer);
		}
		/* It is over before anybody looks. */
		shmflip_viewer_interrupt(viewer);
		shmflip_viewer_resume(viewer);
		assert_quiet(viewer);
		close_both();
	}
}

static void descriptor_made_later_is_readable(void **state)
{
	(void)state;
	open_both();
	shmflip_viewer_interrupt(viewer);
	for (int i = 0; i < 10; i++)
		assert_tells(viewer, -ECANCELED);
	shmflip_viewer_resume(viewer);
	assert_quiet(viewer);
	close_both();
}

/* ---- Other threads ---- */

enum { RACED_FRAMES = 3000 };

static int publish_numbers(void *unused)
{
	int error;

	(void)unused;
	producer = create(SHMFLIP_POLICY_LOSSLESS, 3, 0);
	error = shmflip_producer_wait_viewers(producer, 1, 10000);
	for (uint32_t i = 1; i <= RACED_FRAMES && !error; i++)
		error = publish_square(producer, i, 10000);
	shmflip_producer_close(producer);
	return -error;
}

static void *interrupt_and_resume(void *argument)
{
	const _Atomic bool *done = argument;

	while (!*done) {
		shmflip_viewer_interrupt(viewer);
		sched_yield();
		shmflip_viewer_resume(viewer);
		sched_yield();
	}
	return NULL;
}

/* Takes one frame each time the descriptor is readable, until the end. Returns how often it was
 * interrupted. The timer would hide that it is not readable. */
static unsigned poll_all_frames(void)
{
	struct pollfd polled = { .fd = fd_of(viewer), .events = POLLIN };
	unsigned interruptions = 0;
	int error = 0;

	for (uint32_t next = 1; error != -ENODATA;) {
		const struct shmflip_frame *frame;

		assert_int_equal(poll(&polled, 1, 20000), 1);
		error = shmflip_viewer_acquire(viewer, &frame, 0);
		interruptions += error == -ECANCELED;
		if (!error) {
			assert_int_equal(square_value(frame), next++);
			shmflip_frame_release(frame);
		}
		assert_true(next <= RACED_FRAMES + 1);
		assert_true(error == 0 || error == -EAGAIN || error == -ECANCELED ||
		            (error == -ENODATA && next == RACED_FRAMES + 1));
	}
	return interruptions;
}

static void interruptions_lose_no_frame(void **state)
{
	pid_t child = start(publish_numbers, NULL);
	_Atomic bool done = false;
	unsigned interruptions;
	pthread_t thread;

	(void)state;
	viewer = open_viewer(SHMFLIP_VIEW_EVERY);
	fd_of(viewer);
	pthread_create(&thread, NULL, interrupt_and_resume, &done);
	interruptions = poll_all_frames();
	done = true;
	pthread_join(thread, NULL);
	assert_exits(child, 0);
	assert_quiet(viewer);
	shmflip_viewer_interrupt(viewer);
	assert_tells(viewer, -ECANCELED);
	assert_tells(viewer, -ECANCELED);
	shmflip_viewer_close(viewer);
	print_message("%u interruptions\n", interruptions);
}

/* ---- Children ---- */

enum { OWN = 16 };

static int interrupt_in_child(void *unused)
{
	int own[OWN];
	eventfd_t count;

	(void)unused;
	/* They have the numbers that the library's have in the parent. */
	for (int i = 0; i < OWN; i++)
		own[i] = eventfd(0, EFD_NONBLOCK);
	shmflip_viewer_interrupt(viewer);
	shmflip_producer_interrupt(producer);
	for (int i = 0; i < OWN; i++)
		if (own[i] < 0 || eventfd_read(own[i], &count) == 0)
			return 1;
	return acquire_for(0) == -ECHILD ? 0 : 2;
}

static void child_interrupts_nothing(void **state)
{
	(void)state;
	open_both();
	assert_quiet(viewer);
	assert_exits(start(interrupt_in_child, NULL), 0);
	assert_quiet(viewer);
	publish(producer, 1);
	assert_gets(viewer, 1);
	shmflip_viewer_interrupt(viewer);
	assert_exits(start(interrupt_in_child, NULL), 0);
	assert_tells(viewer, -ECANCELED);
	shmflip_viewer_resume(viewer);
	assert_quiet(viewer);
	close_both();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_DIRECTORY(descriptor_is_readable_until_resume),
		WITH_DIRECTORY(descriptor_made_later_is_readable),
		WITH_DIRECTORY(interruptions_lose_no_frame),
		WITH_DIRECTORY(child_interrupts_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
