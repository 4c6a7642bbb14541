/* SPDX-License-Identifier: MIT
 *
 * Frames per second, over the last frames shown. Pure: the caller passes the time. */
#ifndef SHMFLIP_VIEWER_RATE_H
#define SHMFLIP_VIEWER_RATE_H

#include <stdint.h>

#define RATE_FRAMES 32

/* Zero-initialise. */
struct rate {
	int64_t shown_ns[RATE_FRAMES];
	uint64_t count;
};

void rate_add(struct rate *rate, int64_t now_ns);

/* 0 before the second frame, and after a pause longer than both two seconds and four mean
 * intervals. After such a pause counting starts anew. */
double rate_per_second(const struct rate *rate, int64_t now_ns);

#endif
