/* SPDX-License-Identifier: MIT
 *
 * Ownership: a race of many producers, an owner that has just started, and an owner that has become
 * another program. */
#include "takeover.h"

#include <sys/time.h>

enum { RACERS = 10, ROUNDS = 10 };

struct race {
	int start[2]; /* closed: start */
	int ready[2]; /* the winner's pid */
	int end[2];   /* closed: the losers have exited */
};

static int run_race(void *argument)
{
	const struct race *race = argument;
	struct shmflip_producer *producer;
	pid_t winner, self = getpid();
	char byte, words[64];
	int error;

	close(race->start[1]);
	close(race->end[1]);
	if (read(race->start[0], &byte, 1) != 0)
		return 2;
	error = open_squares(SLOTS, &producer);
	if (!error) {
		if (write(race->ready[1], &self, sizeof(self)) != sizeof(self) ||
		    read(race->end[0], &byte, 1) != 0)
			return 3;
		return die();
	}
	if (error != -EBUSY)
		return 4;
	winner = owner_pid();
	if (winner <= 0)
		return 5;
	if (open_squares(SLOTS, &producer) != -EBUSY)
		return 7;
	snprintf(words, sizeof(words), "process %d:", winner);
	return strstr(shmflip_error_detail(), words) ? 1 : 6;
}

static void one_of_ten_wins(void **state)
{
	struct race race;
	pid_t racers[RACERS], winner;
	int status;

	(void)state;
	for (int round = 0; round < ROUNDS; round++) {
		assert_int_equal(pipe(race.start) | pipe(race.ready) | pipe(race.end), 0);
		for (int i = 0; i < RACERS; i++)
			racers[i] = start(run_race, &race);
		close(race.start[0]);
		close(race.start[1]);
		assert_int_equal(read(race.ready[0], &winner, sizeof(winner)), sizeof(winner));
		for (int i = 0; i < RACERS; i++)
			if (racers[i] != winner)
				assert_exits(racers[i], 1);
		close(race.end[0]);
		close(race.end[1]);
		assert_int_equal(waitpid(winner, &status, 0), winner);
		assert_true(WIFSIGNALED(status));
		close(race.ready[0]);
		close(race.ready[1]);
	}
	assert_takes_over();
}

static int acquire_for_cleanup_and_pause(void *argument)
{
	const int *ready = argument;
	struct channel channel;

	if (channel_acquire_for_cleanup(&channel, &paths) || write(ready[1], "", 1) != 1)
		return 1;
	pause();
	return 2;
}

/* An owner that has not written its pid is not reported by its predecessor's. */
static void dead_owner_is_not_reported(void **state)
{
	enum step step = OPEN;
	pid_t child;
	int ready[2];
	char byte;

	(void)state;
	start_and_wait_for_death(create_up_to, &step);
	note_keys();
	assert_int_not_equal(recorded().pid, 0);
	assert_int_equal(pipe(ready), 0);
	child = start(acquire_for_cleanup_and_pause, ready);
	assert_int_equal(read(ready[0], &byte, 1), 1);
	assert_int_equal(owner_pid(), 0);
	kill_and_reap(child);
	assert_int_equal(owner_pid(), -1);
	assert_takes_over();
	close(ready[0]);
	close(ready[1]);
}

/* The process that cleans up ends this many milliseconds later. */
static void assert_waits_for_a_cleanup(int ms)
{
	struct shmflip_producer *producer;
	int ready[2];
	char byte;
	pid_t child, killer;

	assert_int_equal(pipe(ready), 0);
	child = start(acquire_for_cleanup_and_pause, ready);
	assert_int_equal(read(ready[0], &byte, 1), 1);
	killer = fork();
	if (killer == 0) {
		sleep_ms(ms);
		kill(child, SIGKILL);
		_exit(0);
	}
	assert_int_equal(open_squares(SLOTS, &producer), 0);
	shmflip_producer_close(producer);
	assert_exits(killer, 0);
	kill_and_reap(child);
	close(ready[0]);
	close(ready[1]);
}

/* A producer does not fail because another process cleans up at that moment. */
static void producer_waits_for_a_cleanup(void **state)
{
	(void)state;
	assert_waits_for_a_cleanup(100);
}

static void ignore_alarm(int number)
{
	(void)number;
}

