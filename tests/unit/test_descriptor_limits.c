/* SPDX-License-Identifier: MIT
 *
 * A viewer's descriptor if descriptors or locks run out, after its end, and in a child of fork. */
#include "polled.h"

#include <stdarg.h>
#include <sys/resource.h>
#include <sys/syscall.h>

static bool without_locks;

/* Replaces the C library's, whose parameters have reserved names. */
/* NOLINTNEXTLINE(readability-inconsistent-declaration-parameter-name) */
int fcntl(int fd, int command, ...)
{
	va_list arguments;
	void *argument;

	va_start(arguments, command);
	argument = va_arg(arguments, void *);
	va_end(arguments);
	if (without_locks && command == F_OFD_SETLK) {
		errno = ENOLCK;
		return -1;
	}
	return (int)syscall(SYS_fcntl, fd, command, argument);
}

/* Leaves room for so many more. */
static void limit_descriptors(int more, struct rlimit *before)
{
	struct rlimit limit;
	int fds[8];

	assert_int_equal(getrlimit(RLIMIT_NOFILE, before), 0);
	for (int i = 0; i <= more; i++)
		fds[i] = dup(0);
	limit = (struct rlimit){ .rlim_cur = (rlim_t)fds[more], .rlim_max = before->rlim_max };
	for (int i = 0; i <= more; i++)
		close(fds[i]);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
}

static void failure_leaves_nothing_open(void **state)
{
	struct shmflip_producer *producer = create(SHMFLIP_POLICY_LATEST, 4, 0);
	struct shmflip_viewer *viewer = attach_viewer(SHMFLIP_VIEW_AUTO);
	struct rlimit before;
	int count = count_descriptors(), failures = 0, error;

	(void)state;
	for (int more = 0; more < 6; more++) {
		limit_descriptors(more, &before);
		error = shmflip_viewer_fd(viewer);
		assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
		if (error >= 0)
			break;
		failures++;
		assert_int_equal(error, -EMFILE);
		assert_true(*shmflip_error_detail());
		assert_int_equal(count_descriptors(), count);
		/* The viewer goes on without it. */
		publish(producer, (uint32_t)more);
		assert_takes(viewer, (uint32_t)more, 0);
		assert_int_equal(acquire_now(viewer), -EAGAIN);
	}
	/* With one less than it needs, it is not made without inotify. */
	assert_int_equal(failures, 4);
	shmflip_viewer_close(viewer);
	shmflip_producer_close(producer);
}

/* The producer has moved on, and no descriptor is left to follow it. Only a call that does not wait
 * keeps quiet about that. */
static void calls_that_wait_are_told_of_a_refusal(void **state)
{
	struct shmflip_producer *producer = create(SHMFLIP_POLICY_LATEST, 4, 0);
	struct shmflip_viewer *viewer = open_viewer(SHMFLIP_VIEW_EVERY);
	const struct shmflip_frame *frame;
	struct rlimit before;
	int refused, waited, told, acquired;

	(void)state;
	assert_quiet(viewer);
	assert_int_equal(move_on(producer, 2 * SQUARE_BYTES), 0);
	limit_descriptors(0, &before);
	refused = acquire_now(viewer);
	waited = shmflip_viewer_wait(viewer, 0);
	told = acquire_now(viewer);
	acquired = shmflip_viewer_acquire(viewer, &frame, 100);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
	assert_int_equal(refused, -EMFILE);
	assert_int_equal(waited, 0);
	assert_int_equal(told, -EMFILE);
	assert_int_equal(acquired, -EMFILE);
	publish(producer, 1);
	assert_takes(viewer, 1, 10000);
	assert_quiet(viewer);
	shmflip_viewer_close(viewer);
	shmflip_producer_close(producer);
}

/* The error is the same until the kernel has locks again. A program that polls must not spin, and
 * gets the frame soon afterwards. */
static void frame_that_cannot_be_locked_is_tried_again(void **state)
{
	struct shmflip_producer *producer = create(SHMFLIP_POLICY_LATEST, 4, 0);
	struct shmflip_viewer *viewer = open_viewer(SHMFLIP_VIEW_NEWEST);
	struct pollfd polled = { .fd = fd_of(viewer), .events = POLLIN };
	int looks = 0, error;

	(void)state;
	assert_quiet(viewer);
	publish(producer, 1);
	without_locks = true;
	/* At times the timer of 1 ms has expired just then. */
	while (is_readable(viewer) && looks < 1000) {
		assert_int_equal(acquire_now(viewer), -ENOLCK);
		looks++;
	}
	without_locks = false;
	assert_true(looks > 0 && looks < 1000);
	do {
		assert_int_equal(poll(&polled, 1, 400), 1);
		error = acquire_now(viewer);
	} while (error == -EAGAIN);
	assert_int_equal(error, 0);
	assert_quiet(viewer);
	shmflip_viewer_close(viewer);
	shmflip_producer_close(producer);
}

static void closing_leaves_nothing_open(void **state)
{
	int none = count_descriptors();
	struct shmflip_producer *producer = create(SHMFLIP_POLICY_LATEST, 4, 0);
	int count = count_descriptors();

	(void)state;
	for (int attached = 0; attached < 2; attached++) {
		struct shmflip_viewer *viewer = open_viewer(SHMFLIP_VIEW_AUTO);

		assert_true(fcntl(fd_of(viewer), F_GETFD) & FD_CLOEXEC);
		if (attached)
			assert_quiet(viewer);
		assert_true(count_descriptors() > count);
		shmflip_viewer_close(viewer);
		assert_int_equal(count_descriptors(), count);
	}
	shmflip_producer_close(producer);
	assert_int_equal(count_descriptors(), none);
}

struct inherited {
	struct shmflip_viewer *viewer;
	int descriptors; /* without the library's */
};

static int use_in_child(void *argument)
{
	const struct inherited *inherited = argument;
	int own = -1;

	if (count_descriptors() != inherited->descriptors)
		return 1;
	if (shmflip_viewer_fd(inherited->viewer) != -ECHILD)
		return 2;
	/* These numbers are the child's own now. */
	for (int i = 0; i < 8; i++)
		own = dup(0);
	shmflip_viewer_close(inherited->viewer);
	return own >= 0 && count_descriptors() == inherited->descriptors + 8 ? 0 : 3;
}

static void child_has_no_descriptor(void **state)
{
	struct inherited inherited = { .descriptors = count_descriptors() };
	struct shmflip_producer *producer = create(SHMFLIP_POLICY_LATEST, 4, 0);
	struct shmflip_viewer *viewer = open_viewer(SHMFLIP_VIEW_AUTO);

	(void)state;
	assert_quiet(viewer);
	inherited.viewer = viewer;
	assert_exits(start(use_in_child, &inherited), 0);
	assert_quiet(viewer);
	publish(producer, 1);
	assert_gets(viewer, 1);
	shmflip_viewer_close(viewer);
	shmflip_producer_close(producer);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_DIRECTORY(failure_leaves_nothing_open),
		WITH_DIRECTORY(calls_that_wait_are_told_of_a_refusal),
		WITH_DIRECTORY(frame_that_cannot_be_locked_is_tried_again),
		WITH_DIRECTORY(closing_leaves_nothing_open),
		WITH_DIRECTORY(child_has_no_descriptor),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
