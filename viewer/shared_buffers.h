/* SPDX-License-Identifier: MIT
 *
 * Buffers for converted pixels, in a System V segment of this process. An X server attaches it as
 * it attaches a producer's segment. The segment is marked for removal at creation, so the kernel
 * frees it with its last user.
 *
 * A buffer belongs to a frame from shared_buffers_take() until shared_buffers_release().
 * Meanwhile no other frame's pixels are written to it. Memory grows at once and shrinks late:
 * frames of two sizes may come by turns. */
#ifndef SHMFLIP_VIEWER_SHARED_BUFFERS_H
#define SHMFLIP_VIEWER_SHARED_BUFFERS_H

#include <pthread.h>
#include <stddef.h>
#include <stdint.h>

#include "present/present.h"
#include "shmflip.h"

/* One is being filled. */
#define SHARED_BUFFERS (PRESENTER_FRAMES_MAX + 1)

/* Frames in a row that need less than half of a buffer, before smaller ones replace them. */
#define SHARED_BUFFERS_SMALLER_MAX 60

struct shared_memory;

struct shared_buffer {
	const struct shmflip_frame *frame; /* NULL: the buffer is free */
	struct shared_memory *memory;
	struct shmflip_segment segment; /* where pixels lie: offset_bytes[0] */
	uint8_t *pixels;
};

struct shared_buffers {
	pthread_mutex_t lock;
	struct shared_memory *memory; /* of the buffers to come. NULL: none yet */
	unsigned smaller;             /* frames in a row that need less than half of a buffer */
	struct shared_buffer buffers[SHARED_BUFFERS];
};

void shared_buffers_init(struct shared_buffers *buffers);

/* Takes a buffer of at least so many bytes for a frame that has none. Their content is undefined.
 * Main thread. The kernel gives memory only to pages that were written to.
 *
 *   -EBUSY              all buffers are taken
 *   -ENOMEM, -ENOSPC, -EINVAL  there is no memory, or a limit of the system is exhausted */
int shared_buffers_take(struct shared_buffers *buffers, const struct shmflip_frame *frame,
                        size_t bytes, const struct shared_buffer **out);

/* Releases the frame's buffer, if it has one. Any thread. */
void shared_buffers_release(struct shared_buffers *buffers, const struct shmflip_frame *frame);

/* Afterwards no buffer is valid. */
void shared_buffers_finish(struct shared_buffers *buffers);

#endif
