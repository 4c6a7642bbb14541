/* SPDX-License-Identifier: MIT
 *
 * Files deleted by hand under a live producer. */
#include "takeover.h"

#include <sys/resource.h>

static struct shmflip_producer *producer;
static struct shmflip_viewer *viewer;

static int open_both(void **state)
{
	if (make_paths(state) || open_squares(SLOTS, &producer))
		return -1;
	return open_view(0, 0, &viewer);
}

static int close_both(void **state)
{
	shmflip_viewer_close(viewer);
	shmflip_producer_close(producer);
	return remove_directory(state);
}

/* The producer checks its files every tenth of a second. */
static void assert_continues(void)
{
	struct shmflip_viewer *newcomer;

	sleep_ms(110);
	assert_int_equal(publish_square(producer, 5, 0), 0);
	assert_takes(viewer, 5, 1000);
	assert_int_equal(open_view(0, 0, &newcomer), 0);
	assert_takes(newcomer, 5, 1000);
	shmflip_viewer_close(newcomer);
}

static void deleted_channel_file_is_created_again(void **state)
{
	(void)state;
	assert_continues();
	note_keys();
	unlink(paths.channel_file);
	assert_continues();
	assert_int_equal(producer_counts(producer).generations, 2);
	assert_int_equal(objects_under_keys(), 1);
}

static void deleted_lock_file_is_created_again(void **state)
{
	struct shmflip_producer *second;

	(void)state;
	assert_continues();
	note_keys();
	unlink(paths.lock_file);
	/* Until then no other process takes the channel for a dead one. */
	assert_int_equal(open_squares(SLOTS, &second), -EBUSY);
	assert_non_null(strstr(shmflip_error_detail(), "deleted"));
	assert_int_equal(shmflip_channel_clean(NULL, "test", NULL), -EBUSY);
	assert_continues();
	note_keys();
	assert_int_equal(objects_under_keys(), 1);
	assert_int_equal(owner_pid(), getpid());
	assert_int_equal(open_squares(SLOTS, &second), -EBUSY);
}

/* Leaves one free descriptor, for the lock file. */
static int run_out_of_descriptors(void *unused)
{
	struct shmflip_producer *second;
	struct rlimit limit = { 0 };
	int lowest = dup(STDIN_FILENO);

	(void)unused;
	close(lowest);
	limit.rlim_cur = limit.rlim_max = (rlim_t)lowest + 1;
	if (setrlimit(RLIMIT_NOFILE, &limit))
		return 1;
	if (open_squares(SLOTS, &second) != -EMFILE)
		return 2;
	return shmflip_channel_clean(NULL, "test", NULL) == -EMFILE ? 0 : 3;
}

static void failed_check_takes_no_producer_for_dead(void **state)
{
	(void)state;
	unlink(paths.lock_file);
	assert_exits(start(run_out_of_descriptors, NULL), 0);
	assert_int_equal(access(paths.channel_file, F_OK), 0);
	assert_continues();
}

static int ignore_channel(const char *channel, void *unused)
{
	(void)channel, (void)unused;
	return 0;
}

/* Leaves a descriptor for the directory, and none for the files. Then not even that. */
static int look_for_channels_without_descriptors(void *unused)
{
	struct rlimit limit = { 0 };
	int lowest = dup(STDIN_FILENO);

	(void)unused;
	close(lowest);
	limit.rlim_max = (rlim_t)lowest + 1;
	limit.rlim_cur = limit.rlim_max;
	if (setrlimit(RLIMIT_NOFILE, &limit))
		return 1;
	if (shmflip_channel_list(NULL, ignore_channel, NULL) != -EMFILE)
		return 2;
	limit.rlim_cur = (rlim_t)lowest;
	if (setrlimit(RLIMIT_NOFILE, &limit))
		return 3;
	return shmflip_channel_clean(NULL, "test", NULL) == -EMFILE ? 0 : 4;
}

static void failed_check_takes_no_channel_for_missing(void **state)
{
	(void)state;
	assert_exits(start(look_for_channels_without_descriptors, NULL), 0);
}

static int die_about_to_renew(void *argument)
{
	const int *ready = argument;
	struct generation generation = { 0 };
	struct channel channel;

	if (channel_acquire(&channel, &paths, getegid(), 0600) ||
	    generation_init(&generation, &channel, &small_config) || write(ready[1], "", 1) != 1)
		return 1;
	while (access(paths.lock_file, F_OK) == 0)
		sleep_ms(1);
	return channel_reacquire(&channel, getegid(), 0600) ? 2 : die();
}

