/* SPDX-License-Identifier: MIT
 *
 * What other processes do between two system calls of one process. The functions that replace the C
 * library's run the test's own function at that point, once. All of it runs in one process, because
 * locks belong to descriptors. */
#include "takeover.h"

#include <stdarg.h>
#include <sys/sem.h>
#include <sys/syscall.h>

#define PRODUCER_BYTE (INT64_C(1) << 57) /* see pins.h */

static struct {
	void (*before_ownership)(void);   /* before byte 0 of a lock file is locked */
	void (*after_announcement)(void); /* after byte 1 is */
	void (*before_lock_query)(void);  /* before the lock on a channel file is queried */
	void (*before_set_query)(void);   /* before a semaphore's value is */
	void (*before_unlink)(void);
	void (*after_rename)(void);
	void (*before_sleep)(void); /* before a viewer sleeps on its semaphore */
} hooks;

static void run(void (**hook)(void))
{
	void (*function)(void) = *hook;

	*hook = NULL;
	if (function)
		function();
}

static bool writes_lock_of(int command, const struct flock *lock, off_t byte)
{
	return command == F_OFD_SETLK && lock->l_type == F_WRLCK && lock->l_start == byte;
}

/* The C library's parameters have reserved names. */
/* NOLINTBEGIN(readability-inconsistent-declaration-parameter-name) */
int fcntl(int fd, int command, ...)
{
	struct flock *lock;
	va_list arguments;
	long result;

	va_start(arguments, command);
	lock = va_arg(arguments, struct flock *);
	va_end(arguments);
	if (writes_lock_of(command, lock, 0))
		run(&hooks.before_ownership);
	if (command == F_OFD_GETLK && lock->l_start == PRODUCER_BYTE)
		run(&hooks.before_lock_query);
	result = syscall(SYS_fcntl, fd, command, lock);
	if (writes_lock_of(command, lock, 1))
		run(&hooks.after_announcement);
	return (int)result;
}

int unlink(const char *path)
{
	run(&hooks.before_unlink);
	return (int)syscall(SYS_unlinkat, AT_FDCWD, path, 0);
}

int rename(const char *from, const char *to)
{
	long result = syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0);

	run(&hooks.after_rename);
	return (int)result;
}

int semctl(int id, int number, int command, ...)
{
	va_list arguments;
	void *argument;

	va_start(arguments, command);
	argument = va_arg(arguments, void *);
	va_end(arguments);
	if (command == GETVAL)
		run(&hooks.before_set_query);
	return (int)syscall(SYS_semctl, id, number, command, argument);
}

int semtimedop(int id, struct sembuf *operations, size_t count, const struct timespec *timeout)
{
	run(&hooks.before_sleep);
	return (int)syscall(SYS_semtimedop, id, operations, count, timeout);
}
/* NOLINTEND(readability-inconsistent-declaration-parameter-name) */

/* ---- Ownership ---- */

static struct channel first, second;
static int result;

static int set_up(void **state)
{
	memset(&hooks, 0, sizeof(hooks));
	return make_paths(state);
}

static int own(struct channel *channel)
{
	return channel_acquire(channel, &paths, getegid(), 0600);
}

static void let_the_next_owner_come(void)
{
	channel_release(&first);
	assert_int_equal(own(&second), 0);
}

/* The file was opened, but an owner deleted it before it was locked. */
static void deleted_lock_file_makes_no_owner(void **state)
{
	struct channel late;

	(void)state;
	assert_int_equal(own(&first), 0);
	hooks.before_ownership = let_the_next_owner_come;
	assert_int_equal(own(&late), -EBUSY);
	assert_true(channel_still_owned(&second));
	channel_release(&second);
}

static void try_to_own(void)
{
	result = own(&second);
}

/* Else the last owner would delete the next one's file. */
static void lock_file_is_deleted_before_it_is_unlocked(void **state)
{
	(void)state;
	assert_int_equal(own(&first), 0);
	hooks.before_unlink = try_to_own;
	channel_release(&first);
	assert_int_equal(result, -EBUSY);
	assert_int_equal(own(&second), 0);
	assert_true(channel_still_owned(&second));
	channel_release(&second);
}

static void find_owner(void)
{
	result = owner_pid();
}

/* The lock file still has the pid of an owner that was killed. */
static void pid_is_written_before_it_is_announced(void **state)
{
	enum step step = OPEN;

	(void)state;
	start_and_wait_for_death(create_up_to, &step);
	hooks.after_announcement = find_owner;
	assert_int_equal(own(&first), 0);
	assert_int_equal(result, getpid());
	channel_release(&first);
}

