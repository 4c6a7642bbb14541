/* SPDX-License-Identifier: MIT
 *
 * For the library's tests: a temporary directory, child processes, and frames that show whether
 * they are torn. */
#ifndef SHMFLIP_TEST_SUPPORT_H
#define SHMFLIP_TEST_SUPPORT_H

/* cmocka.h needs these before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "monotonic.h"
#include "shmflip.h"

/* Create a directory and put it into SHMFLIP_DIR; remove it. Cmocka set-up and tear-down
 * functions. */
static char directory[128];

static inline int make_directory(void **state)
{
	const char *parent = getenv("TMPDIR");

	(void)state;
	snprintf(directory, sizeof(directory), "%.100s/shmflip-test-XXXXXX",
	         parent ? parent : "/tmp");
	return mkdtemp(directory) && setenv("SHMFLIP_DIR", directory, 1) == 0 ? 0 : -1;
}

/* Fails if the test left a file, which it removes. */
static inline int remove_directory(void **state)
{
	DIR *files = opendir(directory);
	const struct dirent *file;
	int error = rmdir(directory);

	(void)state;
	while (error && files && (file = readdir(files)))
		unlinkat(dirfd(files), file->d_name, 0);
	if (files)
		closedir(files);
	if (error)
		rmdir(directory);
	return error;
}

/* A path within the directory; valid until the call after the next. */
static inline const char *in_directory(const char *name)
{
	static char paths[2][256];
	static int next;

	next = !next;
	snprintf(paths[next], sizeof(paths[next]), "%s/%s", directory, name);
	return paths[next];
}

static inline void sleep_ms(int ms)
{
	nanosleep(&(struct timespec){ ms / 1000, ms % 1000 * 1000000L }, NULL);
}

enum { CHILDREN_KNOWN = 64 };

/* The last ones that start() created. */
static pid_t children[CHILDREN_KNOWN];
static unsigned children_started;

/* Runs a function in a child process. Its return value is the exit status. */
static inline pid_t start(int (*run)(void *), void *argument)
{
	pid_t child = fork();

	assert_true(child >= 0);
	if (child == 0)
		_exit(run(argument));
	children[children_started++ % CHILDREN_KNOWN] = child;
	return child;
}

static inline bool is_of_this_test(pid_t pid)
{
	for (unsigned i = 0; i < children_started && i < CHILDREN_KNOWN; i++)
		if (children[i] == pid)
			return true;
	return pid == getpid();
}

/* ---- What a test leaves if it fails ---- */

static pid_t test_pid;
static time_t test_began;

static __attribute__((constructor)) void note_test(void)
{
	test_pid = getpid();
	test_began = time(NULL);
}

/* An older object names a dead process that once had the same pid. */
static inline bool is_of_this_run(time_t created)
{
	return created >= test_began;
}

/* By the last process that used one of its semaphores. */
static inline bool is_set_of_this_test(int id, unsigned long semaphores)
{
	for (unsigned long i = 0; i < semaphores; i++) {
		pid_t pid = semctl(id, (int)i, GETPID);

		if (pid > 0 && is_of_this_test(pid))
			return true;
	}
	return false;
}

/* Makes a set that no process uses yet one of this test. Returns its id. */
static inline int use_set(int id)
{
	if (id >= 0)
		semctl(id, 0, SETVAL, 0);
	return id;
}

static inline void remove_semaphores(void)
{
	struct semid_ds set;
	struct seminfo info;
	int last = semctl(0, 0, SEM_INFO, &info);

	for (int i = 0; i <= last; i++) {
		int id = semctl(i, 0, SEM_STAT, &set);

		if (id >= 0 && is_of_this_run(set.sem_ctime) &&
		    is_set_of_this_test(id, set.sem_nsems))
			semctl(id, 0, IPC_RMID);
	}
}

static inline void remove_segments(void)
{
	struct shmid_ds segment;
	struct shm_info info;
	/* The type of the argument serves other commands. */
	int last = shmctl(0, SHM_INFO, (struct shmid_ds *)(void *)&info);

	for (int i = 0; i <= last; i++) {
		int id = shmctl(i, SHM_STAT, &segment);

		if (id >= 0 && is_of_this_run(segment.shm_ctime) &&
		    is_of_this_test(segment.shm_cpid))
			shmctl(id, IPC_RMID, NULL);
	}
}

