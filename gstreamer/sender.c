/* SPDX-License-Identifier: MIT */
#include "sender.h"

#include <errno.h>
#include <time.h>

#include "fill.h"

/* The reading of CLOCK_MONOTONIC at which the buffer was captured. It is before the sink's latency.
 * A time to come is no time of a capture: video that is sent as fast as possible. */
static int64_t capture_ns(struct gst_shmflip_sender *sender, GstClockTime running_time)
{
	GstClock *clock = gst_element_get_clock(sender->element);
	GstClockTime captured = gst_element_get_base_time(sender->element) + running_time;
	GstClockTimeDiff age_ns;
	struct timespec now;

	if (!clock)
		return SHMFLIP_NO_TIME;
	clock_gettime(CLOCK_MONOTONIC, &now);
	age_ns = GST_CLOCK_DIFF(captured, gst_clock_get_time(clock));
	gst_object_unref(clock);
	return age_ns < 0 ? SHMFLIP_NO_TIME : (int64_t)GST_TIMESPEC_TO_TIME(now) - age_ns;
}

/* Damaged streams have times that no frame may have: they are not known. */
static int64_t known_ns(GstClockTime time)
{
	return time < (GstClockTime)1 << 62 ? (int64_t)time : SHMFLIP_NO_TIME;
}

static void describe(struct gst_shmflip_sender *sender, GstBuffer *buffer,
                     GstClockTime running_time, struct shmflip_frame *frame)
{
	frame->presentation_ns = known_ns(running_time);
	if (frame->presentation_ns != SHMFLIP_NO_TIME)
		frame->captured_ns = capture_ns(sender, running_time);
	frame->duration_ns = known_ns(GST_BUFFER_DURATION(buffer));
	if (GST_BUFFER_FLAG_IS_SET(buffer, GST_BUFFER_FLAG_CORRUPTED))
		frame->flags |= SHMFLIP_FRAME_CORRUPT;
	frame->orientation = sender->orientation;
}

/* FALSE: the buffer's pixels have to be copied. They are in no slot of this generation, somebody
 * writes to them, or they were published before. */
static gboolean send_in_place(struct gst_shmflip_sender *sender, GstBuffer *buffer,
                              GstClockTime running_time)
{
	struct shmflip_frame *frame;
	GstMemory *memory;

	if (gst_buffer_n_memory(buffer) != 1)
		return FALSE;
	memory = gst_buffer_peek_memory(buffer, 0);
	frame = gst_shmflip_channel_frame_of(sender->channel, memory);
	if (!frame || gst_shmflip_fill_in_place(frame, buffer, &sender->info))
		return FALSE;
	describe(sender, buffer, running_time, frame);
	return !gst_shmflip_channel_publish(sender->channel, memory);
}

static int fill(struct gst_shmflip_sender *sender, GstBuffer *buffer, GstClockTime running_time,
                struct shmflip_frame *frame)
{
	if (gst_shmflip_fill_copy(frame, buffer, &sender->info))
		return -EBADMSG;
	describe(sender, buffer, running_time, frame);
	return 0;
}

static int send_copy(struct gst_shmflip_sender *sender, GstBuffer *buffer,
                     GstClockTime running_time)
{
	struct shmflip_frame *frame;
	int error;

	/* The channel may move to other memory between loan and publication, because its files were
	 * deleted, or upstream wants more slots. */
	do {
		error = gst_shmflip_channel_loan(sender->channel, &frame);
		if (error)
			return error;
		error = fill(sender, buffer, running_time, frame);
		if (error)
			shmflip_frame_release(frame);
		else
			error = gst_shmflip_channel_publish_copy(sender->channel, frame);
	} while (error == -ESTALE);
	return error;
}

int gst_shmflip_sender_wait_viewers(struct gst_shmflip_sender *sender)
{
	int error;

	if (sender->has_had_viewers || sender->wait_viewers == 0)
		return 0;
	error = gst_shmflip_channel_wait_viewers(sender->channel, sender->wait_viewers);
	sender->has_had_viewers = !error;
	return error;
}

int gst_shmflip_sender_send(struct gst_shmflip_sender *sender, GstBuffer *buffer,
                            GstClockTime running_time)
{
	int error = gst_shmflip_sender_wait_viewers(sender);

	if (error)
		return error;
	if (send_in_place(sender, buffer, running_time))
		return 0;
	error = send_copy(sender, buffer, running_time);
	return error == -EAGAIN ? 0 : error;
}
