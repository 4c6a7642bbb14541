/* SPDX-License-Identifier: MIT
 *
 * How old frames were when they were shown: a histogram of fixed size, whatever it is given, with
 * 32 steps to each doubling. Pure. */
#ifndef VIEWER_AGES_H
#define VIEWER_AGES_H

#include <stdint.h>

#define AGES_STEPS 32
#define AGES_BINS (59 * AGES_STEPS)

/* Zero-initialise. */
struct ages {
	uint64_t bins[AGES_BINS];
	uint64_t count;
	int64_t max_ns;
};

/* A negative age counts as 0. */
void ages_add(struct ages *ages, int64_t age_ns);

/* The age that the given share of the frames, 0 to 1, did not exceed: at most 1/32 too high, and
 * never above the largest. 0 without frames. */
int64_t ages_quantile_ns(const struct ages *ages, double share);

#endif