/* Those that nobody has waited for: no other process has their ids. */
static inline void kill_children(void)
{
	for (unsigned i = 0; i < children_started && i < CHILDREN_KNOWN; i++) {
		if (waitpid(children[i], NULL, WNOHANG) != 0)
			continue;
		kill(children[i], SIGKILL);
		waitpid(children[i], NULL, 0);
	}
}

/* A test that fails closes no producer, and the kernel keeps semaphores when a process exits. */
static __attribute__((destructor)) void remove_objects(void)
{
	if (getpid() != test_pid)
		return;
	kill_children();
	remove_semaphores();
	remove_segments();
}

static inline void assert_exits(pid_t child, int expected)
{
	int status;

	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), expected);
}

static inline void kill_and_reap(pid_t child)
{
	int status;

	kill(child, SIGKILL);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGKILL);
}

/* ---- Frames whose pixels all have the same value ---- */

enum { SIDE = 64, SQUARE_BYTES = SIDE * SIDE * 4 };

static inline struct shmflip_stream square_stream(uint32_t slots)
{
	struct shmflip_stream stream;

	shmflip_init(&stream);
	stream.width = stream.height = SIDE;
	stream.slots = slots;
	stream.rate_num = 30;
	stream.rate_den = 1;
	return stream;
}

/* Opens a producer of squares, or a viewer, of the channel "test". */
static inline int open_squares(uint32_t slots, struct shmflip_producer **producer)
{
	struct shmflip_stream stream = square_stream(slots);
	struct shmflip_producer_options options;

	shmflip_init(&options);
	options.channel = "test";
	return shmflip_producer_open(&options, &stream, producer);
}

static inline int open_view(uint32_t view, uint32_t flags, struct shmflip_viewer **viewer)
{
	struct shmflip_viewer_options options;

	shmflip_init(&options);
	options.channel = "test";
	options.view = view;
	options.flags = flags;
	return shmflip_viewer_open(&options, viewer);
}

static inline void fill_square(struct shmflip_frame *frame, uint32_t value)
{
	uint32_t *pixels = (uint32_t *)shmflip_frame_writable(frame, 0);

	for (size_t i = 0; i < SIDE * SIDE; i++)
		pixels[i] = value;
}

static inline int publish_square(struct shmflip_producer *producer, uint32_t value, int timeout_ms)
{
	struct shmflip_frame *frame;
	int error = shmflip_producer_loan(producer, &frame, timeout_ms);

	if (error)
		return error;
	fill_square(frame, value);
	error = shmflip_frame_publish(frame);
	shmflip_frame_release(frame);
	return error;
}

/* The value of all pixels, or UINT32_MAX if they differ. */
static inline uint32_t square_value(const struct shmflip_frame *frame)
{
	const uint32_t *pixels = (const uint32_t *)frame->plane[0].pixels;

	for (size_t i = 1; i < SIDE * SIDE; i++)
		if (pixels[i] != pixels[0])
			return UINT32_MAX;
	return pixels[0];
}

/* Takes the next frame, whose pixels have this value, and releases it. */
static inline void assert_takes(struct shmflip_viewer *viewer, uint32_t value, int timeout_ms)
{
	const struct shmflip_frame *frame;

	assert_int_equal(shmflip_viewer_acquire(viewer, &frame, timeout_ms), 0);
	assert_int_equal(square_value(frame), value);
	shmflip_frame_release(frame);
}

/* Continues with the same stream in fresh memory, because the slots have another size. */
static inline int move_on(struct shmflip_producer *producer, uint64_t slot_bytes)
{
	struct shmflip_stream stream = square_stream(0);

	stream.slot_bytes = slot_bytes;
	return shmflip_producer_configure(producer, &stream);
}

static inline struct shmflip_counts producer_counts(struct shmflip_producer *producer)
{
	struct shmflip_counts counts;

	shmflip_init(&counts);
	assert_int_equal(shmflip_producer_counts(producer, &counts), 0);
	return counts;
}

static inline struct shmflip_counts viewer_counts(struct shmflip_viewer *viewer)
{
	struct shmflip_counts counts;

	shmflip_init(&counts);
	assert_int_equal(shmflip_viewer_counts(viewer, &counts), 0);
	return counts;
}

#endif