/* The new lock file does not name the objects of the generation that runs. */
static void death_with_a_new_lock_file_hides_nothing(void **state)
{
	int ready[2], status;
	char byte;
	pid_t child;

	(void)state;
	assert_int_equal(pipe(ready), 0);
	child = start(die_about_to_renew, ready);
	assert_int_equal(read(ready[0], &byte, 1), 1);
	note_keys();
	unlink(paths.lock_file);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status));
	note_keys();
	assert_takes_over();
	close(ready[0]);
	close(ready[1]);
}

static void deleted_directory_is_created_again(void **state)
{
	(void)state;
	assert_continues();
	unlink(paths.channel_file);
	unlink(paths.lock_file);
	rmdir(directory);
	assert_continues();
}

/* A move does not rely on the last check. */
static void move_needs_no_lock_file(void **state)
{
	(void)state;
	assert_continues();
	unlink(paths.lock_file);
	assert_int_equal(move_on(producer, 0x10000), 0);
	assert_int_equal(access(paths.lock_file, F_OK), 0);
	unlink(paths.lock_file);
	assert_int_equal(shmflip_producer_end(producer, 0), 0);
	assert_int_equal(publish_square(producer, 6, 0), 0);
	assert_int_equal(access(paths.lock_file, F_OK), 0);
	assert_continues();
}

static void waiting_for_viewers_checks_the_files(void **state)
{
	const struct shmflip_frame *frame;

	(void)state;
	unlink(paths.channel_file);
	sleep_ms(110);
	assert_int_equal(shmflip_producer_wait_viewers(producer, 1, 0), -EAGAIN);
	assert_int_equal(shmflip_viewer_attach(viewer, 1000), 0);
	assert_int_equal(shmflip_viewer_acquire(viewer, &frame, 0), -EAGAIN);
}

static void waiting_for_a_slot_checks_the_files(void **state)
{
	const struct shmflip_frame *held[SLOTS];
	struct shmflip_frame *loan;

	(void)state;
	for (uint32_t i = 0; i < SLOTS; i++) {
		assert_int_equal(publish_square(producer, i, 0), 0);
		assert_int_equal(shmflip_viewer_acquire(viewer, &held[i], 1000), 0);
	}
	assert_int_equal(shmflip_producer_loan(producer, &loan, 0), -EAGAIN);
	unlink(paths.channel_file);
	assert_int_equal(shmflip_producer_loan(producer, &loan, 1000), 0);
	shmflip_frame_release(loan);
	assert_int_equal(access(paths.channel_file, F_OK), 0);
	for (uint32_t i = 0; i < SLOTS; i++) {
		assert_int_equal(square_value(held[i]), i);
		shmflip_frame_release(held[i]);
	}
}

/* Without both files, the next producer cannot find the first one. */
static void second_producer_ends_the_first(void **state)
{
	struct shmflip_producer *second;
	struct shmflip_frame *loan;
	struct stat file, same_file;

	(void)state;
	unlink(paths.channel_file);
	unlink(paths.lock_file);
	assert_int_equal(open_squares(SLOTS, &second), 0);
	assert_int_equal(stat(paths.channel_file, &file), 0);
	assert_int_equal(move_on(producer, 0x10000), -ESTALE);
	assert_int_equal(stat(paths.channel_file, &same_file), 0);
	assert_int_equal(same_file.st_ino, file.st_ino);
	sleep_ms(110);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(shmflip_producer_loan(producer, &loan, 0), -ESTALE);
		assert_non_null(strstr(shmflip_error_detail(), "deleted"));
	}
	shmflip_producer_close(producer);
	producer = second;
	/* The first producer does not touch what belongs to the second. */
	assert_int_equal(access(paths.channel_file, F_OK), 0);
	assert_int_equal(access(paths.lock_file, F_OK), 0);
	assert_int_equal(publish_square(producer, 6, 0), 0);
	assert_takes(viewer, 6, 1000);
	shmflip_viewer_close(viewer);
	assert_int_equal(open_view(0, 0, &viewer), 0);
}

#define BOTH(test) cmocka_unit_test_setup_teardown(test, open_both, close_both)

int main(void)
{
	const struct CMUnitTest tests[] = {
		BOTH(deleted_channel_file_is_created_again),
		BOTH(deleted_lock_file_is_created_again),
		BOTH(failed_check_takes_no_producer_for_dead),
		BOTH(failed_check_takes_no_channel_for_missing),
		WITH_PATHS(death_with_a_new_lock_file_hides_nothing),
		BOTH(deleted_directory_is_created_again),
		BOTH(move_needs_no_lock_file),
		BOTH(waiting_for_viewers_checks_the_files),
		BOTH(waiting_for_a_slot_checks_the_files),
		BOTH(second_producer_ends_the_first),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
