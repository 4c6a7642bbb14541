/* SPDX-License-Identifier: MIT
 *
 * Frames that were decoded once and stay in memory. Where they fit they stay in the channel's own
 * slots: a frame is published again by borrowing the slot that it lies in and giving it a new number,
 * and nothing is written. No guarantee is touched by that, since it is a loan like any other: a slot
 * that a viewer holds is not to be had, and then the pixels are copied to one that is, for which there
 * are two slots more than frames. Frames that are too many for the slots lie in memory of this
 * process, and are copied each time.
 *
 * What has lost its place, because the channel has gone on in fresh memory, or because viewers hold more
 * slots than are to spare, is forgotten; it has to be read and decoded again. Main thread. */
#ifndef SHMFLIP_PRODUCER_FRAME_CACHE_H
#define SHMFLIP_PRODUCER_FRAME_CACHE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "frame_task.h"
#include "options.h"
#include "shmflip.h"

struct cached_frame {
	struct shmflip_loan
		room;     /* where it was decoded to; in slots a loan until frame_cache_seal() */
	bool good;        /* it is there */
	const char *path; /* as that of a task */
	uint32_t width;
	uint32_t height;
	struct png_decoded picture;
};

struct frame_cache {
	bool in_slots;
	uint64_t slot_bytes;
	struct cached_frame *frames;
	size_t count;         /* that are kept, once all have come in */
	size_t capacity;      /* that may come in */
	uint64_t generations; /* of the channel, when the slots were looked at last */
};

/* Decides where so many frames are to be kept, and settles the slots in the options; says what memory
 * it takes. -ENOMEM, after a line to the user: there is not so much. Finish it in both cases. */
int frame_cache_init(struct frame_cache *cache, size_t frames, uint64_t slot_bytes,
                     struct options *options);
void frame_cache_finish(struct frame_cache *cache);

/* Room to decode a frame into that is to be kept. -EINTR, -ENOMEM, or what the library says. */
int frame_cache_reserve(struct frame_cache *cache, struct frame_task *task,
                        struct shmflip_producer *producer);

/* Keeps the frame that was decoded there; or, if the task has a fault, nothing. */
void frame_cache_insert(struct frame_cache *cache, struct frame_task *task);

/* All are kept: their slots may be borrowed again. */
void frame_cache_seal(struct frame_cache *cache, struct shmflip_producer *producer);

/* Like shmflip_producer_loan(), for a task whose frame was kept: its own slot, or another that the pixels
 * are copied to. Where they are forgotten the task has to be decoded into the loan. */
int frame_cache_loan(struct frame_cache *cache, struct frame_task *task,
                     struct shmflip_producer *producer, int timeout_ms);

/* Before a task with such a loan is published: its frame is remembered to be there. */
void frame_cache_update(struct frame_cache *cache, struct frame_task *task);

#endif
