/* SPDX-License-Identifier: MIT
 *
 * The slot protocol's locks in plain memory under a mutex, for tests within one process. For each
 * frame the table counts the readers that hold it, or says that the writer does. With before_lock
 * and before_unlock a test runs steps of the other side exactly between two steps of one side. */
#ifndef SHMFLIP_MEMORY_LOCKS_H
#define SHMFLIP_MEMORY_LOCKS_H

#include <errno.h>
#include <pthread.h>
#include <string.h>

#include "slots.h"

enum { FRAMES_MAX = 100000, RANGES_MAX = 16, WRITER = -1 };

struct lock_table {
	pthread_mutex_t mutex;
	int held[FRAMES_MAX];        /* readers of single frames, or WRITER */
	uint64_t ranges[RANGES_MAX]; /* frames from here on: one entry per reader; 0: none */
};

/* The locks of one reader or writer. */
struct memory_locks {
	struct slot_locks locks;
	struct lock_table *table;
	int owner; /* its entry in ranges */
	void (*before_lock)(void *argument);
	void (*before_unlock)(void *argument);
	void *argument;
};

static inline bool reader_in_range(const struct lock_table *table, uint64_t frame)
{
	for (int i = 0; i < RANGES_MAX; i++)
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
		table->ranges[own->owner] = first;
	} else {
		if (table->held[first] == WRITER)
			return -EAGAIN;
		table->held[first]++;
	}
	return 0;
}

/* A hook runs once. */
static inline void run_hook(void (**hook)(void *), void *argument)
{
	void (*function)(void *) = *hook;

	*hook = NULL;
	if (function)
		function(argument);
}

static inline int memory_lock(struct slot_locks *locks, bool write, uint64_t first, uint64_t end)
{
	struct memory_locks *own = (struct memory_locks *)locks;
	int error;

	run_hook(&own->before_lock, own->argument);
	pthread_mutex_lock(&own->table->mutex);
	error = lock_in_table(own, write, first, end);
	pthread_mutex_unlock(&own->table->mutex);
	return error;
}

/* Splits a frame off the owner's range if it is within that, as the kernel does with byte
 * ranges. */
static inline void memory_unlock(struct slot_locks *locks, uint64_t first, uint64_t end)
{
	struct memory_locks *own = (struct memory_locks *)locks;
	struct lock_table *table = own->table;
	uint64_t *range = &table->ranges[own->owner];

	run_hook(&own->before_unlock, own->argument);
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

/* A header and the records of so many slots, without metadata and pixels. */
static inline struct layout_fixed memory_layout(uint32_t slots)
{
	return (struct layout_fixed){
		.mark.bytes = sizeof(struct layout_header),
		.record_bytes = sizeof(struct layout_slot),
		.slots = slots,
		.first_frame = 1,
	};
}

static inline void memory_locks_init(struct memory_locks *own, struct lock_table *table, int owner)
{
	*own = (struct memory_locks){
		.locks = { .lock = memory_lock, .unlock = memory_unlock },
		.table = table,
		.owner = owner,
	};
}

#endif
