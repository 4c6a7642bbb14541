/* SPDX-License-Identifier: MIT
 *
 * shmflipsink: publishes raw video in a channel. docs/gstreamer.md says how to use it. */
#ifndef SINK_H
#define SINK_H

#include <gst/base/gstbasesink.h>

#define GST_TYPE_SHMFLIP_SINK (gst_shmflip_sink_get_type())
G_DECLARE_FINAL_TYPE(GstShmflipSink, gst_shmflip_sink, GST, SHMFLIP_SINK, GstBaseSink)

GST_ELEMENT_REGISTER_DECLARE(shmflipsink)

#endif
