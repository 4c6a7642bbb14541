/* SPDX-License-Identifier: MIT
 *
 * What a viewer that polls does between two system calls of a producer, and the other way round.
 * The functions that replace the C library's run the test's own function at that point, once. */
#include "polled.h"

#include <pthread.h>
#include <sched.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/syscall.h>

static struct {
	void (*after_read)(void);   /* by which the producer notifies */
	void (*before_watch)(void); /* of a file */
	void (*before_directory_watch)(void);
	void (*after_rename)(void);
	void (*before_nudge)(void);
} hooks;

static bool without_proc, without_file_watches;

static void run(void (**hook)(void))
{
	void (*function)(void) = *hook;

	*hook = NULL;
	if (function)
		function();
}

/* The C library's parameters have reserved names. */
/* NOLINTBEGIN(readability-inconsistent-declaration-parameter-name) */
ssize_t pread(int fd, void *buffer, size_t size, off_t offset)
{
	ssize_t result = syscall(SYS_pread64, fd, buffer, size, offset);

	if (size == 1)
		run(&hooks.after_read);
	return result;
}

int inotify_add_watch(int fd, const char *path, uint32_t mask)
{
	run(mask & IN_ONLYDIR ? &hooks.before_directory_watch : &hooks.before_watch);
	if (without_proc && strncmp(path, "/proc/", 6) == 0) {
		errno = ENOENT;
		return -1;
	}
	if (without_file_watches && !(mask & IN_ONLYDIR)) {
		errno = ENOSPC;
		return -1;
	}
	return (int)syscall(SYS_inotify_add_watch, fd, path, mask);
}

int rename(const char *from, const char *to)
{
	long result = syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0);

	run(&hooks.after_rename);
	return (int)result;
}

int eventfd_write(int fd, eventfd_t count)
{
	run(&hooks.before_nudge);
	return write(fd, &count, sizeof(count)) == sizeof(count) ? 0 : -1;
}
/* NOLINTEND(readability-inconsistent-declaration-parameter-name) */

static struct shmflip_producer *producer;
static struct shmflip_viewer *viewer;

static void open_producer(void)
{
	producer = create(SHMFLIP_POLICY_LATEST, 4, 0);
}

static void open_both(uint32_t view)
{
	open_producer();
	viewer = open_viewer(view);
	assert_quiet(viewer);
}

static void close_both(void)
{
	shmflip_viewer_close(viewer);
	shmflip_producer_close(producer);
	producer = NULL;
}

/* ---- A look right after the notification ---- */

static int looked;

/* Acquires while the descriptor is readable, and until there is something. */
static void look(void)
{
	looked = -EAGAIN;
	for (int looks = 0; looked == -EAGAIN && is_readable(viewer); looks++) {
		assert_true(looks < LOOKS_MAX);
		looked = acquire_now(viewer);
	}
}

/* It finds what the notification is for, or is told again. */
static void assert_found(int expected)
{
	assert_null(hooks.after_read);
	if (looked == -EAGAIN)
		assert_tells(viewer, expected);
	else
		assert_int_equal(looked, expected);
	assert_quiet(viewer);
}

static void look_after_the_notification_is_not_too_early(void **state)
{
	static const uint32_t views[] = { SHMFLIP_VIEW_NEWEST, SHMFLIP_VIEW_EVERY };

	(void)state;
	for (int i = 0; i < 2; i++) {
		open_both(views[i]);
		hooks.after_read = look;
		publish(producer, 1);
		assert_found(0);
		for (int failed = 0; failed < 2; failed++) {
			hooks.after_read = look;
			assert_int_equal(shmflip_producer_end(producer, failed), 0);
			assert_found(failed ? -EPIPE : -ENODATA);
			publish(producer, 2);
			assert_gets(viewer, 2);
			assert_quiet(viewer);
		}
		hooks.after_read = look;
		assert_int_equal(move_on(producer, 2 * SQUARE_BYTES), 0);
		assert_null(hooks.after_read);
		assert_quiet(viewer);
		publish(producer, 3);
		assert_gets(viewer, 3);
		hooks.after_read = look;
		shmflip_producer_close(producer);
		producer = NULL;
		assert_found(-ENODATA);
		close_both();
	}
}

/* ---- A producer that moves on before the file is watched ---- */

static pthread_t mover;
static int move_error;
static _Atomic bool renamed, go_on;

/* The new file has its name, and the old stream runs still. */
static void wait_after_rename(void)
{
	renamed = true;
	while (!go_on)
		sched_yield();
}

static void *move(void *unused)
{
	(void)unused;
	hooks.after_rename = wait_after_rename;
	move_error = move_on(producer, 2 * SQUARE_BYTES);
	return NULL;
}

static void start_moving(void)
{
	renamed = false;
	go_on = false;
	pthread_create(&mover, NULL, move, NULL);
	while (!renamed)
		sched_yield();
}

