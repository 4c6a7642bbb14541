/* SPDX-License-Identifier: MIT
 *
 * Taking a channel over from whatever a dead producer, or somebody's hand, left of it; and what a live
 * one does when its files are deleted. */
#include "support.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>

#include "channel.h"
#include "generation.h"
#include "left.h"
#include "ring.h"
#include "sweep.h"
#include "sysv.h"

static struct folder_place place;
static key_t keys[4 * SWEEP_PROJECTS];
static int key_count;

static struct generation_plan small_plan = {
	.slot_bytes = 4096,
	.slots = 2,
	.policy = SHMFLIP_POLICY_LATEST,
	.mode = 0600,
};

static const struct shmflip_producer_options options = {
	.channel = "test",
	.slot_bytes = SIDE * SIDE * 4,
	.slots = 3,
};

static int make_place(void **state)
{
	small_plan.group = getegid();
	key_count = 0;
	return make_folder(state) || folder_place(&place, NULL, "test");
}

/* Remembers every key that objects of the present lock file may have. */
static void note_keys(void)
{
	key_t first;

	assert_int_equal(sysv_key(place.lock_file, 1, &first), 0);
	for (int i = 0; i < key_count; i += SWEEP_PROJECTS)
		if (keys[i] == first)
			return;
	for (int project = 1; project <= SWEEP_PROJECTS; project++)
		assert_int_equal(sysv_key(place.lock_file, project, &keys[key_count++]), 0);
}

static int objects_under_keys(void)
{
	int id, count = 0;

	for (int i = 0; i < key_count; i++) {
		count += sysv_segment_find(keys[i], &id) == 0;
		count += sysv_semaphores_find(keys[i], &id) == 0;
	}
	return count;
}

static struct lock_record recorded(void)
{
	struct lock_record record = { 0 };
	int fd = open(place.lock_file, O_RDONLY);

	assert_true(fd >= 0);
	assert_true(read(fd, &record, sizeof(record)) >= 0);
	close(fd);
	return record;
}

static void write_file(const char *path, const void *bytes, size_t size)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, size), size);
	close(fd);
}

/* ---- Dead at every step of making ---- */

enum step { LOCK_FILE, RECORD, SEGMENT, RING, RAISED, NEW_FILE, OPEN, MOVING, MOVED, STEPS };

static int die(void)
{
	raise(SIGKILL);
	return 9;
}

static int make_up_to(void *argument)
{
	enum step last = *(enum step *)argument;
	struct channel channel;
	struct generation generation = { 0 }, second = { 0 };
	uint64_t number;
	key_t key;
	int segment, ring;

	if (last == LOCK_FILE && !channel_seize(&channel, &place))
		return die();
	if (channel_own(&channel, &place, getegid(), 0600))
		return 1;
	if (last == MOVING || last == MOVED || last == OPEN) {
		if (generation_init(&generation, &channel, &small_plan))
			return 2;
		if (last == OPEN)
			return die();
	}
	if (last == MOVED)
		return generation_init(&second, &channel, &small_plan) ? 3 : die();
	if (channel_begin_generation(&channel, &number, &key))
		return 4;
	if (last == RECORD)
		return die();
	if (sysv_segment_create(key, 1 << 16, &segment))
		return 5;
	if (last == SEGMENT)
		return die();
	if (ring_create(key, getegid(), 0600, &ring))
		return 6;
	if (last != RING && ring_start(ring, 0))
		return 7;
	if (last == NEW_FILE)
		close(open(place.new_file, O_CREAT | O_WRONLY, 0600));
	return die();
}

static void start_and_await_death(int (*run)(void *), void *argument)
{
	pid_t child = start(run, argument);
	int status;

	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGKILL);
}

/* A producer of another geometry comes, a viewer sees its frame, and nothing is left in the end. */
static void take_over_and_leave(void)
{
	struct shmflip_viewer_options viewer_options = { .channel = "test" };
	struct shmflip_producer *producer;
	struct shmflip_viewer *viewer;
	struct shmflip_frame frame;

	assert_int_equal(shmflip_producer_create(&options, &producer), 0);
	note_keys();
	/* Its segment is marked for removal, which takes the key away: there is only its ring. */
	assert_int_equal(objects_under_keys(), 1);
	assert_int_equal(publish_square(producer, 7, 0), 0);
	assert_int_equal(shmflip_viewer_open(&viewer_options, &viewer), 0);
	assert_int_equal(shmflip_viewer_acquire(viewer, &frame, 1000), 0);
	assert_int_equal(square_value(&frame), 7);
	shmflip_viewer_release(viewer, &frame);
	shmflip_viewer_destroy(viewer);
	shmflip_producer_destroy(producer);
	assert_int_equal(objects_under_keys(), 0);
}

