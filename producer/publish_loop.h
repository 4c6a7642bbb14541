/* SPDX-License-Identifier: MIT
 *
 * From the first frame to the last: which frame gets a slot and when, until when it makes sense to wait
 * for one, and when a frame that is ready is due. Main thread; blocks until all is done. */
#ifndef SHMFLIP_PRODUCER_PUBLISH_LOOP_H
#define SHMFLIP_PRODUCER_PUBLISH_LOOP_H

#include <stdint.h>

#include "frame_source.h"
#include "histogram.h"
#include "options.h"
#include "pace.h"
#include "progress.h"
#include "shmflip.h"
#include "worker_pool.h"

struct publish_loop {
	const struct options *options;
	struct frame_source *source;
	struct worker_pool *pool;
	struct shmflip_producer *producer;
	struct pace pace;
	struct progress progress;
	int64_t started_ns;
	int64_t published_ns; /* the last frame that was; 0: none yet */
	int64_t decode_ns;    /* smoothed; 0: not known yet */
	int64_t waited_ns;    /* for slots */
	uint64_t position;    /* of the latest frame, in its pass */
	struct histogram decode;
};

/* What it is given must outlive it. */
void publish_loop_init(struct publish_loop *loop, const struct options *options,
                       struct frame_source *source, struct worker_pool *pool,
                       struct shmflip_producer *producer);

/* All frames, from the first that was not concluded yet. The last is left standing for its time.
 * -ENODATA: that was all. -EINTR. -ECANCELED: it cannot go on, and the user has been told why. Loans
 * may be out at the end. */
int publish_loop_run(struct publish_loop *loop);

#endif
