/* SPDX-License-Identifier: MIT
 *
 * The distribution of any number of durations, in fixed memory: buckets whose width is 1/64 of
 * their value or less. Mean and maximum are exact, a quantile is off by at most 1 %. Pure. */
#ifndef SHMFLIP_HISTOGRAM_H
#define SHMFLIP_HISTOGRAM_H

#include <stdint.h>

enum { HISTOGRAM_BUCKETS = 58 * 64 };

struct histogram {
	uint64_t count;
	int64_t sum_ns;
	int64_t max_ns;
	uint64_t buckets[HISTOGRAM_BUCKETS];
};

void histogram_add(struct histogram *histogram, int64_t value_ns);

/* 0 while the histogram is empty. */
int64_t histogram_mean_ns(const struct histogram *histogram);

/* The value that this percentage of all values does not exceed; 0 while the histogram is empty. */
int64_t histogram_percentile_ns(const struct histogram *histogram, double percent);

/* Adds all values of the other histogram. */
void histogram_merge(struct histogram *histogram, const struct histogram *other);

#endif
