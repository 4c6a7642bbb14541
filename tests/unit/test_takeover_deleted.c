/* SPDX-License-Identifier: MIT
 *
 * Files deleted by hand under a live producer. */
#include "takeover.h"

#include <sys/resource.h>

static struct shmflip_producer *producer;
static struct shmflip_viewer *viewer;

static int open_both(void **state)
{
	struct shmflip_viewer_options viewer_options = { .channel = "test" };

	if (make_paths(state) || shmflip_producer_create(&options, &producer))
		return -1;
	return shmflip_viewer_open(&viewer_options, &viewer);
}

static int close_both(void **state)
{
	shmflip_viewer_destroy(viewer);
	shmflip_producer_destroy(producer);
	return remove_directory(state);
}

/* The producer checks its files every tenth of a second. */
static void assert_continues(void)
{
	struct shmflip_viewer_options viewer_options = { .channel = "test" };
	struct shmflip_viewer *newcomer;
	struct shmflip_frame frame;

	sleep_ms(110);
	assert_int_equal(publish_square(producer, 5, 0), 0);
	assert_int_equal(shmflip_viewer_acquire(viewer, &frame, 1000), 0);
	assert_int_equal(square_value(&frame), 5);
	shmflip_viewer_release(viewer, &frame);
	assert_int_equal(shmflip_viewer_open(&viewer_options, &newcomer), 0);
	assert_int_equal(shmflip_viewer_acquire(newcomer, &frame, 1000), 0);
	assert_int_equal(square_value(&frame), 5);
	shmflip_viewer_release(newcomer, &frame);
	shmflip_viewer_destroy(newcomer);
}

static void deleted_channel_file_is_created_again(void **state)
{
	struct shmflip_producer_stats stats;

	(void)state;
	assert_continues();
	note_keys();
	unlink(paths.channel_file);
	assert_continues();
	shmflip_producer_stats(producer, &stats);
	assert_int_equal(stats.generations, 2);
	assert_int_equal(objects_under_keys(), 1);
}

static void deleted_lock_file_is_created_again(void **state)
{
	struct shmflip_producer *second;
	struct shmflip_removed removed;
	pid_t pid = 0;

	(void)state;
	assert_continues();
	note_keys();
	unlink(paths.lock_file);
	/* Until then no other process takes the channel for a dead one. */
	assert_int_equal(shmflip_producer_create(&options, &second), -EBUSY);
	assert_non_null(strstr(shmflip_error_detail(), "deleted"));
	assert_int_equal(shmflip_channel_clean(NULL, "test", &removed), -EBUSY);
	assert_continues();
	note_keys();
	assert_int_equal(objects_under_keys(), 1);
	assert_int_equal(shmflip_channel_holder(NULL, "test", &pid), 0);
	assert_int_equal(pid, getpid());
	assert_int_equal(shmflip_producer_create(&options, &second), -EBUSY);
}

/* Leaves one free descriptor, for the lock file. */
static int run_out_of_descriptors(void *unused)
{
	struct shmflip_producer *second;
	struct shmflip_removed removed;
	struct rlimit limit = { 0 };
	int lowest = dup(STDIN_FILENO);

	(void)unused;
	close(lowest);
	limit.rlim_cur = limit.rlim_max = (rlim_t)lowest + 1;
	if (setrlimit(RLIMIT_NOFILE, &limit))
		return 1;
	if (shmflip_producer_create(&options, &second) != -EMFILE)
		return 2;
	return shmflip_channel_clean(NULL, "test", &removed) == -EMFILE ? 0 : 3;
}

static void failed_check_takes_no_producer_for_dead(void **state)
{
	(void)state;
	unlink(paths.lock_file);
	assert_exits(start(run_out_of_descriptors, NULL), 0);
	assert_int_equal(access(paths.channel_file, F_OK), 0);
	assert_continues();
}

