/* SPDX-License-Identifier: MIT
 *
 * What shmflipsrc says of frames that it cannot send on: one line that says what to do. */
#ifndef SRC_ERRORS_H
#define SRC_ERRORS_H

#include <gst/video/video.h>

/* GStreamer lacks the pixel format. */
void gst_shmflip_src_report_format(GstElement *source, const char *channel, guint32 fourcc);

/* The next element does not take such frames. */
void gst_shmflip_src_report_refusal(GstElement *source, const char *channel,
                                    const GstVideoInfo *info);

#endif
