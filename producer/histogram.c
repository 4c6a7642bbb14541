/* SPDX-License-Identifier: MIT */
#include "histogram.h"

enum { STEPS = 64, STEP_BITS = 6 };

/* Below 64 each value has its own bucket; above, each power of two has 64. */
static unsigned bucket_of(uint64_t value)
{
	unsigned shift;

	if (value < STEPS)
		return (unsigned)value;
	shift = 63 - (unsigned)__builtin_clzll(value) - STEP_BITS;
	return (shift + 1) * STEPS + (unsigned)(value >> shift) - STEPS;
}

static int64_t middle_of(unsigned bucket)
{
	unsigned shift = bucket / STEPS ? bucket / STEPS - 1 : 0;
	uint64_t begin = bucket < STEPS ? bucket : (uint64_t)(bucket % STEPS + STEPS) << shift;

	return (int64_t)(begin + ((UINT64_C(1) << shift) - 1) / 2);
}

void histogram_add(struct histogram *histogram, int64_t value_ns)
{
	if (value_ns < 0)
		value_ns = 0;
	histogram->count++;
	histogram->sum_ns += value_ns;
	if (value_ns > histogram->max_ns)
		histogram->max_ns = value_ns;
	histogram->buckets[bucket_of((uint64_t)value_ns)]++;
}

int64_t histogram_mean_ns(const struct histogram *histogram)
{
	return histogram->count ? histogram->sum_ns / (int64_t)histogram->count : 0;
}

int64_t histogram_percentile_ns(const struct histogram *histogram, unsigned percent)
{
	uint64_t rank = (histogram->count * percent + 99) / 100, seen = 0;
	unsigned bucket = 0;

	if (histogram->count == 0)
		return 0;
	while (seen + histogram->buckets[bucket] < rank)
		seen += histogram->buckets[bucket++];
	return middle_of(bucket) < histogram->max_ns ? middle_of(bucket) : histogram->max_ns;
}
