/* SPDX-License-Identifier: MIT */
#include "rate.h"

#include <stdbool.h>

#include "monotonic.h"

/* ---- These need at least two frames ------------------------------------------------------- */

static int64_t newest_ns(const struct rate *rate)
{
	return rate->shown_ns[(rate->count - 1) % RATE_FRAMES];
}

static double interval_ns(const struct rate *rate)
{
	uint64_t kept = rate->count < RATE_FRAMES ? rate->count : RATE_FRAMES;
	int64_t oldest_ns = rate->shown_ns[(rate->count - kept) % RATE_FRAMES];

	return (double)(newest_ns(rate) - oldest_ns) / (double)(kept - 1);
}

static bool has_ended(const struct rate *rate, int64_t now_ns)
{
	int64_t idle_ns = now_ns - newest_ns(rate);

	return idle_ns > 2 * NS_PER_S && (double)idle_ns > 4 * interval_ns(rate);
}

/* ---- Any number of frames ----------------------------------------------------------------- */

void rate_add(struct rate *rate, int64_t now_ns)
{
	if (rate->count >= 2 && has_ended(rate, now_ns))
		rate->count = 0;
	rate->shown_ns[rate->count++ % RATE_FRAMES] = now_ns;
}

double rate_per_second(const struct rate *rate, int64_t now_ns)
{
	if (rate->count < 2 || interval_ns(rate) <= 0 || has_ended(rate, now_ns))
		return 0;
	return (double)NS_PER_S / interval_ns(rate);
}
