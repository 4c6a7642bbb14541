/* SPDX-License-Identifier: MIT
 *
 * The frames that are to be shown, pass after pass, and the account of what became of them. What is no
 * PNG, is damaged, or does not fit a slot is skipped, counted and named, once; or ends the run, by
 * --on-error stop.
 *
 * Frames are fetched in order, and concluded in order, but many may be fetched before the first is
 * concluded. For a stream these two sides may be two threads; for files both are the main thread. */
#ifndef PRODUCER_FEED_H
#define PRODUCER_FEED_H

#include <stdbool.h>
#include <stdint.h>

#include "capacity.h"
#include "job.h"
#include "options.h"
#include "png_stream.h"
#include "raw_stream.h"
#include "source.h"
#include "store.h"
#include "tap.h"

struct feed {
	const struct options *options;
	struct source source; /* empty for a stream */
	bool is_stream;
	struct capacity capacity;
	struct tap tap;
	/* The side that fetches. */
	enum { STREAM_UNKNOWN, STREAM_PNG, STREAM_RAW } kind; /* once its beginning is there */
	struct png_stream png;
	struct raw_stream raw;
	struct store *store; /* to fetch from what was decoded before; NULL: not */
	size_t next;         /* of the source's paths, or of the store's frames */
	uint64_t fetched;    /* frames, in all passes */
	uint64_t loops;      /* how often it has started over */
	/* The side that concludes. */
	uint64_t read; /* frames so far, in all passes, good or bad */
	uint64_t skipped;
	uint64_t skipped_in_a_row;
};

/* Lists the files and looks at their sizes. A negative errno, after a line to the user: an input does
 * not exist. Finish it in both cases. */
int feed_init(struct feed *feed, const struct options *options);
void feed_finish(struct feed *feed);

/* The next frame: a file that is still to be read, or what came down the stream, which it waits for: a
 * whole PNG, or the announcement of raw pixels. It may have a fault already. -ENODATA: that was all, also when a whole pass had nothing
 * good. -EAGAIN: what is under way has to be concluded first, since it may be such a pass. -EINTR, and
 * for a stream -ENOMEM and what read(2) said. */
int feed_fetch(struct feed *feed, struct job *job);

/* Tells the user of an error that feed_fetch() came to its end with, and makes it -ECANCELED; leaves
 * -ENODATA and -EINTR as they are. Main thread. */
int feed_fail(int error);

/* Begins anew with what lies in a store, which must outlive the feed. */
void feed_from_store(struct feed *feed, struct store *store);

/* From any thread: fetching from a stream is to end with -EINTR, and soon. */
void feed_stop(struct feed *feed);

/* Counts a frame, and passes over it if it has a fault. 0, or -ECANCELED: it ends the run. */
int feed_conclude(struct feed *feed, const struct job *job);

/* Whether the stream, once a frame of it was fetched, turned out to be one of raw pixels: these are read
 * by job_decode(), and before the next frame is fetched. */
bool feed_is_raw(const struct feed *feed);

/* Frames in 1000 seconds that the stream asks for; 0: it does not say. */
uint32_t feed_fps_milli(const struct feed *feed);

/* How many frames a pass has; 0: nobody knows. */
uint64_t feed_total(const struct feed *feed);

/* Whether all frames of the latest pass were skipped. */
bool feed_is_dry(const struct feed *feed);

#endif
