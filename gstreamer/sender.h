/* SPDX-License-Identifier: MIT
 *
 * Sends buffers through a channel: those in slots as they are, the others as copies. One thread at
 * a time: the sink's streaming thread. */
#ifndef SENDER_H
#define SENDER_H

#include <gst/video/video.h>

#include "channel.h"

struct gst_shmflip_sender {
	GstElement *element; /* its clock and base time; not held */
	struct gst_shmflip_channel *channel;
	GstVideoInfo info;        /* of the buffers */
	uint32_t orientation;     /* EXIF's. 0: not known */
	guint wait_viewers;       /* before the first frame */
	gboolean has_had_viewers; /* so many */
};

/* Waits for viewers, if there have not been as many. Errors are those of
 * gst_shmflip_channel_wait_viewers(). */
int gst_shmflip_sender_wait_viewers(struct gst_shmflip_sender *sender);

/* Waits for viewers, and sends a buffer. Under latest, a buffer is dropped if no slot is free:
 * that is no error. running_time may be GST_CLOCK_TIME_NONE.
 * -ECANCELED  the channel is interrupted: call again
 * -ENOTCONN   it is closed
 * -EBADMSG    the buffer holds no frame as info says
 * Others are those of shmflip_producer_loan() */
int gst_shmflip_sender_send(struct gst_shmflip_sender *sender, GstBuffer *buffer,
                            GstClockTime running_time);

#endif
