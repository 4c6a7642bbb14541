/* SPDX-License-Identifier: MIT
 *
 * Frames a second, over the latest frames shown. Pure: the caller says what time it is. */
#ifndef VIEWER_RATE_H
#define VIEWER_RATE_H

#include <stdint.h>

#define RATE_FRAMES 32

/* Zero-initialise. */
struct rate {
	int64_t shown_ns[RATE_FRAMES];
	uint64_t count;
};

void rate_add(struct rate *rate, int64_t now_ns);

/* 0 before the second frame, and when none has come for two seconds and for four times as long as
 * one used to take: what comes after that is counted afresh. */
double rate_per_second(const struct rate *rate, int64_t now_ns);

#endif
