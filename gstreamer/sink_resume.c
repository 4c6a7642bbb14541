/* SPDX-License-Identifier: MIT */
#include "sink_resume.h"

/* The change to PLAYING waits for the preroll lock, or it has had it: then nothing would end a wait
 * in preroll. To the base class it looks like such a wait. Meanwhile the state may have become
 * PAUSED, and PLAYING once more: a wait in preroll is right only if no change to PLAYING has begun
 * since unlock(), because its signal is still to come then. */
static GstFlowReturn let_play(GstBaseSink *sink, struct gst_shmflip_channel *channel)
{
	sink->have_preroll = TRUE;
	GST_BASE_SINK_PREROLL_UNLOCK(sink);
	g_usleep(G_USEC_PER_SEC / 1000);
	GST_BASE_SINK_PREROLL_LOCK(sink);
	sink->have_preroll = FALSE;
	if (sink->flushing)
		return GST_FLOW_FLUSHING;
	return gst_shmflip_channel_was_unlocked(channel) ? gst_base_sink_wait_preroll(sink)
	                                                 : GST_FLOW_OK;
}

GstFlowReturn gst_shmflip_sink_wait_resumed(GstBaseSink *sink, struct gst_shmflip_channel *channel)
{
	return gst_shmflip_channel_is_interrupted(channel, GST_SHMFLIP_UNLOCK)
	               ? gst_base_sink_wait_preroll(sink)
	               : let_play(sink, channel);
}
