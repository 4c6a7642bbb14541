/* SPDX-License-Identifier: MIT
 *
 * Frames under way, in order, and the threads that work on them. Each frame has a place in a ring: it
 * is fetched from the feed, gets a slot on loan, is decoded, and concluded (published, or not), after
 * which its place is free. Places are given, lent and concluded in the order of the frames; only
 * decoding is done by several at once, with no lock held.
 *
 * Without workers there is one place, and who lends a frame decodes it then and there. A stream is
 * fetched by a thread of its own where there are workers, so that waiting for its bytes keeps no frame
 * from being published.
 *
 * All functions are for the main thread, which also is the only one that knows the library. */
#ifndef PRODUCER_CREW_H
#define PRODUCER_CREW_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "feed.h"
#include "job.h"
#include "options.h"

#define CREW_WORKERS_MAX (SHMFLIP_SLOTS_MAX - 1)
#define CREW_PLACES (SHMFLIP_SLOTS_MAX + 1)

struct place {
	struct job job;
	bool done;
};

struct crew {
	const struct options *options;
	struct feed *feed;
	pthread_mutex_t lock; /* of all below */
	pthread_cond_t work;  /* there is something to decode, or it is time to go */
	pthread_cond_t room;  /* there is a place for the reader, or it is time to go */
	pthread_cond_t news;  /* something was fetched or decoded */
	bool told;            /* there are news */
	bool closing;
	int end; /* what fetching ended with; 0: it has not */
	/* How many frames have come so far in their way; each has its place at its number modulo
	 * place_count. fetched >= lent >= begun >= concluded, and they are at most place_count apart. */
	uint64_t fetched, lent, begun, concluded;
	unsigned ahead; /* that may be lent at once */
	/* No more of them than frames can be under way: each keeps its memory, and what was not used
	 * for long has left the caches. */
	struct place places[CREW_PLACES];
	unsigned place_count;
	struct png_fast *fast; /* of the main thread; NULL: it has not decoded yet */
	pthread_t threads[CREW_WORKERS_MAX + 1];
	unsigned thread_count;
	bool has_reader;
};

void crew_init(struct crew *crew, const struct options *options, struct feed *feed);
/* Ends the threads: what is being decoded is first decoded to its end. */
void crew_finish(struct crew *crew);

/* Starts so many workers; from now on as many frames may be lent at once as ahead says. To be called while
 * no frame is lent, and at most one fetched. A negative errno. */
int crew_start(struct crew *crew, unsigned workers, unsigned ahead);

/* Whether there are no workers, so that nothing happens but what the caller does. */
bool crew_is_alone(const struct crew *crew);

/* Fetches a frame if that is for the caller to do and there is a place for it. 0: one came. -EAGAIN:
 * not now. What feed_fetch() said when it came to its end, when all before has been concluded. */
int crew_fetch(struct crew *crew);

/* The oldest frame, if it is ready to be concluded; NULL. */
struct job *crew_oldest(struct crew *crew);

/* The oldest frame that was not lent yet, if one more may be; NULL. */
struct job *crew_next(struct crew *crew);

/* That frame has its loan, and is decoded. Or it has none, and there is nothing to be done with it. */
void crew_lend(struct crew *crew);

/* The oldest frame is done with. */
void crew_conclude(struct crew *crew);

/* Waits for something to be fetched or decoded, at most until this time. */
void crew_wait(struct crew *crew, int64_t until_ns);

#endif