/* Nothing of a half-made generation shows that its owner lives, but the lock does. */
static void half_made_objects_of_a_live_owner_stay(void **state)
{
	uint64_t number;
	int segment, set, id;
	key_t key;

	(void)state;
	assert_int_equal(own(&first), 0);
	assert_int_equal(channel_begin_generation(&first, &number, &key), 0);
	assert_int_equal(sysv_segment_create(key, 1 << 16, &segment), 0);
	assert_int_equal(ring_create(key, getegid(), 0600, &set), 0);
	assert_int_equal(own(&second), -EBUSY);
	assert_int_equal(shmflip_channel_clean(NULL, "test", NULL), -EBUSY);
	assert_int_equal(sysv_segment_find(key, &id), 0);
	assert_int_equal(sysv_semaphores_find(key, &id), 0);
	sysv_segment_remove(segment);
	ring_remove(set);
	channel_release(&first);
}

/* ---- Viewers ---- */

static struct shmflip_producer *producer;
static struct shmflip_viewer *viewer;

static void open_viewer(void)
{
	assert_int_equal(open_view(0, 0, &viewer), 0);
}

static void close_both(void)
{
	shmflip_viewer_close(viewer);
	shmflip_producer_close(producer);
}

static void attach_viewer(void)
{
	result = shmflip_viewer_attach(viewer, 0);
}

static void producer_looks_alive_as_soon_as_its_file_has_its_name(void **state)
{
	(void)state;
	open_viewer();
	hooks.after_rename = attach_viewer;
	assert_int_equal(open_squares(SLOTS, &producer), 0);
	assert_int_equal(result, 0);
	close_both();
}

static void move_the_producer_on(void)
{
	assert_int_equal(move_on(producer, 2 * SQUARE_BYTES), 0);
}

/* The viewer has read a channel file whose producer has another one by now. */
static void producer_that_moves_on_does_not_look_dead(void **state)
{
	(void)state;
	assert_int_equal(open_squares(SLOTS, &producer), 0);
	open_viewer();
	hooks.before_lock_query = move_the_producer_on;
	assert_int_equal(shmflip_viewer_attach(viewer, 0), 0);
	assert_null(hooks.before_lock_query);
	close_both();
}

static void end(void)
{
	shmflip_producer_close(producer);
	producer = NULL;
}

/* The viewer has read that the generation is running. Then it finds no semaphores. */
static void producer_that_ends_does_not_look_dead(void **state)
{
	const struct shmflip_frame *frame;
	int error;

	(void)state;
	assert_int_equal(open_squares(SLOTS, &producer), 0);
	open_viewer();
	assert_int_equal(shmflip_viewer_attach(viewer, 0), 0);
	hooks.before_set_query = end;
	do
		error = shmflip_viewer_acquire(viewer, &frame, 0);
	while (error == -EAGAIN);
	assert_null(producer);
	assert_int_equal(error, -ENODATA);
	close_both();
}

/* The semaphore for frame n + 1 is lowered by that frame, and raised again 32 frames later. */
static void publish_half_a_ring(void)
{
	for (uint32_t i = 0; i < 40; i++)
		assert_int_equal(publish_square(producer, i, 0), 0);
}

static void viewer_that_is_overtaken_before_it_sleeps_wakes_up(void **state)
{
	enum { TIMEOUT_MS = 20000 };
	const struct shmflip_frame *frame;
	int64_t start_ns;

	(void)state;
	assert_int_equal(open_squares(SLOTS, &producer), 0);
	open_viewer();
	assert_int_equal(shmflip_viewer_attach(viewer, 0), 0);
	hooks.before_sleep = publish_half_a_ring;
	start_ns = monotonic_now_ns();
	assert_int_equal(shmflip_viewer_acquire(viewer, &frame, TIMEOUT_MS), 0);
	assert_null(hooks.before_sleep);
	assert_true(monotonic_now_ns() - start_ns < TIMEOUT_MS / 2 * INT64_C(1000000));
	assert_int_equal(frame->sequence, 40);
	shmflip_frame_release(frame);
	close_both();
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, set_up, remove_directory)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(deleted_lock_file_makes_no_owner),
		TEST(lock_file_is_deleted_before_it_is_unlocked),
		TEST(pid_is_written_before_it_is_announced),
		TEST(half_made_objects_of_a_live_owner_stay),
		TEST(producer_looks_alive_as_soon_as_its_file_has_its_name),
		TEST(producer_that_moves_on_does_not_look_dead),
		TEST(producer_that_ends_does_not_look_dead),
		TEST(viewer_that_is_overtaken_before_it_sleeps_wakes_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
