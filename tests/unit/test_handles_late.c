/* SPDX-License-Identifier: MIT
 *
 * A viewer that is delayed while it attaches, and meanwhile the producer continues and exits. */
#include "handles.h"

#include <fcntl.h>
#include <stdarg.h>
#include <sys/syscall.h>

#define VIEWER_BYTES (INT64_C(1) << 62) /* see pins.h */

/* Called just before the viewer claims frames, and just after it counts as attached. */
static void (*before_claim)(void);
static void (*after_attach)(void);
static pid_t child;
static int go[2], done[2];

/* Replaces the C library's, whose parameters have reserved names. */
/* NOLINTNEXTLINE(readability-inconsistent-declaration-parameter-name) */
int fcntl(int fd, int command, ...)
{
	struct flock *lock;
	va_list arguments;
	long result;

	va_start(arguments, command);
	lock = va_arg(arguments, struct flock *);
	va_end(arguments);
	if (before_claim && command == F_OFD_SETLK && lock->l_type == F_RDLCK &&
	    lock->l_start < VIEWER_BYTES)
		before_claim();
	result = syscall(SYS_fcntl, fd, command, lock);
	if (after_attach && command == F_OFD_SETLK && lock->l_type == F_RDLCK &&
	    lock->l_start >= VIEWER_BYTES)
		after_attach();
	return (int)result;
}

static void let_producer_end(void)
{
	after_attach = NULL;
	assert_exits(child, 0);
}

static void let_producer_move(void)
{
	char byte;

	after_attach = NULL;
	assert_int_equal(read(done[0], &byte, 1), 1);
}

static int publish_and_exit(void *moves)
{
	struct shmflip_producer *producer;
	int error;

	after_attach = NULL;
	producer = create(SHMFLIP_POLICY_LOSSLESS, 4, 0);
	error = shmflip_producer_wait_viewers(producer, 1, 5000);
	for (uint32_t i = 1; i <= 3 && !error; i++)
		error = publish_square(producer, i, 0);
	if (moves && !error) {
		error = move_on(producer, 2 * SQUARE_BYTES);
		if (write(done[1], "", 1) != 1)
			error = -EIO;
		if (!error)
			error = publish_square(producer, 4, 5000);
	}
	shmflip_producer_close(producer);
	return error ? 1 : 0;
}

static void assert_takes_all(struct shmflip_viewer *viewer, uint32_t last)
{
	const struct shmflip_frame *frame;

	for (uint32_t i = 1; i <= last; i++)
		assert_takes(viewer, i, 5000);
	assert_int_equal(shmflip_viewer_acquire(viewer, &frame, 5000), -ENODATA);
}

/* The producer counted the viewer, so the viewer misses no frame. */
static void stream_that_ends_at_once_is_taken_whole(void **state)
{
	struct shmflip_viewer *viewer;

	(void)state;
	child = start(publish_and_exit, NULL);
	after_attach = let_producer_end;
	viewer = attach_viewer(SHMFLIP_VIEW_AUTO);
	assert_null(after_attach);
	assert_takes_all(viewer, 3);
	shmflip_viewer_close(viewer);
}

static void stream_that_moves_at_once_is_taken_whole(void **state)
{
	struct shmflip_viewer *viewer;

	(void)state;
	assert_int_equal(pipe(done), 0);
	child = start(publish_and_exit, done);
	after_attach = let_producer_move;
	viewer = attach_viewer(SHMFLIP_VIEW_AUTO);
	assert_null(after_attach);
	assert_takes_all(viewer, 4);
	assert_exits(child, 0);
	shmflip_viewer_close(viewer);
	close(done[0]);
	close(done[1]);
}

static int move_on_and_overwrite(void *unused)
{
	struct shmflip_producer *producer;
	int error = 0;
	char byte;

	(void)unused;
	before_claim = NULL;
	producer = create(SHMFLIP_POLICY_LOSSLESS, 2, 0);
	for (uint32_t i = 1; i <= 3 && !error; i++)
		error = publish_square(producer, i, 0);
	if (read(go[0], &byte, 1) != 1 || error)
		return 1;
	error = move_on(producer, 2 * SQUARE_BYTES);
	for (uint32_t i = 4; i <= 9 && !error; i++)
		error = publish_square(producer, i, 0);
	if (write(done[1], "", 1) != 1 || error)
		return 1;
	error = shmflip_producer_wait_viewers(producer, 1, 5000);
	for (uint32_t i = 10; i <= 12 && !error; i++)
		error = publish_square(producer, i, 5000);
	shmflip_producer_close(producer);
	return error ? 1 : 0;
}

static void let_producer_overwrite(void)
{
	char byte;

	before_claim = NULL;
	assert_int_equal(write(go[1], "", 1), 1);
	assert_int_equal(read(done[0], &byte, 1), 1);
}

/* The viewer claims after the producer has moved on. It takes no frame of the old generation, and
 * every frame from its claim in the new one. */
static void late_claim_does_not_count(void **state)
{
	struct shmflip_viewer *viewer;
	const struct shmflip_frame *frame;

	(void)state;
	assert_int_equal(pipe(go), 0);
	assert_int_equal(pipe(done), 0);
	child = start(move_on_and_overwrite, NULL);
	before_claim = let_producer_overwrite;
	viewer = attach_viewer(SHMFLIP_VIEW_AUTO);
	assert_null(before_claim);
	for (uint32_t i = 9; i <= 12; i++)
		assert_takes(viewer, i, 5000);
	assert_int_equal(shmflip_viewer_acquire(viewer, &frame, 5000), -ENODATA);
	assert_exits(child, 0);
	shmflip_viewer_close(viewer);
	for (int i = 0; i < 2; i++) {
		close(go[i]);
		close(done[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_DIRECTORY(stream_that_ends_at_once_is_taken_whole),
		WITH_DIRECTORY(stream_that_moves_at_once_is_taken_whole),
		WITH_DIRECTORY(late_claim_does_not_count),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
