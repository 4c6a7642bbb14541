/* SPDX-License-Identifier: MIT
 *
 * Median, range and noise of a few numbers. Pure. */
#ifndef SHMFLIP_BENCH_STATISTICS_H
#define SHMFLIP_BENCH_STATISTICS_H

#include <stddef.h>

enum { ROUNDS_MAX = 100 };

struct spread {
	double median;
	double min;
	double max;
};

/* Sorts values. Without any, all of *spread is 0. */
void statistics_spread(double *values, size_t count, struct spread *spread);

/* The same of the figures of all rounds, which keep their order. */
void statistics_spread_rounds(const double *rounds, unsigned count, struct spread *spread);

/* Half of the distance from the least to the largest, as a share of the median. If the median is
 * 0: 0. */
double statistics_noise(const struct spread *spread);

#endif
