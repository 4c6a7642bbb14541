/* SPDX-License-Identifier: MIT
 *
 * Decoding all frames once, before the first is shown, into a store. Main thread; blocks until it is
 * done. */
#ifndef PRODUCER_PRELOAD_H
#define PRODUCER_PRELOAD_H

#include "crew.h"
#include "feed.h"
#include "histogram.h"
#include "store.h"

/* Takes one pass of the feed into the store, from the frame on that the crew has fetched already, and
 * makes the feed begin anew with that. 0, -EINTR, or -ECANCELED after a line to the user. -ENODATA:
 * there was no good frame. What decoding takes is added to the histogram. */
int preload(struct feed *feed, struct crew *crew, struct store *store,
            struct shmflip_producer *producer, struct histogram *decode);

#endif
