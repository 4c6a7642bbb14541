/* SPDX-License-Identifier: MIT
 *
 * Decodes all frames into a cache, before the first is shown. Main thread; blocks until the last
 * frame is decoded. */
#ifndef SHMFLIP_PRODUCER_PRELOAD_H
#define SHMFLIP_PRODUCER_PRELOAD_H

#include "frame_cache.h"
#include "frame_source.h"
#include "histogram.h"
#include "worker_pool.h"

/* Decodes one pass of the source into the cache, from the oldest frame in the pool. Then makes the
 * source start over from the cache. Adds the decode times to the histogram.
 * -ENODATA    every frame had a fault
 * -EINTR      interrupted
 * -ECANCELED  a failure; the user has been told */
int preload(struct frame_source *source, struct worker_pool *pool, struct frame_cache *cache,
            struct output *output, struct histogram *decode);

#endif