static void every_step_of_making_is_taken_over(void **state)
{
	static const int left[STEPS] = { [SEGMENT] = 1, [RING] = 2,   [RAISED] = 2, [NEW_FILE] = 2,
		                         [OPEN] = 1,    [MOVING] = 3, [MOVED] = 2 };

	(void)state;
	for (enum step step = 0; step < STEPS; step++) {
		start_and_await_death(make_up_to, &step);
		note_keys();
		assert_int_equal(objects_under_keys(), left[step]);
		take_over_and_leave();
		key_count = 0;
	}
}

static void every_step_of_making_is_cleaned(void **state)
{
	static const struct shmflip_removed expected[STEPS] = {
		[LOCK_FILE] = { 1, 0, 0 }, [RECORD] = { 1, 0, 0 }, [SEGMENT] = { 1, 1, 0 },
		[RING] = { 1, 1, 1 },      [RAISED] = { 1, 1, 1 }, [NEW_FILE] = { 2, 1, 1 },
		[OPEN] = { 2, 0, 1 },      [MOVING] = { 2, 1, 2 }, [MOVED] = { 2, 0, 2 },
	};
	struct shmflip_removed removed;

	(void)state;
	for (enum step step = 0; step < STEPS; step++) {
		start_and_await_death(make_up_to, &step);
		note_keys();
		assert_int_equal(shmflip_channel_clean(NULL, "test", &removed), 0);
		assert_memory_equal(&removed, &expected[step], sizeof(removed));
		assert_int_equal(objects_under_keys(), 0);
		assert_int_equal(shmflip_channel_clean(NULL, "test", &removed), -ENOENT);
		key_count = 0;
	}
}

/* ---- Files damaged, of another version, or pointing elsewhere ---- */

static void damaged_lock_files_hide_nothing(void **state)
{
	struct lock_record record;
	char garbage[100];

	(void)state;
	memset(garbage, 0x5a, sizeof(garbage));
	for (int damage = 0; damage < 4; damage++) {
		enum step step = MOVING;

		start_and_await_death(make_up_to, &step);
		note_keys();
		record = recorded();
		record.mark.version++;
		if (damage == 0)
			write_file(place.lock_file, garbage, sizeof(garbage));
		else if (damage == 1)
			write_file(place.lock_file, &record, sizeof(record));
		else if (damage == 2)
			write_file(place.lock_file, &record, 12);
		else
			write_file(place.lock_file, garbage, 1);
		take_over_and_leave();
		key_count = 0;
	}
}

/* The channel file names the semaphores, whatever became of the lock file. */
static void lost_lock_file_hides_no_open_channel(void **state)
{
	(void)state;
	for (int damage = 0; damage < 2; damage++) {
		/* A new owner looks under the first key anyway: of the emptied file's, not the
		 * second. */
		enum step step = damage == 0 ? OPEN : MOVED;

		start_and_await_death(make_up_to, &step);
		note_keys();
		if (damage == 0)
			unlink(place.lock_file);
		else
			write_file(place.lock_file, "", 0);
		take_over_and_leave();
		key_count = 0;
	}
}

static void damaged_channel_files_are_replaced(void **state)
{
	struct channel_record record = { .producer = 1, .generation = 1 };
	enum step step = OPEN;
	char garbage[200];

	(void)state;
	memset(garbage, 0xa5, sizeof(garbage));
	for (int damage = 0; damage < 4; damage++) {
		start_and_await_death(make_up_to, &step);
		note_keys();
		layout_mark_channel(&record.mark);
		record.mark.version += damage == 2;
		if (damage == 0)
			write_file(place.channel_file, garbage, sizeof(garbage));
		else if (damage == 1)
			write_file(place.channel_file, garbage, 0);
		else
			write_file(place.channel_file, &record, sizeof(record));
		take_over_and_leave();
		key_count = 0;
	}
}

