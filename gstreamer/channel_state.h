/* SPDX-License-Identifier: MIT
 *
 * What channel.c and channel_lend.c share, and nobody else. */
#ifndef CHANNEL_STATE_H
#define CHANNEL_STATE_H

#include "channel.h"

struct gst_shmflip_channel {
	gint references; /* atomic */
	GMutex mutex;    /* of all fields below, but for the sink's use of the producer */
	GCond changed;   /* slots, busy, flushing: what pools wait for */
	struct shmflip_producer *producer; /* NULL: closed */
	guint32 policy;
	struct shmflip_stream stream; /* without slots: no caps have come */
	gboolean has_begun;           /* the producer has this stream */
	guint64 stream_number;        /* buffers of earlier streams hold no slot of this one */
	guint buffers;                /* reserved */
	guint taken;                  /* slots of this stream that pools have lent */
	gboolean lends;               /* pools may lend slots of this stream */
	gboolean busy;
	gint64 idle_us;   /* since when the sink has been idle */
	gboolean in_vain; /* waiting for an idle sink was, and no slot has been released since */
	gboolean flushing;
	guint interrupted;      /* enum gst_shmflip_interruption. Also while it is closed */
	guint last_interrupted; /* enum gst_shmflip_interruption, or 0 */
	struct gst_shmflip_counts counts;
};

/* What a memory's frame was lent from. */
struct slot_loan {
	struct gst_shmflip_channel *channel;
	guint64 stream_number;
	gboolean published; /* the sink's thread, which holds the memory, then the last holder's */
};

#endif
