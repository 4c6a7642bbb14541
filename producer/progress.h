/* SPDX-License-Identifier: MIT
 *
 * What the user sees while frames go out: the status line on a terminal, the rate that is reached, and
 * once a hint when decoding cannot keep up with the rate that was asked for. Main thread. */
#ifndef SHMFLIP_PRODUCER_PROGRESS_H
#define SHMFLIP_PRODUCER_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

#include "options.h"
#include "shmflip.h"

struct progress {
	const struct options *options;
	struct shmflip_producer *producer;
	uint64_t total; /* frames of one pass; 0: nobody knows */
	uint64_t published;
	uint64_t window_published; /* when the second in which the rate is measured began */
	int64_t window_ns;
	double fps;            /* reached; negative: not known yet */
	unsigned slow_windows; /* in a row, because of decoding */
	bool hinted;
	int64_t drawn_ns;
	int64_t counted_ns; /* when viewers were counted last */
	unsigned viewers;
	unsigned viewers_max;
};

void progress_init(struct progress *progress, const struct options *options,
                   struct shmflip_producer *producer, uint64_t total);

/* To be called now and then: with each frame, and while waiting. position is that of the frame in its
 * pass, decode_ns what a frame takes at present. Cheap. */
void progress_update(struct progress *progress, uint64_t position, int64_t decode_ns);

#endif
