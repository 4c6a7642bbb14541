/* SPDX-License-Identifier: MIT
 *
 * For tests of ownership and takeover: producers that die at a chosen step, and checks that nothing
 * of them is left. */
#ifndef SHMFLIP_TEST_TAKEOVER_H
#define SHMFLIP_TEST_TAKEOVER_H

#include "support.h"

#include <fcntl.h>
#include <sys/shm.h>
#include <sys/stat.h>

#include "channel.h"
#include "cleanup.h"
#include "generation.h"
#include "ring.h"
#include "stream.h"
#include "sysv.h"

static struct channel_paths paths;
static key_t keys[4 * CLEANUP_PROJECTS];
static int key_count;

static struct generation_config small_config = { .policy = SHMFLIP_POLICY_LATEST, .mode = 0600 };

enum { SLOTS = 3 };

/* A stream of two slots. */
static inline struct stream *small_stream(uint64_t slot_bytes)
{
	struct shmflip_stream public = square_stream(2);
	struct stream *stream;

	public.width = public.height = 0;
	public.slot_bytes = slot_bytes;
	assert_int_equal(stream_create(&public, NULL, &stream), 0);
	return stream;
}

static inline int make_paths(void **state)
{
	if (!small_config.stream)
		small_config.stream = small_stream(4096);
	small_config.group = getegid();
	key_count = 0;
	return make_directory(state) || channel_paths_init(&paths, NULL, "test");
}

/* Notes every key that objects of the current lock file may have. */
static inline void note_keys(void)
{
	key_t first;

	assert_int_equal(sysv_key(paths.lock_file, 1, &first), 0);
	for (int i = 0; i < key_count; i += CLEANUP_PROJECTS)
		if (keys[i] == first)
			return;
	for (int project = 1; project <= CLEANUP_PROJECTS; project++)
		assert_int_equal(sysv_key(paths.lock_file, project, &keys[key_count++]), 0);
}

static inline bool segment_is_ours(int id)
{
	struct shmid_ds status;

	return shmctl(id, IPC_STAT, &status) == 0 && is_of_this_test(status.shm_cpid);
}

/* A ring that is not raised yet has pid 0: it counts as ours. */
static inline bool ring_is_ours(int id)
{
	pid_t producer;

	return !ring_producer_pid(id, &producer) && (producer == 0 || is_of_this_test(producer));
}

/* Counts this test's objects only: keys are not unique, and tests that run beside it may use
 * them. */
static inline int objects_under_keys(void)
{
	int id, count = 0;

	for (int i = 0; i < key_count; i++) {
		count += sysv_segment_find(keys[i], &id) == 0 && segment_is_ours(id);
		count += sysv_semaphores_find(keys[i], &id) == 0 && ring_is_ours(id);
	}
	return count;
}

static inline struct lock_record recorded(void)
{
	struct lock_record record = { 0 };
	int fd = open(paths.lock_file, O_RDONLY);

	assert_true(fd >= 0);
	assert_true(read(fd, &record, sizeof(record)) >= 0);
	close(fd);
	return record;
}

static inline void write_file(const char *path, const void *bytes, size_t size)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, size), size);
	close(fd);
}

enum step { LOCK_FILE, RECORD, SEGMENT, RING, RAISED, NEW_FILE, OPEN, MOVING, MOVED, STEPS };

static inline int die(void)
{
	raise(SIGKILL);
	return 9;
}

static inline int create_up_to(void *argument)
{
	enum step last = *(enum step *)argument;
	struct channel channel;
	struct generation generation = { 0 }, second = { 0 };
	uint64_t number;
	key_t key;
	int segment, ring;

	if (last == LOCK_FILE && !channel_acquire_for_cleanup(&channel, &paths))
		return die();
	if (channel_acquire(&channel, &paths, getegid(), 0600))
		return 1;
	if (last == MOVING || last == MOVED || last == OPEN) {
		if (generation_init(&generation, &channel, &small_config))
			return 2;
		if (last == OPEN)
			return die();
	}
	if (last == MOVED)
		return generation_init(&second, &channel, &small_config) ? 3 : die();
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
		close(open(paths.new_file, O_CREAT | O_WRONLY, 0600));
	return die();
}

static inline void start_and_wait_for_death(int (*run)(void *), void *argument)
{
	pid_t child = start(run, argument);
	int status;

	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGKILL);
}

/* The pid of the channel's live owner; 0: not known; -1: there is none. */
static inline pid_t owner_pid(void)
{
	const struct shmflip_status *status;
	pid_t pid;

	if (shmflip_channel_status(NULL, "test", &status))
		return -1;
	pid = status->state == SHMFLIP_DEAD ? -1 : status->channel->pid;
	shmflip_status_free(status);
	return pid;
}

/* A producer with another slot size takes over, a viewer sees its frame, and nothing is left at the
 * end. */
static inline void assert_takes_over(void)
{
	struct shmflip_producer *producer;
	struct shmflip_viewer *viewer;

	assert_int_equal(open_squares(SLOTS, &producer), 0);
	note_keys();
	/* The segment lost its key when it was marked for removal. Only the ring has one. */
	assert_int_equal(objects_under_keys(), 1);
	assert_int_equal(publish_square(producer, 7, 0), 0);
	assert_int_equal(open_view(0, 0, &viewer), 0);
	assert_takes(viewer, 7, 1000);
	shmflip_viewer_close(viewer);
	shmflip_producer_close(producer);
	assert_int_equal(objects_under_keys(), 0);
}

#define WITH_PATHS(test) cmocka_unit_test_setup_teardown(test, make_paths, remove_directory)

#endif
