/* SPDX-License-Identifier: MIT
 *
 * The frames that are to be shown, pass after pass: what the sources hold, less what is no PNG or does
 * not fit a slot. Such are skipped, counted and named, once; or end the run, by --on-error stop.
 * Blocks on reading. Main thread. */
#ifndef PRODUCER_FEED_H
#define PRODUCER_FEED_H

#include <stdbool.h>
#include <stdint.h>

#include "capacity.h"
#include "input.h"
#include "options.h"
#include "source.h"

struct feed {
	const struct options *options;
	struct source source; /* empty for a stream */
	struct capacity capacity;
	struct input input;
	struct piece piece; /* the frame at hand */
	uint64_t read;      /* frames so far, in all passes, good or bad */
	uint64_t skipped;
	uint64_t loops;       /* how often it has started over */
	uint64_t good_before; /* frames that were not skipped, in the passes before this one */
};

/* Lists the files and looks at their sizes. A negative errno, after a line to the user: an input does
 * not exist. Finish it in both cases. */
int feed_init(struct feed *feed, const struct options *options);
void feed_finish(struct feed *feed);

/* Takes the next frame in hand. -ENODATA: that was all, also when a whole pass had nothing good.
 * -EINTR. -ECANCELED: it cannot go on, and the user has been told why. */
int feed_next(struct feed *feed);

/* Passes over the frame at hand, found bad for this reason. 0, or -ECANCELED. */
int feed_skip(struct feed *feed, const char *reason);

/* The frame's number from 0 on. One that is skipped has its place in time like any other. */
uint64_t feed_index(const struct feed *feed);

/* Where it stands in its pass, from 1 on, and how many a pass has; 0: nobody knows. */
uint64_t feed_position(const struct feed *feed);
uint64_t feed_total(const struct feed *feed);

/* Whether no frame can come behind the one at hand. */
bool feed_is_last(const struct feed *feed);

/* Whether there was no good frame in this pass. */
bool feed_is_dry(const struct feed *feed);

/* Whether the user has not been told of the frame at hand in an earlier pass. */
bool feed_is_news(const struct feed *feed);

#endif
