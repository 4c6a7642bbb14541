/* SPDX-License-Identifier: MIT */
#include "rate.h"

#include <stdbool.h>

#include "monotonic.h"

#define SPAN_NS NS_PER_S
#define SPAN_MIN_NS (450 * NS_PER_MS)
#define ENDED_MIN_NS (2 * NS_PER_S)
#define SPACING_NS (NS_PER_S / 32) /* between samples */

/* How much later than the last second's begin counting may start. */
#define SPAN_SLACK_NS (NS_PER_S / 8)

static const struct rate_sample *sample(const struct rate *rate, uint64_t index)
{
	return &rate->samples[index % RATE_SAMPLES];
}

static uint64_t oldest_index(const struct rate *rate)
{
	return rate->count > RATE_SAMPLES ? rate->count - RATE_SAMPLES : 0;
}

/* Where the last second begins: the newest sample that is older, or the oldest. Never the last
 * frame, if there are two samples. */
static uint64_t find_start(const struct rate *rate, int64_t now_ns)
{
	uint64_t index = rate->count - 1;

	while (index > oldest_index(rate) &&
	       (sample(rate, index)->published_ns > now_ns - SPAN_NS ||
	        sample(rate, index)->frames == rate->last.frames))
		index--;
	return index;
}

static double interval_ns(const struct rate *rate, const struct rate_sample *start)
{
	uint64_t frames = rate->last.frames - start->frames;

	return frames ? (double)(rate->last.published_ns - start->published_ns) / (double)frames
	              : 0;
}

static bool has_ended(const struct rate *rate, int64_t now_ns)
{
	int64_t idle_ns = now_ns - rate->last.published_ns;

	return idle_ns > ENDED_MIN_NS &&
	       (double)idle_ns > 4 * interval_ns(rate, sample(rate, find_start(rate, now_ns)));
}

void rate_add(struct rate *rate, uint64_t frames, int64_t published_ns)
{
	if (rate->count > 0 &&
	    (frames <= rate->last.frames || published_ns <= rate->last.published_ns))
		return;
	/* One frame has no interval yet: the next may be the one that a slow producer comes to. */
	if (rate->count > 1 && has_ended(rate, published_ns))
		rate->count = 0;
	rate->last = (struct rate_sample){ frames, published_ns };
	if (rate->count == 0 ||
	    published_ns - sample(rate, rate->count - 1)->published_ns >= SPACING_NS)
		rate->samples[rate->count++ % RATE_SAMPLES] = rate->last;
}

static int64_t span_ns(const struct rate *rate, uint64_t index)
{
	return rate->last.published_ns - sample(rate, index)->published_ns;
}

static double longer(double a_ns, double b_ns)
{
	return a_ns > b_ns ? a_ns : b_ns;
}

/* A frame may be late, never early. If counting starts with a late one, the others seem to be
 * faster: the longest interval is the right one. */
static double longest_interval_ns(const struct rate *rate, uint64_t start)
{
	double longest_ns = interval_ns(rate, sample(rate, start));
	int64_t span_min_ns = span_ns(rate, start) - SPAN_SLACK_NS;

	if (span_min_ns < SPAN_MIN_NS)
		span_min_ns = SPAN_MIN_NS;
	for (uint64_t i = start + 1; i < rate->count && span_ns(rate, i) >= span_min_ns; i++)
		longest_ns = longer(longest_ns, interval_ns(rate, sample(rate, i)));
	return longest_ns;
}

double rate_per_second(const struct rate *rate, int64_t now_ns)
{
	if (rate->count == 0)
		return -1;
	if (has_ended(rate, now_ns))
		return 0;
	if (span_ns(rate, oldest_index(rate)) < SPAN_MIN_NS)
		return -1;
	uint64_t start = find_start(rate, now_ns);
	uint64_t frames = rate->last.frames - sample(rate, start)->frames;
	double if_now_ns =
		(double)(now_ns - sample(rate, start)->published_ns) / (double)(frames + 1);

	return (double)NS_PER_S / longer(longest_interval_ns(rate, start), if_now_ns);
}
