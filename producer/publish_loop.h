/* SPDX-License-Identifier: MIT
 *
 * From the first frame to the last: which frame gets a slot and when, until when it makes sense to wait
 * for one, and when a frame that is ready is due. Main thread; blocks until all is done. */
#ifndef PRODUCER_FLOW_H
#define PRODUCER_FLOW_H

#include <stdint.h>

#include "crew.h"
#include "feed.h"
#include "histogram.h"
#include "options.h"
#include "pace.h"
#include "report.h"
#include "shmflip.h"

struct flow {
	const struct options *options;
	struct feed *feed;
	struct crew *crew;
	struct shmflip_producer *producer;
	struct pace pace;
	struct report report;
	int64_t started_ns;
	int64_t published_ns; /* the last frame that was; 0: none yet */
	int64_t decode_ns;    /* smoothed; 0: not known yet */
	int64_t waited_ns;    /* for slots */
	uint64_t position;    /* of the latest frame, in its pass */
	struct histogram decode;
};

/* What it is given must outlive it. */
void flow_init(struct flow *flow, const struct options *options, struct feed *feed,
               struct crew *crew, struct shmflip_producer *producer);

/* All frames, from the first that was not concluded yet. The last is left standing for its time.
 * -ENODATA: that was all. -EINTR. -ECANCELED: it cannot go on, and the user has been told why. Loans
 * may be out at the end. */
int flow_run(struct flow *flow);

#endif
