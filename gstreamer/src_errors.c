/* SPDX-License-Identifier: MIT */
#include "src_errors.h"

#include <shmflip.h>

void gst_shmflip_src_report_format(GstElement *source, const char *channel, guint32 fourcc)
{
	const struct shmflip_format_info *format = shmflip_format_info(fourcc);
	char *name = format ? g_strdup(format->name) : g_strdup_printf("0x%08x", fourcc);

	GST_ELEMENT_ERROR(source, STREAM, FORMAT,
	                  ("channel %s has pixel format %s, which GStreamer lacks: have its "
	                   "producer use another",
	                   channel, name),
	                  (NULL));
	g_free(name);
}

void gst_shmflip_src_report_refusal(GstElement *source, const char *channel,
                                    const GstVideoInfo *info)
{
	GST_ELEMENT_ERROR(source, CORE, NEGOTIATION,
	                  ("the next element does not take %s of %dx%d pixels from channel %s: put "
	                   "videoconvert or videoscale before it",
	                   GST_VIDEO_INFO_NAME(info), GST_VIDEO_INFO_WIDTH(info),
	                   GST_VIDEO_INFO_HEIGHT(info), channel),
	                  (NULL));
}
