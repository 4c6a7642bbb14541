/* SPDX-License-Identifier: MIT
 *
 * What locks on bytes of the channel file mean:
 *
 *   byte f, below LAYOUT_FRAME_END      a viewer holds or claims frame f (a read lock), or the
 *                                       producer invalidates it (a write lock, for a moment)
 *   byte 2^57                           the producer lives (a write lock)
 *   byte 2^58                           a viewer sleeps on the semaphores at times (a read lock)
 *   a byte from 2^62                    a viewer is attached: see pins.c
 *
 * The kernel removes each of them at the instant its owner dies. */
#ifndef SHMFLIP_PINS_H
#define SHMFLIP_PINS_H

#include "slots.h"

/* Whether the producer holds its lock on the channel file. */
enum pins_producer {
	PINS_PRODUCER_HOLDS,
	PINS_PRODUCER_GONE,   /* it does not, any more: it has exited, or runs another program */
	PINS_PRODUCER_UNSEEN, /* not on this file: it is a copy, or reached by another way than the
	                       * producer's, and none of its locks is seen */
};

struct pins {
	struct slot_locks locks; /* locks on frames, for the slot protocol */
	int fd;
	uint64_t viewer_byte; /* locked while this viewer is attached; 0: none */
	bool sleeper;         /* this viewer has tried to lock byte 2^58 */
};

/* fd stays the caller's and must outlive the pins. */
void pins_init(struct pins *pins, int fd);

/* Locks the channel file for its producer's life, before any viewer can open it. */
int pins_lock_producer(int fd);

/* Queries that lock. record is what the file holds. */
int pins_query_producer(int fd, const struct channel_record *record, enum pins_producer *producer);

/* Makes this viewer count as attached, or no longer. */
int pins_mark_attached(struct pins *pins);
void pins_clear_attached(struct pins *pins);

/* Tells the producer that this viewer sleeps on the semaphores at times, until fd is closed. Only
 * the order of the producer's wake-ups depends on that. */
void pins_mark_sleeper(struct pins *pins);
bool pins_has_sleeper(const struct pins *pins);

/* Counts the attached viewers, SHMFLIP_VIEWERS_MAX at most. */
int pins_count_viewers(const struct pins *pins, unsigned *viewers);

/* The same, and the pids of the first few viewers, in no order: min(viewers, size) of them. 0: in
 * another pid namespace. A viewer can state any pid. */
int pins_list_viewers(const struct pins *pins, int32_t *pids, unsigned size, unsigned *viewers);

/* Finds out whether any viewer holds or claims this frame or a later one. */
int pins_find_claim(const struct pins *pins, uint64_t first, bool *found);

#endif
