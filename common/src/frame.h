/* SPDX-License-Identifier: MIT
 *
 * The public frame, on either side. One exists for each slot of a mapped segment, because a slot
 * is out at most once for each handle. So nothing is allocated for a frame. */
#ifndef SHMFLIP_FRAME_H
#define SHMFLIP_FRAME_H

#include "description.h"
#include "stream.h"

enum frame_use {
	FRAME_FREE,
	FRAME_LENT,
	FRAME_PUBLISHED, /* and the producer still reads it */
	FRAME_ACQUIRED,
};

struct frame {
	struct shmflip_frame public; /* first: its address is the frame's */
	struct frame_pool *pool;
	uint32_t slot;
	_Atomic uint32_t use; /* enum frame_use */
	/* The layout that passed the checks last. Frames of a stream are alike: then it is not
	 * checked again. fourcc 0: none yet. */
	struct description_layout checked;
	bool recorded; /* a producer's: the slot's record has it */
	uint32_t metadata_bytes;
	uint8_t *metadata; /* room for fixed->frame_metadata_bytes */
	char source[SHMFLIP_SOURCE_MAX + 1];
	struct shmflip_frame initial; /* a producer's: what it is when it is lent */
	struct shmflip_frame passed;  /* a producer's: it had the layout that passed the checks */
	struct shmflip_segment segment;
};

/* The frames of one segment. A producer's generation and a viewer's attachment each have one. The
 * first members are its user's to set. */
struct frame_pool {
	const struct layout_header *shared; /* where the segment is mapped */
	const struct layout_fixed *fixed;   /* a checked copy, or the producer's own */
	int segment_id;
	struct stream *stream;
	void (*release)(struct frame *frame); /* also in a child of fork() */
	int (*publish)(struct frame *frame);  /* NULL: a viewer's */
	int (*reuse)(struct frame *frame);    /* likewise */

	struct frame *frames;
	uint8_t *metadata;
	unsigned fork_number;
};

/* -ENOMEM. The pool must not move. */
int frame_pool_init(struct frame_pool *pool);

/* The stream loses a user. */
void frame_pool_finish(struct frame_pool *pool);

/* The frame that belongs to a public one. */
struct frame *frame_of(const struct shmflip_frame *public);

/* Where a frame's slot begins. */
uint8_t *frame_base(const struct frame *frame);

/* Lends the slot's frame: sets its fields from the stream. */
struct frame *frame_lend(struct frame_pool *pool, uint32_t slot);

/* Checks what a producer has set. -EINVAL, -EMSGSIZE. */
int frame_check(struct frame *frame);

/* Writes the description, source and metadata of a checked frame to where viewers find them. */
void frame_write(struct frame *frame);

/* Copies what the slot says of a frame that the caller holds, and checks the copy.
 * -EBADMSG  it is damaged; or the slot's last frame is still out, which no correct producer
 *          overwrites */
int frame_read(struct frame_pool *pool, uint32_t slot, uint64_t sequence, struct frame **out);

#endif