static void signals_do_not_shorten_that_wait(void **state)
{
	const struct itimerval often = { { 0, 50 }, { 0, 50 } }, never = { { 0, 0 }, { 0, 0 } };

	(void)state;
	signal(SIGALRM, ignore_alarm);
	assert_int_equal(setitimer(ITIMER_REAL, &often, NULL), 0);
	assert_waits_for_a_cleanup(600);
	assert_int_equal(setitimer(ITIMER_REAL, &never, NULL), 0);
	signal(SIGALRM, SIG_DFL);
}

static ino_t lock_file_number(void)
{
	struct stat status;

	assert_int_equal(stat(paths.lock_file, &status), 0);
	return status.st_ino;
}

static void live_channel_is_not_cleaned_up(void **state)
{
	struct shmflip_producer *producer;
	ino_t before;

	(void)state;
	assert_int_equal(open_squares(SLOTS, &producer), 0);
	before = lock_file_number();
	assert_int_equal(shmflip_channel_clean(NULL, "test", NULL), -EBUSY);
	assert_int_equal(lock_file_number(), before);
	assert_int_equal(access(paths.channel_file, F_OK), 0);
	shmflip_producer_close(producer);
}

static int become_another_program(void *argument)
{
	const int *ready = argument;
	struct shmflip_producer *producer;

	if (open_squares(SLOTS, &producer) || shmflip_producer_wait_viewers(producer, 1, 5000) ||
	    dup2(ready[1], STDOUT_FILENO) < 0)
		return 1;
	execlp("sh", "sh", "-c", "echo; exec sleep 100", NULL);
	return 2;
}

/* Its viewer keeps the segment. */
static pid_t start_another_program(struct shmflip_viewer **viewer)
{
	int ready[2];
	char byte;
	pid_t child;

	assert_int_equal(pipe(ready), 0);
	child = start(become_another_program, ready);
	assert_int_equal(open_view(0, 0, viewer), 0);
	assert_int_equal(shmflip_viewer_attach(*viewer, 5000), 0);
	assert_int_equal(read(ready[0], &byte, 1), 1);
	close(ready[0]);
	close(ready[1]);
	return child;
}

/* The semaphores stay raised until the process exits: exec does not undo them. */
static void channel_of_a_replaced_program_is_removed(void **state)
{
	struct shmflip_removed removed;
	struct shmflip_viewer *viewer;
	const struct shmflip_frame *frame;
	pid_t child;

	(void)state;
	child = start_another_program(&viewer);
	note_keys();
	assert_int_equal(objects_under_keys(), 1);
	assert_int_equal(owner_pid(), -1);
	assert_takes_over();
	assert_int_equal(shmflip_viewer_acquire(viewer, &frame, 1000), -EPIPE);
	shmflip_viewer_close(viewer);
	kill_and_reap(child);

	child = start_another_program(&viewer);
	shmflip_init(&removed);
	assert_int_equal(shmflip_channel_clean(NULL, "test", &removed), 0);
	assert_int_equal(removed.semaphores, 1);
	shmflip_viewer_close(viewer);
	kill_and_reap(child);
}

/* The id in a dead producer's channel file is another channel's by now: after a restart, ids count
 * from 0 again. */
static void foreign_raised_semaphores_stay(void **state)
{
	struct channel_record record = { .producer = 1, .generation = 1, .ring_key = 0x5f1b5f1a };
	enum step step = OPEN;
	struct stat status;
	bool alive;
	int ring;

	(void)state;
	start_and_wait_for_death(create_up_to, &step);
	assert_int_equal(ring_create(0x5f1b5f1b, getegid(), 0600, &ring), 0);
	assert_int_equal(ring_start(ring, 0), 0);
	layout_mark_channel(&record.mark);
	record.ring_id = ring;
	assert_int_equal(stat(paths.channel_file, &status), 0);
	record.device = status.st_dev;
	record.inode = status.st_ino;
	write_file(paths.channel_file, &record, sizeof(record));
	assert_takes_over();
	assert_int_equal(ring_query_alive(ring, &alive), 0);
	assert_true(alive);
	ring_remove(ring);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_PATHS(one_of_ten_wins),
		WITH_PATHS(dead_owner_is_not_reported),
		WITH_PATHS(producer_waits_for_a_cleanup),
		WITH_PATHS(signals_do_not_shorten_that_wait),
		WITH_PATHS(live_channel_is_not_cleaned_up),
		WITH_PATHS(channel_of_a_replaced_program_is_removed),
		WITH_PATHS(foreign_raised_semaphores_stay),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
