/* SPDX-License-Identifier: MIT
 *
 * How a sink that waits for a slot or a viewer continues after an interruption.
 *
 * The streaming thread holds the preroll lock while it renders, so while it waits. No interruption
 * is lost:
 * - unlock() interrupts. Its caller then takes the preroll lock, and calls unlock_stop() while it
 *   holds that. So the interruption lasts until the streaming thread has seen it, and waits in
 *   preroll.
 * - The change to PLAYING interrupts, then takes the preroll lock and signals. It resumes
 *   afterwards, so the streaming thread sees it, and releases the lock until then.
 * - Pools wait for a condition. What they wait for, and that they are flushing, changes before a
 *   broadcast, for which the channel's mutex is taken; they look and wait with the same mutex. */
#ifndef SINK_RESUME_H
#define SINK_RESUME_H

#include <gst/base/gstbasesink.h>

#include "channel.h"

/* Called in render(), after -ECANCELED. GST_FLOW_OK: call again what was interrupted. Others are
 * render()'s result. */
GstFlowReturn gst_shmflip_sink_wait_resumed(GstBaseSink *sink, struct gst_shmflip_channel *channel);

#endif
