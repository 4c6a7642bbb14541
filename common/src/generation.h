/* SPDX-License-Identifier: MIT
 *
 * The producer's side of one generation of a channel: its segment, ring and channel file, from
 * creation to release. A generation is never repaired or reused: after a change or a death the
 * producer creates a new one. Used by one thread at a time. */
#ifndef SHMFLIP_GENERATION_H
#define SHMFLIP_GENERATION_H

#include "channel.h"
#include "frame.h"
#include "pins.h"
#include "slots.h"

struct generation_config {
	uint64_t producer_id; /* 0: the producer's first generation, whose number it takes */
	struct stream *stream;
	uint32_t policy;
	gid_t group;
	mode_t mode;
	uint64_t newest;  /* the frame before the first one to come */
	uint64_t dropped; /* so far */
};

struct generation {
	struct generation *next; /* in the producer's list of earlier ones: see retired.h */
	struct shmflip_producer *producer;
	struct layout_header *shared; /* mapped writable; NULL: not any more */
	uint64_t own_users;           /* as which the kernel counts that mapping */
	struct layout_fixed fixed;    /* our own copy: never trust the shared one */
	enum layout_state state;      /* likewise */
	int ring_id;
	key_t ring_key;
	int fd;              /* the channel file, which carries the pins; -1: closed */
	void *file_page;     /* the file, mapped so that it stays in memory; NULL: it is not */
	bool notifies_first; /* because no viewer sleeps on the semaphores */
	bool awaited;        /* the producer waits for viewers that have claims here */
	struct pins pins;
	struct slot_writer writer;
	struct frame_pool pool;
	unsigned frames_out; /* lent or kept */
};

/* Creates segment and ring, faults every page in, and puts the channel file in place for viewers.
 * Blocks for as long as the kernel takes to clear the memory. On failure nothing is left.
 * generation is zeroed; its producer and the pool's functions are set. It must not move until
 * generation_finish. */
int generation_init(struct generation *generation, struct channel *channel,
                    const struct generation_config *config);

/* Checks whether viewers sleep on the semaphores: generation_wake() wakes them before those that
 * poll. */
void generation_order_wakeups(struct generation *generation);

/* Wakes the viewers that wait for this frame.
 * Returns an error if the semaphores were removed */
int generation_wake(const struct generation *generation, uint64_t newest);

/* Writes for viewers that the stream has ended or failed, and wakes them. Only once. The channel
 * stays. */
void generation_end(struct generation *generation, enum layout_state state);

/* Writes why the generation ends, unless its stream has ended before, and removes the ring, which
 * wakes viewers. */
void generation_retire(struct generation *generation, enum layout_state state);

/* Tells viewers that have not moved on in time how the stream ended, and with which frame. */
void generation_tell_end(const struct generation *generation, uint64_t last_frame,
                         enum layout_state state);

/* Detaches the memory, which no frame of the producer uses any more. Viewers keep the frames that
 * they hold. */
void generation_unmap(struct generation *generation);

/* Viewers' locks are not looked at any more. */
void generation_close_file(struct generation *generation);

void generation_finish(struct generation *generation);

#endif
