/* SPDX-License-Identifier: MIT
 *
 * A few numbers, and what they say together. Pure. */
#ifndef BENCH_STATISTICS_H
#define BENCH_STATISTICS_H

#include <stddef.h>

struct spread {
	double median;
	double min;
	double max;
};

/* Sorts values. All 0 without any. */
void statistics_spread(double *values, size_t count, struct spread *spread);

/* How far apart they lie: half of the distance from the least to the largest, as a share of the
 * median. 0 where that is 0. */
double statistics_noise(const struct spread *spread);

#endif