/* Many a program makes empty lock files. What lies beside one is not taken for a channel's. */
static void cleaning_takes_no_file_of_others(void **state)
{
	struct shmflip_removed removed;
	char bytes[4];
	int fd;

	(void)state;
	write_file(place.lock_file, "", 0);
	write_file(place.channel_file, "mine", 4);
	write_file(place.new_file, "mine", 4);
	assert_int_equal(shmflip_channel_clean(NULL, "test", &removed), 0);
	assert_int_equal(removed.files, 1);
	assert_int_equal(access(place.lock_file, F_OK), -1);
	assert_int_equal(access(place.new_file, F_OK), 0);
	fd = open(place.channel_file, O_RDONLY);
	assert_int_equal(read(fd, bytes, sizeof(bytes)), sizeof(bytes));
	assert_memory_equal(bytes, "mine", sizeof(bytes));
	close(fd);
	assert_int_equal(shmflip_channel_clean(NULL, "test", &removed), -ENOENT);
	unlink(place.channel_file);
	unlink(place.new_file);
}

/* ---- Viewers that stay ---- */

static int publish_and_wait(void *unused)
{
	struct shmflip_producer *producer;

	(void)unused;
	if (shmflip_producer_create(&options, &producer) || publish_square(producer, 1, 0))
		return 1;
	pause();
	return 2;
}

static void viewers_that_stay_move_over(void **state)
{
	struct shmflip_producer_options other = options;
	struct shmflip_viewer_options viewer_options = { .channel = "test" };
	struct shmflip_producer *producer;
	struct shmflip_viewer *viewer;
	struct shmflip_frame frame, kept;
	struct shmflip_channel_info info;
	pid_t child = start(publish_and_wait, NULL);

	(void)state;
	assert_int_equal(shmflip_viewer_open(&viewer_options, &viewer), 0);
	assert_int_equal(shmflip_viewer_acquire(viewer, &kept, 5000), 0);
	kill_and_reap(child);
	other.slots = 7;
	other.slot_bytes *= 5;
	other.policy = SHMFLIP_POLICY_LOSSLESS;
	assert_int_equal(shmflip_producer_create(&other, &producer), 0);
	assert_int_equal(publish_square(producer, 2, 0), 0);
	assert_int_equal(shmflip_viewer_acquire(viewer, &frame, 1000), -EPIPE);
	assert_int_equal(shmflip_viewer_acquire(viewer, &frame, 1000), 0);
	assert_int_equal(square_value(&frame), 2);
	assert_int_equal(square_value(&kept), 1);
	assert_int_equal(shmflip_viewer_channel(viewer, &info), 0);
	assert_int_equal(info.slots, 7);
	shmflip_viewer_release(viewer, &frame);
	shmflip_viewer_release(viewer, &kept);
	shmflip_viewer_destroy(viewer);
	shmflip_producer_destroy(producer);
}

/* ---- Who owns ---- */

enum { RACERS = 10, ROUNDS = 10 };

struct race {
	int start[2]; /* closed: go */
	int told[2];  /* the winner's pid */
	int end[2];   /* closed: the losers have spoken */
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
	error = shmflip_producer_create(&options, &producer);
	if (!error) {
		if (write(race->told[1], &self, sizeof(self)) != sizeof(self) ||
		    read(race->end[0], &byte, 1) != 0)
			return 3;
		return die();
	}
	if (error != -EBUSY)
		return 4;
	if (write(race->told[1], &(pid_t){ 0 }, 0) != 0 ||
	    shmflip_channel_holder(NULL, "test", &winner))
		return 5;
	shmflip_producer_create(&options, &producer);
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
		assert_int_equal(pipe(race.start) | pipe(race.told) | pipe(race.end), 0);
		for (int i = 0; i < RACERS; i++)
			racers[i] = start(run_race, &race);
		close(race.start[0]);
		close(race.start[1]);
		assert_int_equal(read(race.told[0], &winner, sizeof(winner)), sizeof(winner));
		for (int i = 0; i < RACERS; i++)
			if (racers[i] != winner)
				assert_exits(racers[i], 1);
		close(race.end[0]);
		close(race.end[1]);
		assert_int_equal(waitpid(winner, &status, 0), winner);
		assert_true(WIFSIGNALED(status));
		close(race.told[0]);
		close(race.told[1]);
	}
	take_over_and_leave();
}

static int seize_and_wait(void *argument)
{
	const int *told = argument;
	struct channel channel;

	if (channel_seize(&channel, &place) || write(told[1], "", 1) != 1)
		return 1;
	pause();
	return 2;
}

