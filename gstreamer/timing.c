/* SPDX-License-Identifier: MIT */
#include "timing.h"

#include <time.h>

#define PTS_MAX ((gint64)1 << 61) /* 73 years */

enum { CLOCK_TRIES = 3, APART_NS = 50000 };

void gst_shmflip_timing_init(struct gst_shmflip_timing *timing, gboolean is_live,
                             gboolean presentation)
{
	*timing = (struct gst_shmflip_timing){
		.is_live = is_live,
		.presentation = presentation,
		.origin_ns = SHMFLIP_NO_TIME,
	};
}

void gst_shmflip_timing_change_producer(struct gst_shmflip_timing *timing)
{
	timing->has_offset = FALSE;
}

/* A producer that begins another stream may begin at 0 again. A time beyond the limit is no time of
 * a video. */
static gint64 presented(struct gst_shmflip_timing *timing, gint64 presentation_ns, gint64 pts)
{
	gint64 due = 0;

	if (!timing->has_offset || presentation_ns < timing->presentation_ns ||
	    __builtin_add_overflow(presentation_ns, timing->offset_ns, &due) || due > PTS_MAX) {
		due = MAX(pts, (gint64)timing->last);
		timing->offset_ns = due - presentation_ns;
		timing->has_offset = TRUE;
	}
	timing->presentation_ns = presentation_ns;
	return due;
}

/* If the source is not live, the pipeline's clock does not run before the first frame arrives. */
static gint64 time_of_first(struct gst_shmflip_timing *timing, const struct shmflip_frame *frame,
                            gint64 monotonic_ns)
{
	if (timing->origin_ns == SHMFLIP_NO_TIME)
		timing->origin_ns = frame->published_ns;
	return MAX(monotonic_ns - timing->origin_ns, 0);
}

GstClockTime gst_shmflip_timing_pts(struct gst_shmflip_timing *timing,
                                    const struct shmflip_frame *frame, GstClockTime now,
                                    gint64 monotonic_ns)
{
	gint64 now_ns = timing->is_live ? (gint64)now : time_of_first(timing, frame, monotonic_ns);
	gint64 pts = now_ns - MAX(monotonic_ns - frame->published_ns, 0);
	gint64 last = (gint64)timing->last;

	if (timing->is_live && !GST_CLOCK_TIME_IS_VALID(now))
		return GST_CLOCK_TIME_NONE;
	if (timing->presentation && frame->presentation_ns != SHMFLIP_NO_TIME)
		pts = presented(timing, frame->presentation_ns, pts);
	if (pts < last)
		pts = MAX(now_ns, last);
	timing->last = (GstClockTime)pts;
	return timing->last;
}

GstClockTime gst_shmflip_timing_duration(const struct shmflip_frame *frame)
{
	const struct shmflip_stream *stream = frame->stream;

	if (frame->duration_ns > 0)
		return (GstClockTime)frame->duration_ns;
	if (!stream->rate_num)
		return GST_CLOCK_TIME_NONE;
	return gst_util_uint64_scale(GST_SECOND, stream->rate_den ? stream->rate_den : 1,
	                             stream->rate_num);
}

static gint64 monotonic_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * (gint64)GST_SECOND + now.tv_nsec;
}

GstClockTime gst_shmflip_timing_now(GstElement *element, gint64 *monotonic_ns)
{
	GstClockTime now;
	gint64 before;
	int tries = CLOCK_TRIES;

	do {
		before = monotonic_now();
		now = gst_element_get_current_running_time(element);
		*monotonic_ns = monotonic_now();
	} while (*monotonic_ns - before > APART_NS && --tries);
	return now;
}
