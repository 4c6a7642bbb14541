/* SPDX-License-Identifier: MIT */
#include "timeline.h"

#include <math.h>

#define TOLERANCE_FRAMES 1.1

void timeline_init(struct timeline *timeline, uint32_t rate_num, uint32_t rate_den,
                   int64_t start_ns)
{
	*timeline = (struct timeline){
		.interval_ns = 1e9 * rate_den / rate_num,
		.start_ns = start_ns,
		.delay_ns = INT64_MAX,
	};
}

int64_t timeline_place(struct timeline *timeline, int64_t published_ns, int64_t taken_ns)
{
	int64_t delay_ns = taken_ns - published_ns;

	if (delay_ns < timeline->delay_ns)
		timeline->delay_ns = delay_ns;
	return published_ns + timeline->delay_ns;
}

/* How many frames the video is behind this time. */
static double frames_behind(const struct timeline *timeline, int64_t time_ns)
{
	return (double)(time_ns - timeline->start_ns) / timeline->interval_ns -
	       (double)timeline->frames;
}

uint64_t timeline_gap(const struct timeline *timeline, int64_t time_ns)
{
	double behind = frames_behind(timeline, time_ns);

	return behind > TOLERANCE_FRAMES ? (uint64_t)llround(behind) : 0;
}

bool timeline_is_ahead(const struct timeline *timeline, int64_t time_ns)
{
	return frames_behind(timeline, time_ns) < -TOLERANCE_FRAMES;
}

uint64_t timeline_overdue(const struct timeline *timeline, int64_t now_ns)
{
	double behind = frames_behind(timeline, now_ns);

	return behind >= 2 ? (uint64_t)behind - 1 : 0;
}

int64_t timeline_skip(struct timeline *timeline, int64_t time_ns)
{
	int64_t due_ns = timeline->start_ns + timeline_length_ns(timeline, timeline->frames);
	int64_t skipped_ns = time_ns > due_ns ? time_ns - due_ns : 0;

	timeline->start_ns += skipped_ns;
	return skipped_ns;
}

int64_t timeline_length_ns(const struct timeline *timeline, uint64_t frames)
{
	return (int64_t)((double)frames * timeline->interval_ns);
}
