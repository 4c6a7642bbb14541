/* SPDX-License-Identifier: MIT
 *
 * What the user sees while frames are published: a status line on a terminal with the current
 * rate, and a hint, once, if decoding is too slow for the requested rate, or if a pipe delivers
 * faster than a rate that nobody chose. Main thread. */
#ifndef SHMFLIP_PRODUCER_PROGRESS_H
#define SHMFLIP_PRODUCER_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

#include "backlog.h"
#include "frame_source.h"
#include "options.h"
#include "rate.h"
#include "shmflip.h"

struct progress {
	const struct options *options;
	struct shmflip_producer *producer;
	uint64_t total;        /* frames of one pass; 0: unknown */
	struct rate rate;      /* at which frames are published */
	int64_t checked_ns;    /* when the rate was last compared with the requested one */
	unsigned slow_seconds; /* in a row, because of decoding */
	bool hinted;
	struct backlog backlog;
	bool backlog_hinted;
	int64_t drawn_ns;
	int64_t counted_ns; /* when viewers were last counted */
	uint32_t viewers;
	uint32_t viewers_max;
};

void progress_init(struct progress *progress, const struct options *options,
                   struct shmflip_producer *producer, const struct frame_source *source);

/* Call this with each frame, and while waiting. position: of the frame in its pass. published_ns:
 * when it was published. decode_ns: the current decode time per frame. Cheap. */
void progress_update(struct progress *progress, uint64_t position, int64_t published_ns,
                     int64_t decode_ns);

#endif