/* Who only just owns the channel is never called by its predecessor's pid. */
static void no_dead_pid_is_named(void **state)
{
	enum step step = OPEN;
	pid_t child, pid = 12345;
	int told[2];
	char byte;

	(void)state;
	start_and_await_death(make_up_to, &step);
	note_keys();
	assert_int_not_equal(recorded().pid, 0);
	assert_int_equal(pipe(told), 0);
	child = start(seize_and_wait, told);
	assert_int_equal(read(told[0], &byte, 1), 1);
	assert_int_equal(shmflip_channel_holder(NULL, "test", &pid), 0);
	assert_int_equal(pid, 0);
	kill_and_reap(child);
	assert_int_equal(shmflip_channel_holder(NULL, "test", &pid), -ENOENT);
	take_over_and_leave();
	close(told[0]);
	close(told[1]);
}

/* Neither is a producer refused because somebody sweeps at that moment. */
static void a_sweeper_is_waited_for(void **state)
{
	struct shmflip_producer *producer;
	int told[2];
	char byte;
	pid_t child, killer;

	(void)state;
	assert_int_equal(pipe(told), 0);
	child = start(seize_and_wait, told);
	assert_int_equal(read(told[0], &byte, 1), 1);
	killer = fork();
	if (killer == 0) {
		nap_ms(100);
		kill(child, SIGKILL);
		_exit(0);
	}
	assert_int_equal(shmflip_producer_create(&options, &producer), 0);
	shmflip_producer_destroy(producer);
	assert_exits(killer, 0);
	kill_and_reap(child);
	close(told[0]);
	close(told[1]);
}

static int become_another_program(void *argument)
{
	const int *told = argument;
	struct shmflip_producer *producer;

	if (shmflip_producer_create(&options, &producer) || dup2(told[1], STDOUT_FILENO) < 0)
		return 1;
	execlp("sh", "sh", "-c", "echo; exec sleep 100", NULL);
	return 2;
}

static pid_t start_another_program(void)
{
	int told[2];
	char byte;
	pid_t child;

	assert_int_equal(pipe(told), 0);
	child = start(become_another_program, told);
	assert_int_equal(read(told[0], &byte, 1), 1);
	close(told[0]);
	close(told[1]);
	return child;
}

/* Its semaphores stay raised for as long as it runs: undo is a process's, not a program's. */
static void who_became_another_program_is_swept(void **state)
{
	struct shmflip_channel_status status;
	struct shmflip_removed removed;
	pid_t child;

	(void)state;
	child = start_another_program();
	note_keys();
	assert_int_equal(objects_under_keys(), 1);
	assert_int_equal(shmflip_channel_inspect(NULL, "test", &status), 0);
	assert_false(status.alive);
	take_over_and_leave();
	kill_and_reap(child);

	child = start_another_program();
	assert_int_equal(shmflip_channel_clean(NULL, "test", &removed), 0);
	assert_int_equal(removed.semaphores, 1);
	kill_and_reap(child);
}

static void raised_semaphores_of_others_are_left_alone(void **state)
{
	struct channel_record record = { .producer = 1, .generation = 1 };
	enum step step = OPEN;
	int ring;

	(void)state;
	start_and_await_death(make_up_to, &step);
	assert_int_equal(ring_create(0x5f1b5f1b, getegid(), 0600, &ring), 0);
	assert_int_equal(ring_start(ring, 0), 0);
	layout_mark_channel(&record.mark);
	record.ring_id = ring;
	write_file(place.channel_file, &record, sizeof(record));
	take_over_and_leave();
	assert_int_equal(ring_alive(ring), 1);
	ring_remove(ring);
}

/* ---- Files deleted under a live producer ---- */

static struct shmflip_producer *producer;
static struct shmflip_viewer *viewer;

static int open_both(void **state)
{
	struct shmflip_viewer_options viewer_options = { .channel = "test" };

	if (make_place(state) || shmflip_producer_create(&options, &producer))
		return -1;
	return shmflip_viewer_open(&viewer_options, &viewer);
}

static int close_both(void **state)
{
	shmflip_viewer_destroy(viewer);
	shmflip_producer_destroy(producer);
	return remove_folder(state);
}

