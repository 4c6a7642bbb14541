/* SPDX-License-Identifier: MIT
 *
 * The slot protocol: who may write a slot, and who may look at it, when. It works on plain shared
 * memory (struct layout_header) and locks on frame numbers, wherever they come from: fcntl between
 * processes (pins.h), a mutex in tests. docs/protocol.md argues why it is right; tests/model checks
 * it. None of it blocks.
 *
 *   slot_writer   the producer's side, one a generation, used by one thread at a time
 *   slot_reader   a viewer's side, one a viewer and generation, likewise; but slots_release may run
 *                 in any thread
 */
#ifndef SHMFLIP_SLOTS_H
#define SHMFLIP_SLOTS_H

#include "layout.h"

/* Locks on frame numbers first to end - 1, shared by readers, exclusive for the writer. lock returns
 * 0, -EAGAIN when somebody else's lock is in the way, or another error. Both order memory as a mutex
 * does: what was done before unlocking is seen after a later locking that it was in the way of. */
struct slot_locks {
	int (*lock)(struct slot_locks *locks, bool write, uint64_t first, uint64_t end);
	void (*unlock)(struct slot_locks *locks, uint64_t first, uint64_t end);
};

/* ---- Producer ---- */

struct slot_writer {
	struct layout_header *shared;
	struct slot_locks *locks;
	uint32_t count;
	uint32_t front;                    /* the slot of the newest frame; count: there is none */
	uint64_t newest;                   /* the newest frame */
	uint64_t loans;                    /* a bit a slot: on loan */
	uint64_t frame[SHMFLIP_SLOTS_MAX]; /* what each slot holds; LAYOUT_DIRTY: nothing */
};

/* newest: the frame before the first to come. */
void slots_init_writer(struct slot_writer *writer, struct layout_header *shared, uint32_t count,
                       struct slot_locks *locks, uint64_t newest);

/* Takes a slot to write into: one that holds nothing, else that of the oldest frame which nobody
 * holds; never the newest frame's. -EAGAIN: none is free. */
int slots_begin(struct slot_writer *writer, uint32_t *slot);

/* Makes the slot the newest frame. Returns its number. */
uint64_t slots_publish(struct slot_writer *writer, uint32_t slot,
                       const struct shmflip_frame_info *info);

/* Gives the slot back empty. */
void slots_discard(struct slot_writer *writer, uint32_t slot);

/* ---- Viewer ---- */

struct slot_reader {
	const struct layout_header *shared;
	struct slot_locks *locks;
	uint32_t count;
	uint64_t claimed; /* frames from here on are locked; LAYOUT_FRAME_END: none are */
};

void slots_init_reader(struct slot_reader *reader, const struct layout_header *shared,
                       uint32_t count, struct slot_locks *locks);

/* The newest frame's number; before a generation's first, that of the one before. */
uint64_t slots_newest(const struct slot_reader *reader);

#define SLOTS_NEWEST UINT64_MAX

/* Lays claim to every frame that comes after the one given or, with SLOTS_NEWEST, to the newest there
 * is and all after it: none of them is overwritten before it has been released or passed over. -EAGAIN: the producer is just giving one
 * up; try again. */
int slots_claim(struct slot_reader *reader, uint64_t after);
void slots_unclaim(struct slot_reader *reader);

/* Holds the newest frame, if it is newer than after. -EAGAIN: it is not. -EPROTO: what is in memory
 * cannot be. */
int slots_take_newest(struct slot_reader *reader, uint64_t after, uint64_t *frame, uint32_t *slot);

/* Holds the first frame claimed. One that is gone, which happens only between generations, is passed
 * over. -EAGAIN: it is not out yet. -EPROTO. */
int slots_take_next(struct slot_reader *reader, uint64_t *frame, uint32_t *slot);

void slots_release(struct slot_locks *locks, uint64_t frame);

#endif
