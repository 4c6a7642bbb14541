/* SPDX-License-Identifier: MIT
 *
 * The producer's handle: it owns a channel, and has one generation after another. Its functions
 * are in producer.c, those that take slots in loan.c, those of its frames in lent_frame.c.
 *
 * Functions of several threads meet at the mutex. No function waits while it holds it. In a child
 * of fork() another thread may have held it: so fork_check() comes first. */
#ifndef SHMFLIP_PRODUCER_H
#define SHMFLIP_PRODUCER_H

#include <pthread.h>

#include "generation.h"
#include "spin.h"
#include "wait.h"

struct shmflip_producer {
	pthread_mutex_t mutex; /* for all that follows, and for what it points to */
	unsigned fork_number;
	struct channel channel;
	struct generation_config config;
	struct generation *generation; /* the current one; NULL: the handle is closed */
	struct generation *earlier;    /* see retired.h */
	bool renew;         /* semaphores or files were removed: a new generation is due */
	int64_t checked_ns; /* the last check of files and semaphores */
	int64_t lease_ns;   /* CLOCK_NEVER: the producer takes no viewer for frozen */
	int64_t stuck_ns;   /* since when no slot is free; 0: the last try found one */
	uint64_t discarded;
	uint64_t generations;
	int64_t waited_ns;
	int64_t waits_ns[2]; /* the last two; 0: a slot was free */
	struct spin spin;
	atomic_bool interrupted; /* without the mutex */
};

/* Call these with the mutex locked. */

/* Continues in a new generation with this stream. Viewers can still take the frames of the old
 * one. On failure the old one continues.
 * -ESTALE  as producer_prepare() */
int producer_move_on(struct shmflip_producer *producer, struct stream *stream);

/* Sees to it that viewers can attach: after the end of a stream begins the next one, and if files
 * or semaphores were deleted makes them again.
 * -ESTALE  another producer has taken the channel meanwhile; until that one releases it */
int producer_prepare(struct shmflip_producer *producer);

/* The functions of frames: see struct frame_pool. */
void producer_release_frame(struct frame *frame);
int producer_publish_frame(struct frame *frame);
int producer_reuse_frame(struct frame *frame);

/* Frees a closed producer that has no frames any more. */
void producer_free(struct shmflip_producer *producer);

#endif
