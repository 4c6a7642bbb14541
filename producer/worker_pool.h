/* SPDX-License-Identifier: MIT
 *
 * Frames under way, in order, and the threads that work on them. Each frame has an entry in a queue: it
 * is fetched from the source, gets a slot on loan, is decoded, and concluded (published, or not), after
 * which its entry is free. Entries are given, submitted and concluded in the order of the frames; only
 * decoding is done by several at once, with no lock held.
 *
 * Without workers there is one entry, and who submits a frame decodes it then and there. A stream is
 * fetched by a thread of its own where there are workers, so that waiting for its bytes keeps no frame
 * from being published.
 *
 * All functions are for the main thread, which also is the only one that knows the library. */
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
	bool done;
};

struct worker_pool {
	const struct options *options;
	struct frame_source *source;
	pthread_mutex_t lock;         /* of all below */
	pthread_cond_t work;          /* there is something to decode, or it is time to go */
	pthread_cond_t free_entry;    /* there is an entry for the reader, or it is time to go */
	pthread_cond_t state_changed; /* something was fetched or decoded */
	bool changed;                 /* since worker_pool_wait() last returned */
	bool stopping;
	int end; /* what fetching ended with; 0: it has not */
	/* How many frames have come so far in their way; each has its entry at its number modulo
	 * entry_count. fetched >= submitted >= begun >= concluded, and they are at most entry_count apart. */
	uint64_t fetched, submitted, begun, concluded;
	unsigned ahead; /* that may be submitted at once */
	/* No more of them than frames can be under way: each keeps its memory, and what was not used
	 * for long has left the caches. */
	struct queue_entry entries[WORKER_QUEUE_MAX];
	unsigned entry_count;
	struct png_fast *fast; /* of the main thread; NULL: it has not decoded yet */
	pthread_t threads[WORKERS_MAX + 1];
	unsigned thread_count;
	bool has_reader;
};

void worker_pool_init(struct worker_pool *pool, const struct options *options,
                      struct frame_source *source);
/* Ends the threads: what is being decoded is first decoded to its end. */
void worker_pool_finish(struct worker_pool *pool);

/* Starts so many workers; from now on as many frames may be submitted at once as ahead says. To be called while
 * no frame is submitted, and at most one fetched. A negative errno. */
int worker_pool_start(struct worker_pool *pool, unsigned workers, unsigned ahead);

/* Whether there are no workers, so that nothing happens but what the caller does. */
bool worker_pool_is_empty(const struct worker_pool *pool);

/* Fetches a frame if that is for the caller to do and there is an entry for it. 0: one came. -EAGAIN:
 * not now. What frame_source_fetch() said when it came to its end, when all before has been concluded. */
int worker_pool_fetch(struct worker_pool *pool);

/* The oldest frame, if it is ready to be concluded; NULL. */
struct frame_task *worker_pool_oldest(struct worker_pool *pool);

/* The oldest frame that was not submitted yet, if one more may be; NULL. */
struct frame_task *worker_pool_next(struct worker_pool *pool);

/* That frame has its loan, and is decoded. Or it has none, and there is nothing to be done with it. */
void worker_pool_submit(struct worker_pool *pool);

/* The oldest frame is done with. */
void worker_pool_pop(struct worker_pool *pool);

/* Waits for something to be fetched or decoded, at most until this time. */
void worker_pool_wait(struct worker_pool *pool, int64_t until_ns);

#endif