static void assert_move_is_told(bool proc)
{
	struct pollfd polled;

	open_producer();
	viewer = open_viewer(SHMFLIP_VIEW_EVERY);
	polled = (struct pollfd){ .fd = fd_of(viewer), .events = POLLIN };
	without_proc = !proc;
	hooks.before_watch = start_moving;
	for (int looks = 0; looks < LOOKS_MAX && is_readable(viewer); looks++)
		assert_int_equal(acquire_now(viewer), -EAGAIN);
	assert_null(hooks.before_watch);
	assert_true(!proc || !is_readable(viewer));
	go_on = true;
	pthread_join(mover, NULL);
	assert_int_equal(move_error, 0);
	/* Without /proc no file is watched here, and the viewer looks every 5 ms. */
	assert_int_equal(poll(&polled, 1, proc ? 0 : 400), 1);
	assert_quiet(viewer);
	publish(producer, 1);
	assert_gets(viewer, 1);
	without_proc = false;
	close_both();
}

static void old_file_is_watched_although_another_has_its_name(void **state)
{
	(void)state;
	assert_move_is_told(true);
	assert_move_is_told(false);
}

/* ---- A producer that dies before the file is watched ---- */

static pid_t child;

static int publish_and_pause(void *unused)
{
	(void)unused;
	open_producer();
	return publish_square(producer, 1, 0) ? 1 : pause();
}

static void kill_child(void)
{
	kill_and_reap(child);
}

/* Locks a frame, as a producer does for a moment: no viewer can claim it. */
static int lock_frame(void)
{
	struct flock lock = { .l_type = F_WRLCK, .l_start = 1, .l_len = 1 };
	int fd = open(in_directory("test"), O_RDWR | O_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(fcntl(fd, F_OFD_SETLK, &lock), 0);
	return fd;
}

/* The viewer has heard of the producer when it could not attach, and hears of nothing when it does
 * so: unless its timer of 1 ms expires in between. Hence some tries. */
static void death_before_the_file_is_watched_is_told(void **state)
{
	(void)state;
	viewer = open_viewer(SHMFLIP_VIEW_EVERY);
	assert_quiet(viewer);
	for (int i = 0; i < 10; i++) {
		struct shmflip_viewer *other = open_viewer(SHMFLIP_VIEW_NEWEST);
		int fd;

		child = start(publish_and_pause, NULL);
		assert_int_equal(shmflip_viewer_attach(other, 10000), 0);
		assert_int_equal(shmflip_viewer_wait(other, 10000), 0);
		shmflip_viewer_close(other);
		fd = lock_frame();
		hooks.before_watch = kill_child;
		assert_int_equal(acquire_now(viewer), -EAGAIN);
		close(fd);
		assert_int_equal(acquire_now(viewer), 0);
		assert_null(hooks.before_watch);
		assert_tells(viewer, -EPIPE);
		assert_quiet(viewer);
	}
	open_producer();
	close_both();
}

/* ---- Other interleavings ---- */

/* No event tells of it: a look after the watch does. */
static void producer_that_comes_before_the_directory_is_watched_is_found(void **state)
{
	(void)state;
	viewer = open_viewer(SHMFLIP_VIEW_EVERY);
	hooks.before_directory_watch = open_producer;
	assert_quiet(viewer);
	assert_null(hooks.before_directory_watch);
	assert_non_null(shmflip_viewer_channel(viewer));
	publish(producer, 1);
	assert_gets(viewer, 1);
	close_both();
}

/* The viewer has read the event of the next producer when it tells the end. A watch of the old file
 * would make the descriptor readable by its removal. */
static void next_producer_is_found_after_an_end(void **state)
{
	(void)state;
	without_file_watches = true;
	open_producer();
	viewer = open_viewer(SHMFLIP_VIEW_EVERY);
	fd_of(viewer);
	assert_int_equal(acquire_now(viewer), -EAGAIN);
	shmflip_producer_close(producer);
	open_producer();
	assert_int_equal(acquire_now(viewer), -ENODATA);
	assert_true(is_readable(viewer));
	assert_int_equal(acquire_now(viewer), -EAGAIN);
	assert_non_null(shmflip_viewer_channel(viewer));
	without_file_watches = false;
	close_both();
}

static void resume_and_look(void)
{
	shmflip_viewer_resume(viewer);
	assert_int_equal(acquire_now(viewer), -EAGAIN);
}

/* The viewer looks while another thread is about to interrupt it. */
static void look_within_an_interruption_is_the_last(void **state)
{
	(void)state;
	open_both(SHMFLIP_VIEW_EVERY);
	hooks.before_nudge = resume_and_look;
	shmflip_viewer_interrupt(viewer);
	assert_null(hooks.before_nudge);
	assert_quiet(viewer);
	close_both();
}

/* Frames are told without /proc, too. */
static void file_is_watched_by_its_name_without_proc(void **state)
{
	(void)state;
	without_proc = true;
	open_both(SHMFLIP_VIEW_EVERY);
	for (uint32_t value = 1; value <= 3; value++) {
		publish(producer, value);
		assert_gets(viewer, value);
		assert_quiet(viewer);
	}
	without_proc = false;
	close_both();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_DIRECTORY(look_after_the_notification_is_not_too_early),
		WITH_DIRECTORY(old_file_is_watched_although_another_has_its_name),
		WITH_DIRECTORY(death_before_the_file_is_watched_is_told),
		WITH_DIRECTORY(producer_that_comes_before_the_directory_is_watched_is_found),
		WITH_DIRECTORY(next_producer_is_found_after_an_end),
		WITH_DIRECTORY(look_within_an_interruption_is_the_last),
		WITH_DIRECTORY(file_is_watched_by_its_name_without_proc),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
