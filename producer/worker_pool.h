/* SPDX-License-Identifier: MIT
 *
 * A queue of the frames under way, and the threads that decode them. A frame is fetched from the
 * source into a queue entry, gets a slot on loan, is submitted, is decoded by a worker, and is
 * popped after it was published, dropped or skipped. Frames are fetched, submitted and popped in
 * order. Only decoding runs in several threads at once, without a lock.
 *
 * Without workers there is one entry, and worker_pool_submit() decodes the frame itself. With
 * workers, a reader thread fetches from a stream, so that waiting for its bytes delays no frame.
 *
 * All functions are for the main thread. Only the main thread calls the library. */
#ifndef SHMFLIP_PRODUCER_WORKER_POOL_H
#define SHMFLIP_PRODUCER_WORKER_POOL_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "frame_source.h"
#include "frame_task.h"
#include "options.h"

#define WORKERS_MAX (SHMFLIP_SLOTS_MAX - 1)
#define WORKER_QUEUE_MAX (SHMFLIP_SLOTS_MAX + 1)

struct queue_entry {
	struct frame_task task;
	struct capacity capacity; /* a copy for the worker: slots may grow meanwhile */
	bool done;
};

struct worker_pool {
	const struct options *options;
	struct frame_source *source;
	pthread_mutex_t lock;         /* protects all below */
	pthread_cond_t work;          /* a frame to decode, or stopping */
	pthread_cond_t free_entry;    /* an entry for the reader, or stopping */
	pthread_cond_t state_changed; /* a frame was fetched or decoded */
	bool changed;                 /* since worker_pool_wait() last returned */
	bool stopping;
	int end_error; /* that ended fetching; 0: not ended */
	/* How many frames have come this far. Frame n has the entry n modulo entry_count.
	 * fetched >= submitted >= started >= popped, and fetched - popped <= entry_count. */
	uint64_t fetched, submitted, started, popped;
	unsigned submitted_max; /* frames that may be submitted and not popped yet */
	/* Only entry_count are used: each keeps its memory, and memory that is not used for long
	 * drops out of the processor's caches. */
	struct queue_entry entries[WORKER_QUEUE_MAX];
	unsigned entry_count;
	struct png_fast *fast; /* of the main thread; NULL: not used yet */
	pthread_t threads[WORKERS_MAX + 1];
	unsigned thread_count;
	bool has_reader;
};

void worker_pool_init(struct worker_pool *pool, const struct options *options,
                      struct frame_source *source);
/* Ends the threads, after they have decoded the frames that they started. */
void worker_pool_finish(struct worker_pool *pool);

/* Starts the workers, and lets up to submitted_max frames be submitted and not popped. Call this
 * while no frame is submitted, and at most one is fetched. A negative errno of
 * pthread_create(3). */
int worker_pool_start(struct worker_pool *pool, unsigned workers, unsigned submitted_max);

/* Whether frames are fetched or decoded while the main thread waits. */
bool worker_pool_has_workers(const struct worker_pool *pool);

/* Fetches a frame, if there is no reader thread and an entry is free.
 * -EAGAIN  not now
 * or the error that ended frame_source_fetch(), once all frames before are popped. */
int worker_pool_fetch(struct worker_pool *pool);

/* The oldest frame, if it is decoded or has no slot; else NULL. */
struct frame_task *worker_pool_oldest(struct worker_pool *pool);

/* The oldest frame that is not submitted yet, if it may be submitted; else NULL. */
struct frame_task *worker_pool_next(struct worker_pool *pool);

/* Submits that frame: to be decoded into its pixels, or, without any, to be popped in its turn. */
void worker_pool_submit(struct worker_pool *pool);

/* How many frames are submitted and not popped yet. */
uint64_t worker_pool_submitted(const struct worker_pool *pool);

/* Removes the oldest frame. */
void worker_pool_pop(struct worker_pool *pool);

/* Waits until a frame is fetched or decoded, or until this time (CLOCK_MONOTONIC). */
void worker_pool_wait(struct worker_pool *pool, int64_t until_ns);

#endif
