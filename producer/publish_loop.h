/* SPDX-License-Identifier: MIT
 *
 * The loop that publishes all frames. It decides which frame gets a slot, how long to wait for a
 * slot, and when a decoded frame is due. Main thread; blocks until the last frame is done. */
#ifndef SHMFLIP_PRODUCER_PUBLISH_LOOP_H
#define SHMFLIP_PRODUCER_PUBLISH_LOOP_H

#include <stdint.h>

#include "frame_source.h"
#include "histogram.h"
#include "options.h"
#include "output.h"
#include "pace.h"
#include "progress.h"
#include "slot_growth.h"
#include "worker_pool.h"

struct publish_loop {
	const struct options *options;
	struct frame_source *source;
	struct worker_pool *pool;
	struct output *output;
	struct pace pace;
	struct progress progress;
	struct slot_growth slot_growth;
	uint64_t moving; /* frames whose slots may be of memory that the channel has left */
	int64_t started_ns;
	int64_t published_ns; /* when the last frame was published; 0: none yet */
	int64_t decode_ns;    /* per frame, smoothed; 0: not known yet */
	int64_t waited_ns;    /* for slots */
	uint64_t position;    /* of the last frame, in its pass */
	struct histogram decode;
};

/* All arguments must outlive the loop. */
void publish_loop_init(struct publish_loop *loop, const struct options *options,
                       struct frame_source *source, struct worker_pool *pool,
                       struct output *output);

/* Publishes all frames, from the oldest one in the pool. Returns after the last frame's time on
 * screen. Never 0; frames may be left in the pool.
 * -ENODATA    all frames are done
 * -EINTR      interrupted
 * -ECANCELED  a failure; the user has been told */
int publish_loop_run(struct publish_loop *loop);

#endif
