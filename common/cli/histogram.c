/* SPDX-License-Identifier: MIT */
#include "histogram.h"

enum { STEPS = 64, STEP_BITS = 6 };

/* Each value below 64 has its own bucket; above, each power of two has 64 buckets. */
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
	if (__builtin_add_overflow(histogram->sum_ns, value_ns, &histogram->sum_ns))
		histogram->sum_ns = INT64_MAX;
	if (value_ns > histogram->max_ns)
		histogram->max_ns = value_ns;
	histogram->buckets[bucket_of((uint64_t)value_ns)]++;
}

int64_t histogram_mean_ns(const struct histogram *histogram)
{
	return histogram->count ? histogram->sum_ns / (int64_t)histogram->count : 0;
}

/* How many values are this percentage of all, rounded up. */
static uint64_t rank_of(const struct histogram *histogram, double percent)
{
	double exact = (double)histogram->count * percent / 100;
	uint64_t rank = (uint64_t)exact;

	if ((double)rank < exact)
		rank++;
	return rank < histogram->count ? rank : histogram->count;
}

int64_t histogram_percentile_ns(const struct histogram *histogram, double percent)
{
	uint64_t rank = rank_of(histogram, percent), seen = 0;
	unsigned bucket = 0;

	if (histogram->count == 0)
		return 0;
	while (seen + histogram->buckets[bucket] < rank)
		seen += histogram->buckets[bucket++];
	return middle_of(bucket) < histogram->max_ns ? middle_of(bucket) : histogram->max_ns;
}

void histogram_merge(struct histogram *histogram, const struct histogram *other)
{
	histogram->count += other->count;
	histogram->sum_ns += other->sum_ns;
	if (other->max_ns > histogram->max_ns)
		histogram->max_ns = other->max_ns;
	for (unsigned i = 0; i < HISTOGRAM_BUCKETS; i++)
		histogram->buckets[i] += other->buckets[i];
}
