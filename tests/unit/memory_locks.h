/* SPDX-License-Identifier: MIT
 *
 * The slot protocol's locks as plain memory under a mutex, for tests within one process: for each
 * frame, how many readers hold it, or that the writer does. before_lock lets a test put the other
 * side's steps exactly between two steps of one side. */
#ifndef SHMFLIP_MEMORY_LOCKS_H
#define SHMFLIP_MEMORY_LOCKS_H

#include <errno.h>
#include <pthread.h>
#include <string.h>

#include "slots.h"

enum { FRAMES_MAX = 100000, EVERY_FRAMES = 16, WRITER = -1 };

struct lock_table {
	pthread_mutex_t mutex;
	int held[FRAMES_MAX];          /* readers of single frames, or WRITER */
	uint64_t ranges[EVERY_FRAMES]; /* frames from here on: one entry a reader; 0: none */
};

/* One party's view of the table. */
struct memory_locks {
	struct slot_locks locks;
	struct lock_table *table;
	int party; /* its entry in ranges */
	void (*before_lock)(void *argument);
	void *argument;
};

static inline bool reader_in_range(const struct lock_table *table, uint64_t frame)
{
	for (int i = 0; i < EVERY_FRAMES; i++)
		if (table->ranges[i] && table->ranges[i] <= frame)
			return true;
	return false;
}

static inline bool writer_from(const struct lock_table *table, uint64_t first)
{
	for (uint64_t frame = first; frame < FRAMES_MAX; frame++)
		if (table->held[frame] == WRITER)
			return true;
	return false;
}

static inline int lock_in_table(struct memory_locks *own, bool write, uint64_t first, uint64_t end)
{
	struct lock_table *table = own->table;

	if (write) {
		if (table->held[first] != 0 || reader_in_range(table, first))
			return -EAGAIN;
		table->held[first] = WRITER;
	} else if (end == LAYOUT_FRAME_END) {
		if (writer_from(table, first))
			return -EAGAIN;
		table->ranges[own->party] = first;
	} else {
		if (table->held[first] == WRITER)
			return -EAGAIN;
		table->held[first]++;
	}
	return 0;
}

static inline int memory_lock(struct slot_locks *locks, bool write, uint64_t first, uint64_t end)
{
	struct memory_locks *own = (struct memory_locks *)locks;
	void (*hook)(void *) = own->before_lock;
	int error;

	if (hook) {
		own->before_lock = NULL;
		hook(own->argument);
	}
	pthread_mutex_lock(&own->table->mutex);
	error = lock_in_table(own, write, first, end);
	pthread_mutex_unlock(&own->table->mutex);
	return error;
}

/* A frame within the party's own range is split off it: what the kernel does with byte ranges. */
static inline void memory_unlock(struct slot_locks *locks, uint64_t first, uint64_t end)
{
	struct memory_locks *own = (struct memory_locks *)locks;
	struct lock_table *table = own->table;
	uint64_t *range = &table->ranges[own->party];

	pthread_mutex_lock(&table->mutex);
	if (end == LAYOUT_FRAME_END) {
		*range = 0;
	} else if (*range && *range <= first) {
		*range = end;
	} else {
		table->held[first] = table->held[first] == WRITER ? 0 : table->held[first] - 1;
	}
	pthread_mutex_unlock(&table->mutex);
}

static inline void memory_locks_init(struct memory_locks *own, struct lock_table *table, int party)
{
	*own = (struct memory_locks){
		.locks = { .lock = memory_lock, .unlock = memory_unlock },
		.table = table,
		.party = party,
	};
}

#endif
