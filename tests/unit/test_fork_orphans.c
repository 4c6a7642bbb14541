/* SPDX-License-Identifier: MIT
 *
 * Children of fork() that outlive their parent keep neither its channel nor its frames. */
#include "inherited.h"

#include <pthread.h>
#include <stdatomic.h>

/* A child is stopped by closing the other end of a pipe. */
static int stop[2], ready[2];

/* Tells that it runs: a fork is over for the parent before it is for the child. */
static int wait_for_stop(void *unused)
{
	pid_t self = getpid();
	char byte;

	(void)unused;
	close(stop[1]);
	if (write(ready[1], &self, sizeof(self)) != sizeof(self))
		return 1;
	return read(stop[0], &byte, 1) == 0 ? 0 : 1;
}

static void make_pipes(void)
{
	assert_int_equal(pipe(stop), 0);
	assert_int_equal(pipe(ready), 0);
}

static void close_pipes(void)
{
	for (int i = 0; i < 2; i++) {
		close(stop[i]);
		close(ready[i]);
	}
}

static pid_t read_pid(void)
{
	pid_t pid = 0;

	assert_int_equal(read(ready[0], &pid, sizeof(pid)), sizeof(pid));
	assert_true(pid > 0);
	return pid;
}

static int produce_with_a_child(void *unused)
{
	(void)unused;
	open_all(4);
	start(wait_for_stop, NULL);
	return pause();
}

static void child_does_not_keep_a_channel(void **state)
{
	const struct shmflip_frame *frame;
	struct shmflip_viewer *watching;
	pid_t parent, child;

	(void)state;
	make_pipes();
	parent = start(produce_with_a_child, NULL);
	child = read_pid();
	watching = attach_viewer(SHMFLIP_VIEW_AUTO);
	assert_takes(watching, 1, 1000);
	kill_and_reap(parent);
	assert_int_equal(kill(child, 0), 0);
	assert_int_equal(shmflip_viewer_acquire(watching, &frame, 1000), -EPIPE);
	producer = create(SHMFLIP_POLICY_LATEST, 2, 0);
	assert_int_equal(publish_square(producer, 5, 0), 0);
	assert_takes(watching, 5, 1000);
	assert_int_equal(kill(child, 0), 0);
	shmflip_viewer_close(watching);
	shmflip_producer_close(producer);
	close_pipes();
}

static int view_with_a_child(void *unused)
{
	(void)unused;
	viewer = attach_viewer(SHMFLIP_VIEW_EVERY);
	if (shmflip_viewer_acquire(viewer, &acquired, 5000))
		return 1;
	start(wait_for_stop, NULL);
	return pause();
}

static void child_does_not_keep_frames(void **state)
{
	pid_t parent, child;
	uint32_t viewers;

	(void)state;
	make_pipes();
	producer = create(SHMFLIP_POLICY_LOSSLESS, 2, 0);
	parent = start(view_with_a_child, NULL);
	assert_int_equal(shmflip_producer_wait_viewers(producer, 1, 5000), 0);
	assert_int_equal(publish_square(producer, 1, 0), 0);
	assert_int_equal(publish_square(producer, 2, 0), 0);
	child = read_pid();
	assert_int_equal(publish_square(producer, 3, 20), -EAGAIN);
	kill_and_reap(parent);
	assert_int_equal(shmflip_producer_viewers(producer, &viewers), 0);
	assert_int_equal(viewers, 0);
	for (uint32_t i = 3; i < 10; i++)
		assert_int_equal(publish_square(producer, i, 0), 0);
	assert_int_equal(kill(child, 0), 0);
	shmflip_producer_close(producer);
	close_pipes();
}

/* ---- A child that has not run yet when its parent is killed ---- */

static bool delays;

/* Registered before the library's handler, it runs before that one. */
static void delay_child(void)
{
	if (!delays)
		return;
	delays = false;
	wait_for_stop(NULL);
}

static int exit_at_once(void *unused)
{
	(void)unused;
	return 0;
}

