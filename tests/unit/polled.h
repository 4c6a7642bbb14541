/* SPDX-License-Identifier: MIT
 *
 * For tests of a viewer's descriptor. Nothing here waits: what happened in this process, or before
 * a child was reaped, makes the descriptor readable at once. The timer of one second must not hide
 * a lost wake-up. */
#ifndef SHMFLIP_TEST_POLLED_H
#define SHMFLIP_TEST_POLLED_H

#include "handles.h"

#include <poll.h>

/* A look too many now and then is allowed, and the timer may expire. A program that spins gets
 * many more. */
enum { LOOKS_MAX = 5 };

static inline int fd_of(struct shmflip_viewer *viewer)
{
	int fd = shmflip_viewer_fd(viewer);

	assert_true(fd >= 0);
	return fd;
}

static inline bool is_readable(struct shmflip_viewer *viewer)
{
	struct pollfd polled = { .fd = fd_of(viewer), .events = POLLIN };

	return poll(&polled, 1, 0) == 1;
}

static inline int acquire_now(struct shmflip_viewer *viewer)
{
	const struct shmflip_frame *frame;
	int error = shmflip_viewer_acquire(viewer, &frame, 0);

	if (!error)
		shmflip_frame_release(frame);
	return error;
}

/* Nothing can be acquired, and the descriptor says so. */
static inline void assert_quiet(struct shmflip_viewer *viewer)
{
	int looks = 0;

	while (is_readable(viewer)) {
		assert_int_equal(acquire_now(viewer), -EAGAIN);
		assert_true(++looks < LOOKS_MAX);
	}
	assert_int_equal(acquire_now(viewer), -EAGAIN);
	assert_false(is_readable(viewer));
}

/* A program that acquires once each time the descriptor is readable gets this next. */
static inline void assert_tells(struct shmflip_viewer *viewer, int expected)
{
	int error = -EAGAIN;

	for (int looks = 0; error == -EAGAIN; looks++) {
		assert_true(is_readable(viewer));
		assert_true(looks < LOOKS_MAX);
		error = acquire_now(viewer);
	}
	assert_int_equal(error, expected);
}

/* Likewise a frame of squares. */
static inline void assert_gets(struct shmflip_viewer *viewer, uint32_t value)
{
	const struct shmflip_frame *frame;
	int error = -EAGAIN;

	for (int looks = 0; error == -EAGAIN; looks++) {
		assert_true(is_readable(viewer));
		assert_true(looks < LOOKS_MAX);
		error = shmflip_viewer_acquire(viewer, &frame, 0);
	}
	assert_int_equal(error, 0);
	assert_int_equal(square_value(frame), value);
	shmflip_frame_release(frame);
}

static inline void publish(struct shmflip_producer *producer, uint32_t value)
{
	assert_int_equal(publish_square(producer, value, 0), 0);
}

/* How many descriptors this process has. */
static inline int count_descriptors(void)
{
	int count = 0;

	for (int fd = 0; fd < 1024; fd++)
		count += fcntl(fd, F_GETFD) >= 0;
	return count;
}

#endif