/* The producer finds out within a tenth of a second. */
static void assert_goes_on(void)
{
	struct shmflip_viewer_options viewer_options = { .channel = "test" };
	struct shmflip_viewer *newcomer;
	struct shmflip_frame frame;

	nap_ms(110);
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

static void deleted_channel_file_comes_back(void **state)
{
	struct shmflip_producer_stats stats;

	(void)state;
	assert_goes_on();
	note_keys();
	unlink(place.channel_file);
	assert_goes_on();
	shmflip_producer_stats(producer, &stats);
	assert_int_equal(stats.generations, 2);
	assert_int_equal(objects_under_keys(), 1);
}

static void deleted_lock_file_comes_back(void **state)
{
	struct shmflip_producer *second;
	struct shmflip_removed removed;
	pid_t pid = 0;

	(void)state;
	assert_goes_on();
	note_keys();
	unlink(place.lock_file);
	/* Meanwhile nobody takes the channel for stale. */
	assert_int_equal(shmflip_producer_create(&options, &second), -EBUSY);
	assert_non_null(strstr(shmflip_error_detail(), "deleted"));
	assert_int_equal(shmflip_channel_clean(NULL, "test", &removed), -EBUSY);
	assert_goes_on();
	note_keys();
	assert_int_equal(objects_under_keys(), 1);
	assert_int_equal(shmflip_channel_holder(NULL, "test", &pid), 0);
	assert_int_equal(pid, getpid());
	assert_int_equal(shmflip_producer_create(&options, &second), -EBUSY);
}

/* With one descriptor more, for the lock file. */
static int come_short_of_descriptors(void *unused)
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

static void who_cannot_look_takes_nobody_for_dead(void **state)
{
	(void)state;
	unlink(place.lock_file);
	assert_exits(start(come_short_of_descriptors, NULL), 0);
	assert_int_equal(access(place.channel_file, F_OK), 0);
	assert_goes_on();
}

static int die_about_to_renew(void *argument)
{
	const int *told = argument;
	struct shmflip_producer *dying;
	struct shmflip_loan loan;

	if (shmflip_producer_create(&options, &dying) || shmflip_producer_loan(dying, &loan, 0) ||
	    write(told[1], "", 1) != 1)
		return 1;
	while (access(place.lock_file, F_OK) == 0)
		nap_ms(1);
	nap_ms(110);
	/* It makes a lock file again. A fresh generation waits for the loan to come back. */
	if (shmflip_producer_loan(dying, &loan, 0) != -EBUSY || access(place.lock_file, F_OK))
		return 2;
	return die();
}

static void death_with_a_new_lock_file_hides_nothing(void **state)
{
	int told[2], status;
	char byte;
	pid_t child;

	(void)state;
	assert_int_equal(pipe(told), 0);
	child = start(die_about_to_renew, told);
	assert_int_equal(read(told[0], &byte, 1), 1);
	note_keys();
	unlink(place.lock_file);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status));
	note_keys();
	take_over_and_leave();
	close(told[0]);
	close(told[1]);
}

static void deleted_folder_comes_back(void **state)
{
	(void)state;
	assert_goes_on();
	unlink(place.channel_file);
	unlink(place.lock_file);
	rmdir(folder);
	assert_goes_on();
}

static void waiting_for_viewers_looks_after_the_files(void **state)
{
	struct shmflip_frame frame;

	(void)state;
	unlink(place.channel_file);
	nap_ms(110);
	assert_int_equal(shmflip_producer_wait_viewers(producer, 1, 0), -EAGAIN);
	assert_int_equal(shmflip_viewer_wait_producer(viewer, 1000), 0);
	assert_int_equal(shmflip_viewer_acquire(viewer, &frame, 0), -EAGAIN);
}

static void waiting_for_a_slot_looks_after_the_files(void **state)
{
	struct shmflip_frame held[3];
	struct shmflip_loan loan;

	(void)state;
	for (uint32_t i = 0; i < options.slots; i++) {
		assert_int_equal(publish_square(producer, (int)i, 0), 0);
		assert_int_equal(shmflip_viewer_acquire(viewer, &held[i], 1000), 0);
	}
	assert_int_equal(shmflip_producer_loan(producer, &loan, 0), -EAGAIN);
	unlink(place.channel_file);
	assert_int_equal(shmflip_producer_loan(producer, &loan, 1000), 0);
	assert_int_equal(access(place.channel_file, F_OK), 0);
	for (uint32_t i = 0; i < options.slots; i++) {
		assert_int_equal(square_value(&held[i]), i);
		shmflip_viewer_release(viewer, &held[i]);
	}
}

