/* SPDX-License-Identifier: MIT
 *
 * Frames that were decoded once and stay in memory. If they fit, they stay in the channel's own
 * slots, which the producer keeps after it has published them. To show a frame again, it publishes
 * the slot under a new number, and writes no pixel. If the frame is the newest, or a viewer holds
 * it, its pixels are copied to another slot, for which there are two more slots than frames. If
 * the channel has moved to new memory, they are copied from the old one. If there are too many
 * frames for the slots, they stay in memory of this process and are copied each time.
 *
 * If viewers hold more than the spare slots, a frame in a slot is lost. It then has to be read and
 * decoded again. Main thread. */
#ifndef SHMFLIP_PRODUCER_FRAME_CACHE_H
#define SHMFLIP_PRODUCER_FRAME_CACHE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "frame_task.h"
#include "options.h"
#include "output.h"

struct cached_frame {
	struct shmflip_frame *frame; /* in a slot; NULL: lost, or the task's that shows it now */
	bool published;              /* that frame is, and kept; else it is still lent */
	uint8_t *memory;             /* of this process; NULL: in a slot */
	const char *path;            /* as in a task; NULL: not decoded */
	size_t file;                 /* likewise */
	uint32_t width;
	uint32_t height;
	struct shmflip_colour colour; /* as in a task, and the next three */
	uint32_t orientation;
	uint32_t aspect_num;
	uint32_t aspect_den;
	struct png_decoded picture;
};

struct frame_cache {
	bool in_slots; /* or in memory of this process */
	uint64_t slot_bytes;
	struct cached_frame *frames;
	size_t count;    /* frames that are kept, after frame_cache_seal() */
	size_t capacity; /* frames of one pass */
};

/* Decides where to keep this many frames, sets the number of slots in the options, and tells the
 * user how much memory they take. Call frame_cache_finish() in both cases.
 * -ENOMEM  not enough memory is available; the user has been told */
int frame_cache_init(struct frame_cache *cache, size_t frames, uint64_t slot_bytes,
                     struct options *options);
void frame_cache_finish(struct frame_cache *cache);

/* Gives the task memory to decode a frame into that the cache will keep.
 * -EINTR      interrupted
 * -ECANCELED  a failure; the user has been told */
int frame_cache_reserve(struct frame_cache *cache, struct frame_task *task, struct output *output);

/* Keeps the frame that was decoded there, unless the task has a fault. */
void frame_cache_insert(struct frame_cache *cache, struct frame_task *task);

/* After the last insert: leaves out frames with a fault. */
void frame_cache_seal(struct frame_cache *cache);

/* Like shmflip_producer_loan(), for a task with a cached frame: gives it the frame's own slot, or
 * copies the pixels to another. If the pixels are lost, task->ready stays false: decode them. */
int frame_cache_loan(struct frame_cache *cache, struct frame_task *task,
                     struct shmflip_producer *producer, int timeout_ms);

/* Takes the frame of such a task back, once it is published. */
void frame_cache_keep(struct frame_cache *cache, struct frame_task *task);

#endif
