/* SPDX-License-Identifier: MIT
 *
 * Decoding all frames once, before the first is shown, into a cache. Main thread; blocks until it is
 * done. */
#ifndef PRODUCER_PRELOAD_H
#define PRODUCER_PRELOAD_H

#include "frame_cache.h"
#include "frame_source.h"
#include "histogram.h"
#include "worker_pool.h"

/* Takes one pass of the source into the cache, from the frame on that the pool has fetched already, and
 * makes the source begin anew with that. 0, -EINTR, or -ECANCELED after a line to the user. -ENODATA:
 * there was no good frame. What decoding takes is added to the histogram. */
int preload(struct frame_source *source, struct worker_pool *pool, struct frame_cache *cache,
            struct shmflip_producer *producer, struct histogram *decode);

#endif