static int produce_with_a_late_child(void *unused)
{
	open_all(4);
	delays = true;
	start(exit_at_once, unused);
	return pause();
}

static void close_after(int fd, int ms)
{
	pid_t closer = fork();

	assert_true(closer >= 0);
	if (closer == 0) {
		sleep_ms(ms);
		_exit(0);
	}
	close(fd);
}

static void producer_waits_for_a_child_that_has_not_run(void **state)
{
	pid_t parent;

	(void)state;
	make_pipes();
	parent = start(produce_with_a_late_child, NULL);
	read_pid();
	kill_and_reap(parent);
	close_after(stop[1], 200);
	producer = create(SHMFLIP_POLICY_LATEST, 2, 0);
	assert_int_equal(publish_square(producer, 1, 0), 0);
	shmflip_producer_close(producer);
	close_pipes();
}

/* ---- A parent with threads ---- */

enum { FORKS = 30 };

static _Atomic bool publishing;

/* Holds the library's locks at any moment. */
static void *publish_and_inspect(void *unused)
{
	const struct shmflip_status *status;

	for (uint32_t i = 0; publishing; i++) {
		publish_square(producer, i, 0);
		if (shmflip_channel_status(NULL, "test", &status) == 0)
			shmflip_status_free(status);
	}
	return unused;
}

static int use_and_wait_for_stop(void *unused)
{
	if (use_producer())
		return 1;
	shmflip_producer_close(producer);
	return wait_for_stop(unused);
}

static int fork_among_threads(void *unused)
{
	pthread_t threads[3];

	(void)unused;
	producer = create(SHMFLIP_POLICY_LATEST, 3, 0);
	publishing = true;
	for (int i = 0; i < 3; i++)
		pthread_create(&threads[i], NULL, publish_and_inspect, NULL);
	for (int i = 0; i < FORKS; i++)
		start(use_and_wait_for_stop, NULL);
	return pause();
}

static void children_of_threads_keep_nothing(void **state)
{
	pid_t parent, child = 0;

	(void)state;
	make_pipes();
	parent = start(fork_among_threads, NULL);
	for (int i = 0; i < FORKS; i++)
		child = read_pid();
	kill_and_reap(parent);
	producer = create(SHMFLIP_POLICY_LATEST, 2, 0);
	assert_int_equal(kill(child, 0), 0);
	assert_int_equal(publish_square(producer, 1, 0), 0);
	shmflip_producer_close(producer);
	close_pipes();
}

/* Whether a segment is mapped: /proc names each by its key. */
static int has_memory(void *unused)
{
	FILE *maps = fopen("/proc/self/maps", "r");
	char line[512];
	bool found = false;

	(void)unused;
	while (maps && fgets(line, sizeof(line), maps))
		found |= strstr(line, "/SYSV") != NULL;
	return !maps || fclose(maps) || found;
}

enum { CHILDREN = 500 };

static void children_get_no_memory_that_is_just_being_attached(void **state)
{
	pthread_t threads[3];

	(void)state;
	producer = create(SHMFLIP_POLICY_LATEST, 3, 0);
	publishing = true;
	for (int i = 0; i < 3; i++)
		pthread_create(&threads[i], NULL, publish_and_inspect, NULL);
	for (int i = 0; i < CHILDREN; i++)
		assert_exits(start(has_memory, NULL), 0);
	publishing = false;
	for (int i = 0; i < 3; i++)
		pthread_join(threads[i], NULL);
	shmflip_producer_close(producer);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_DIRECTORY(child_does_not_keep_a_channel),
		WITH_DIRECTORY(child_does_not_keep_frames),
		WITH_DIRECTORY(producer_waits_for_a_child_that_has_not_run),
		WITH_DIRECTORY(children_of_threads_keep_nothing),
		WITH_DIRECTORY(children_get_no_memory_that_is_just_being_attached),
	};

	pthread_atfork(NULL, NULL, delay_child);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