static int die_about_to_renew(void *argument)
{
	const int *ready = argument;
	struct shmflip_producer *dying;
	struct shmflip_loan loan;

	if (shmflip_producer_create(&options, &dying) || shmflip_producer_loan(dying, &loan, 0) ||
	    write(ready[1], "", 1) != 1)
		return 1;
	while (access(paths.lock_file, F_OK) == 0)
		sleep_ms(1);
	sleep_ms(110);
	/* The producer creates the lock file, but no new generation while a slot is on loan. */
	if (shmflip_producer_loan(dying, &loan, 0) != -EBUSY || access(paths.lock_file, F_OK))
		return 2;
	return die();
}

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

static void waiting_for_viewers_checks_the_files(void **state)
{
	struct shmflip_frame frame;

	(void)state;
	unlink(paths.channel_file);
	sleep_ms(110);
	assert_int_equal(shmflip_producer_wait_viewers(producer, 1, 0), -EAGAIN);
	assert_int_equal(shmflip_viewer_wait_producer(viewer, 1000), 0);
	assert_int_equal(shmflip_viewer_acquire(viewer, &frame, 0), -EAGAIN);
}

static void waiting_for_a_slot_checks_the_files(void **state)
{
	struct shmflip_frame held[3];
	struct shmflip_loan loan;

	(void)state;
	for (uint32_t i = 0; i < options.slots; i++) {
		assert_int_equal(publish_square(producer, (int)i, 0), 0);
		assert_int_equal(shmflip_viewer_acquire(viewer, &held[i], 1000), 0);
	}
	assert_int_equal(shmflip_producer_loan(producer, &loan, 0), -EAGAIN);
	unlink(paths.channel_file);
	assert_int_equal(shmflip_producer_loan(producer, &loan, 1000), 0);
	assert_int_equal(access(paths.channel_file, F_OK), 0);
	for (uint32_t i = 0; i < options.slots; i++) {
		assert_int_equal(square_value(&held[i]), i);
		shmflip_viewer_release(viewer, &held[i]);
	}
}

/* Without both files, the next producer cannot find the first one. */
static void second_producer_ends_the_first(void **state)
{
	struct shmflip_producer *second;
	struct shmflip_viewer_options viewer_options = { .channel = "test" };
	struct shmflip_frame frame;
	struct shmflip_loan loan;

	(void)state;
	unlink(paths.channel_file);
	unlink(paths.lock_file);
	assert_int_equal(shmflip_producer_create(&options, &second), 0);
	sleep_ms(110);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(shmflip_producer_loan(producer, &loan, 0), -ESTALE);
		assert_non_null(strstr(shmflip_error_detail(), "deleted"));
	}
	shmflip_producer_destroy(producer);
	producer = second;
	/* The first producer does not touch what belongs to the second. */
	assert_int_equal(access(paths.channel_file, F_OK), 0);
	assert_int_equal(access(paths.lock_file, F_OK), 0);
	assert_int_equal(publish_square(producer, 6, 0), 0);
	assert_int_equal(shmflip_viewer_acquire(viewer, &frame, 1000), 0);
	assert_int_equal(square_value(&frame), 6);
	shmflip_viewer_release(viewer, &frame);
	shmflip_viewer_destroy(viewer);
	assert_int_equal(shmflip_viewer_open(&viewer_options, &viewer), 0);
}

#define BOTH(test) cmocka_unit_test_setup_teardown(test, open_both, close_both)

int main(void)
{
	const struct CMUnitTest tests[] = {
		BOTH(deleted_channel_file_is_created_again),
		BOTH(deleted_lock_file_is_created_again),
		BOTH(failed_check_takes_no_producer_for_dead),
		WITH_PATHS(death_with_a_new_lock_file_hides_nothing),
		BOTH(deleted_directory_is_created_again),
		BOTH(waiting_for_viewers_checks_the_files),
		BOTH(waiting_for_a_slot_checks_the_files),
		BOTH(second_producer_ends_the_first),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
