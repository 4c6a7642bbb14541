/* SPDX-License-Identifier: MIT
 *
 * A writer and a reader of the slot protocol, on plain memory, in one thread. */
#ifndef SHMFLIP_TEST_SLOT_PAIR_H
#define SHMFLIP_TEST_SLOT_PAIR_H

#include "support.h"

#include "memory_locks.h"

static struct lock_table table;
static struct layout_fixed fixed;
static struct layout_header *shared;
static struct memory_locks writer_locks, reader_locks;
static struct slot_writer writer;
static struct slot_reader reader;

static inline int set_up(uint32_t slots, uint64_t newest)
{
	memset(&table, 0, sizeof(table));
	pthread_mutex_init(&table.mutex, NULL);
	fixed = memory_layout(slots);
	shared = calloc(1, layout_stream_offset(&fixed));
	shared->latest = layout_latest(newest, LAYOUT_NO_SLOT);
	memory_locks_init(&writer_locks, &table, 0);
	memory_locks_init(&reader_locks, &table, 1);
	slots_init_writer(&writer, shared, &fixed, &writer_locks.locks, newest);
	slots_init_reader(&reader, shared, &fixed, &reader_locks.locks);
	return 0;
}

static inline int two_slots(void **state)
{
	(void)state;
	return set_up(2, 0);
}

static inline int three_slots(void **state)
{
	(void)state;
	return set_up(3, 0);
}

static inline int eight_slots(void **state)
{
	(void)state;
	return set_up(8, 0);
}

static inline int all_slots(void **state)
{
	(void)state;
	return set_up(SHMFLIP_SLOTS_MAX, 0);
}

static inline int three_slots_from_100(void **state)
{
	(void)state;
	return set_up(3, 100);
}

static inline int tear_down(void **state)
{
	(void)state;
	free(shared);
	return 0;
}

static inline uint32_t begin(void)
{
	uint32_t slot;

	assert_int_equal(slots_begin(&writer, &slot), 0);
	return slot;
}

/* A record's sequence: the frame that the slot holds. */
static inline uint64_t held_by(uint32_t slot)
{
	return layout_record(shared, &fixed, slot)->sequence;
}

static inline uint64_t publish_one(void)
{
	uint32_t slot = begin();
	uint64_t frame = slots_publish(&writer, slot);

	slots_finish(&writer, slot);
	return frame;
}

#define WITH_SLOTS(test, set_up) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

#endif
