/* SPDX-License-Identifier: MIT
 *
 * Frames that were decoded once and stay in memory. If they fit, they stay in the channel's own
 * slots: to publish a frame again, the producer takes its slot on loan and publishes it with a
 * new number. No pixel is written. This is a loan like any other, so every guarantee holds: a
 * slot that a viewer holds is not lent. Then the pixels are copied to another slot, for which
 * there are two more slots than frames. If there are too many frames for the slots, they stay in
 * memory of this process and are copied each time.
 *
 * A frame in a slot is lost when the channel moves to fresh memory, or when viewers hold more
 * than the spare slots. It then has to be read and decoded again. Main thread. */
#ifndef SHMFLIP_PRODUCER_FRAME_CACHE_H
#define SHMFLIP_PRODUCER_FRAME_CACHE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "frame_task.h"
#include "options.h"
#include "shmflip.h"

struct cached_frame {
	/* Memory with the pixels. In slots, a loan until frame_cache_seal(). */
	struct shmflip_loan storage;
	bool valid;       /* the pixels are in storage */
	const char *path; /* as in a task */
	size_t file;      /* likewise */
	uint32_t width;
	uint32_t height;
	struct png_decoded picture;
};

struct frame_cache {
	bool in_slots; /* or in memory of this process */
	uint64_t slot_bytes;
	struct cached_frame *frames;
	size_t count;         /* frames that are kept, after frame_cache_seal() */
	size_t capacity;      /* frames of one pass */
	uint64_t generations; /* of the channel, at the last seal or loan */
};

/* Decides where to keep this many frames, sets the number of slots in the options, and tells the
 * user how much memory they take. Call frame_cache_finish() in both cases.
 * -ENOMEM  not enough memory is available; the user has been told */
int frame_cache_init(struct frame_cache *cache, size_t frames, uint64_t slot_bytes,
                     struct options *options);
void frame_cache_finish(struct frame_cache *cache);

/* Gives the task memory to decode a frame into that the cache will keep.
 * -EINTR   interrupted
 * -ENOMEM
 * or the error of shmflip_producer_loan(). */
int frame_cache_reserve(struct frame_cache *cache, struct frame_task *task,
                        struct shmflip_producer *producer);

/* Keeps the frame that was decoded there, unless the task has a fault. */
void frame_cache_insert(struct frame_cache *cache, struct frame_task *task);

/* After the last insert: returns all loans, so that the slots can be lent again. */
void frame_cache_seal(struct frame_cache *cache, struct shmflip_producer *producer);

/* Like shmflip_producer_loan(), for a task with a cached frame: lends the frame's own slot, or
 * copies the pixels to another. If the pixels are lost, task->ready stays false: decode the task
 * into the loan. */
int frame_cache_loan(struct frame_cache *cache, struct frame_task *task,
                     struct shmflip_producer *producer, int timeout_ms);

/* Call before a task with such a loan is published: notes that its frame is now in that slot. */
void frame_cache_update(struct frame_cache *cache, struct frame_task *task);

#endif
