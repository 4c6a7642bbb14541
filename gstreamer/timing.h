/* SPDX-License-Identifier: MIT
 *
 * The source's clock work: when a frame of CLOCK_MONOTONIC is due in running time. All
 * functions but the last are pure. */
#ifndef TIMING_H
#define TIMING_H

#include <gst/gst.h>

#include <shmflip.h>

struct gst_shmflip_timing {
	gboolean is_live; /* if not, the running time 0 is when the first frame was published */
	gboolean presentation;  /* follow the frames' presentation_ns, where they have one */
	gboolean has_offset;    /* for this producer */
	gint64 offset_ns;       /* from presentation_ns to running time */
	gint64 presentation_ns; /* of the frame before */
	gint64 origin_ns;       /* CLOCK_MONOTONIC at the running time 0, if not live */
	GstClockTime last;      /* the PTS of the frame before */
};

/* Begins with the running time 0. */
void gst_shmflip_timing_init(struct gst_shmflip_timing *timing, gboolean is_live,
                             gboolean presentation);

/* Another producer's presentation_ns begin anywhere. */
void gst_shmflip_timing_change_producer(struct gst_shmflip_timing *timing);

/* The frame's PTS. It is never before the last one: a frame that was published before the pipeline
 * ran, or while it was paused, is due now. now is the pipeline's running time at this reading of
 * CLOCK_MONOTONIC; GST_CLOCK_TIME_NONE: it has no clock, and then a live frame has no PTS. */
GstClockTime gst_shmflip_timing_pts(struct gst_shmflip_timing *timing,
                                    const struct shmflip_frame *frame, GstClockTime now,
                                    gint64 monotonic_ns);

/* How long to show the frame: as it says, else by the stream's rate. GST_CLOCK_TIME_NONE: not
 * known. */
GstClockTime gst_shmflip_timing_duration(const struct shmflip_frame *frame);

/* Reads the running time and CLOCK_MONOTONIC at once. If the thread is interrupted between them,
 * reads them again. GST_CLOCK_TIME_NONE: the element has no clock. */
GstClockTime gst_shmflip_timing_now(GstElement *element, gint64 *monotonic_ns);

#endif