/* With both files gone there is nothing that tells the next producer of the first. */
static void there_are_never_two_producers_for_long(void **state)
{
	struct shmflip_producer *second;
	struct shmflip_viewer_options viewer_options = { .channel = "test" };
	struct shmflip_frame frame;
	struct shmflip_loan loan;

	(void)state;
	unlink(place.channel_file);
	unlink(place.lock_file);
	assert_int_equal(shmflip_producer_create(&options, &second), 0);
	nap_ms(110);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(shmflip_producer_loan(producer, &loan, 0), -ESTALE);
		assert_non_null(strstr(shmflip_error_detail(), "deleted"));
	}
	shmflip_producer_destroy(producer);
	/* The first leaves everything of the second's alone. */
	assert_int_equal(publish_square(second, 6, 0), 0);
	assert_int_equal(shmflip_viewer_acquire(viewer, &frame, 1000), 0);
	assert_int_equal(square_value(&frame), 6);
	shmflip_viewer_release(viewer, &frame);
	assert_int_equal(access(place.lock_file, F_OK), 0);
	shmflip_viewer_destroy(viewer);
	producer = second;
	assert_int_equal(shmflip_viewer_open(&viewer_options, &viewer), 0);
}

/* ---- A viewer that never lets go ---- */

static void hoarding_viewers_get_so_much_memory_and_no_more(void **state)
{
	struct shmflip_producer_options short_lease = options;
	struct shmflip_viewer_options viewer_options = { .channel = "hoard" };
	struct shmflip_producer_stats stats;
	struct shmflip_producer *hoarded;
	struct shmflip_viewer *hoarder;
	struct shmflip_frame frames[64];
	unsigned held = 0, refused = 0;

	(void)state;
	short_lease.channel = "hoard";
	short_lease.lease_ms = 20;
	assert_int_equal(shmflip_producer_create(&short_lease, &hoarded), 0);
	assert_int_equal(shmflip_viewer_open(&viewer_options, &hoarder), 0);
	while (refused < 5) {
		if (publish_square(hoarded, held, 100) == -EAGAIN)
			refused++;
		else if (shmflip_viewer_acquire(hoarder, &frames[held], 1000) == 0)
			held++;
	}
	shmflip_producer_stats(hoarded, &stats);
	assert_int_equal(stats.generations, 1 + LEFT_MAX);
	assert_int_equal(held, (1 + LEFT_MAX) * short_lease.slots);
	/* As soon as one of them is let go, there is room again. */
	for (unsigned i = 0; i < short_lease.slots; i++) {
		assert_int_equal(square_value(&frames[i]), i);
		shmflip_viewer_release(hoarder, &frames[i]);
	}
	assert_int_equal(publish_square(hoarded, held, 1000), 0);
	for (unsigned i = short_lease.slots; i < held; i++)
		shmflip_viewer_release(hoarder, &frames[i]);
	shmflip_viewer_destroy(hoarder);
	shmflip_producer_destroy(hoarded);
}

#define PLACE(test) cmocka_unit_test_setup_teardown(test, make_place, remove_folder)
#define BOTH(test) cmocka_unit_test_setup_teardown(test, open_both, close_both)

int main(void)
{
	const struct CMUnitTest tests[] = {
		PLACE(every_step_of_making_is_taken_over),
		PLACE(every_step_of_making_is_cleaned),
		PLACE(damaged_lock_files_hide_nothing),
		PLACE(lost_lock_file_hides_no_open_channel),
		PLACE(damaged_channel_files_are_replaced),
		PLACE(cleaning_takes_no_file_of_others),
		PLACE(viewers_that_stay_move_over),
		PLACE(one_of_ten_wins),
		PLACE(no_dead_pid_is_named),
		PLACE(a_sweeper_is_waited_for),
		PLACE(who_became_another_program_is_swept),
		PLACE(raised_semaphores_of_others_are_left_alone),
		BOTH(deleted_channel_file_comes_back),
		BOTH(deleted_lock_file_comes_back),
		BOTH(who_cannot_look_takes_nobody_for_dead),
		PLACE(death_with_a_new_lock_file_hides_nothing),
		BOTH(deleted_folder_comes_back),
		BOTH(waiting_for_viewers_looks_after_the_files),
		BOTH(waiting_for_a_slot_looks_after_the_files),
		BOTH(there_are_never_two_producers_for_long),
		PLACE(hoarding_viewers_get_so_much_memory_and_no_more),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
