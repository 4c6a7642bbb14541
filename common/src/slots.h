/* SPDX-License-Identifier: MIT
 *
 * The slot protocol: who may write a slot, and who may read it, when. It works on plain shared
 * memory (struct layout_header) and on locks on frame numbers. Between processes these are fcntl
 * locks (pins.h); in tests, a mutex. docs/protocol.md argues why it is right; tests/model checks
 * it. Nothing here blocks.
 *
 *   slot_writer   the producer's side, one per generation, used by one thread at a time
 *   slot_reader   a viewer's side, one per viewer and generation, likewise. Only slots_release may
 *                 run in any thread */
#ifndef SHMFLIP_SLOTS_H
#define SHMFLIP_SLOTS_H

#include "layout.h"
#include "spin.h"

/* Locks on frame numbers first to end - 1, shared for readers, exclusive for the writer. Both order
 * memory as a mutex does: the new holder of a lock sees what was done before a conflicting one was
 * released. lock returns 0 or an error.
 * -EAGAIN  a lock of the other side conflicts */
struct slot_locks {
	int (*lock)(struct slot_locks *locks, bool write, uint64_t first, uint64_t end);
	void (*unlock)(struct slot_locks *locks, uint64_t first, uint64_t end);
};

/* ---- Producer ---- */

struct slot_writer {
	struct layout_header *shared;
	const struct layout_fixed *fixed;
	struct slot_locks *locks;
	uint32_t front;  /* the slot of the newest frame; fixed->slots: none */
	uint64_t newest; /* the newest frame */
	uint64_t loans;  /* one bit per slot: it is on loan */
	uint64_t kept;   /* likewise: published, and the producer still reads it */
	uint64_t frame[SHMFLIP_SLOTS_MAX]; /* what each slot holds; LAYOUT_DIRTY: nothing */
	uint8_t order[SHMFLIP_SLOTS_MAX];  /* the slots, the one written last first */
	uint32_t lag;      /* how many of the youngest free slots viewers held at the last loan */
	struct spin probe; /* whether to try a younger slot than that */
};

/* fixed must outlive the writer. newest: the frame before the first one to come. */
void slots_init_writer(struct slot_writer *writer, struct layout_header *shared,
                       const struct layout_fixed *fixed, struct slot_locks *locks, uint64_t newest);

/* Takes a slot to write into, that neither the producer nor a viewer uses. Never the newest
 * frame's. Of several, prefers one that was written lately, because it is still in the caches.
 * -EAGAIN   viewers hold all of them
 * -ENOBUFS  no slot is left beside those on loan, those kept, and one for the newest frame */
int slots_begin(struct slot_writer *writer, uint32_t *slot);

/* Takes a slot that is kept on loan again. Its content stays.
 * -EAGAIN  it is the newest frame's, or a viewer holds it */
int slots_reuse(struct slot_writer *writer, uint32_t slot);

/* Makes the slot the newest frame. The caller has written its record. The slot is kept: not reused
 * before slots_finish. Returns the frame's number. */
uint64_t slots_publish(struct slot_writer *writer, uint32_t slot);

/* The producer uses the slot no longer. An unpublished one is empty again. */
void slots_finish(struct slot_writer *writer, uint32_t slot);

/* ---- Viewer ---- */

struct slot_reader {
	const struct layout_header *shared;
	const struct layout_fixed *fixed; /* a checked copy */
	struct slot_locks *locks;
	uint64_t claimed; /* frames from this one on are locked; LAYOUT_FRAME_END: none are */
};

/* fixed must outlive the reader. */
void slots_init_reader(struct slot_reader *reader, const struct layout_header *shared,
                       const struct layout_fixed *fixed, struct slot_locks *locks);

/* The newest frame's number. Before a generation's first frame: the number before that one. */
uint64_t slots_newest(const struct slot_reader *reader);

#define SLOTS_NEWEST UINT64_MAX

/* Claims every frame that comes after the given one. With SLOTS_NEWEST, claims the newest frame and
 * all after it. The producer overwrites no claimed frame before the viewer has released it or
 * skipped it.
 * -EAGAIN  the producer is just invalidating one of them: try again
 * -EPROTO  the segment's newest frame is invalid */
int slots_claim(struct slot_reader *reader, uint64_t after);
void slots_unclaim(struct slot_reader *reader);

/* Holds the newest frame, if it is newer than after.
 * -EAGAIN  it is not
 * -EPROTO  no correct producer writes what is in memory */
int slots_take_newest(struct slot_reader *reader, uint64_t after, uint64_t *frame, uint32_t *slot);

/* Holds the first claimed frame. Skips frames that are overwritten, which happens only between
 * generations.
 * -EAGAIN  it is not published yet
 * -EPROTO  a claimed frame is lost */
int slots_take_next(struct slot_reader *reader, uint64_t *frame, uint32_t *slot);

void slots_release(struct slot_locks *locks, uint64_t frame);

#endif
