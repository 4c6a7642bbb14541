/* SPDX-License-Identifier: MIT */
#include "channel_state.h"

#include <errno.h>

#include "frame_memory.h"

/* How long the sink waits for a slot under latest: viewers release one shortly after the next frame
 * is published. */
#define LATEST_MS 10
/* After so long without a slot under lossless, the sink takes those that pools have lent. */
#define STUCK_MS 100

struct gst_shmflip_channel *gst_shmflip_channel_new(void)
{
	struct gst_shmflip_channel *channel = g_new0(struct gst_shmflip_channel, 1);

	channel->references = 1;
	g_mutex_init(&channel->mutex);
	g_cond_init(&channel->changed);
	return channel;
}

struct gst_shmflip_channel *gst_shmflip_channel_ref(struct gst_shmflip_channel *channel)
{
	g_atomic_int_inc(&channel->references);
	return channel;
}

void gst_shmflip_channel_unref(struct gst_shmflip_channel *channel)
{
	if (!g_atomic_int_dec_and_test(&channel->references))
		return;
	g_mutex_clear(&channel->mutex);
	g_cond_clear(&channel->changed);
	g_free(channel);
}

/* ---- Streams ---- */

/* The mutex is locked. What pools have lent so far is in memory that the channel has left. */
static void change_stream(struct gst_shmflip_channel *channel, gboolean has_begun)
{
	channel->has_begun = has_begun;
	channel->lends = has_begun;
	channel->stream_number++;
	channel->taken = 0;
	channel->in_vain = FALSE;
	g_cond_broadcast(&channel->changed);
}

static void raise_slots(const struct gst_shmflip_channel *channel, struct shmflip_stream *stream)
{
	guint slots = MIN(channel->buffers + 2, SHMFLIP_SLOTS_MAX);

	stream->slots = MAX(stream->slots, slots);
}

/* The mutex is locked. */
static int configure(struct gst_shmflip_channel *channel, const struct shmflip_stream *stream)
{
	int error = shmflip_producer_configure(channel->producer, stream);

	if (error)
		return error;
	channel->stream = *stream;
	change_stream(channel, TRUE);
	return 0;
}

static gboolean is_same_stream(const struct shmflip_stream *a, const struct shmflip_stream *b)
{
	return memcmp(a, b, sizeof(*a)) == 0;
}

/* No caps have come yet, so that the size is not known. */
static int open_producer(const struct shmflip_producer_options *options,
                         struct shmflip_producer **producer)
{
	struct shmflip_stream stream;

	shmflip_init(&stream);
	stream.slot_bytes = 1;
	return shmflip_producer_open(options, &stream, producer);
}

int gst_shmflip_channel_open(struct gst_shmflip_channel *channel,
                             const struct shmflip_producer_options *options)
{
	struct shmflip_producer *producer;
	int error = open_producer(options, &producer);

	if (error)
		return error;
	g_mutex_lock(&channel->mutex);
	channel->producer = producer;
	channel->policy = options->policy;
	channel->idle_us = g_get_monotonic_time();
	channel->counts = (struct gst_shmflip_counts){ .kept = channel->counts.kept };
	if (channel->interrupted)
		shmflip_producer_interrupt(producer);
	g_mutex_unlock(&channel->mutex);
	return 0;
}

void gst_shmflip_channel_begin(struct gst_shmflip_channel *channel,
                               const struct shmflip_stream *stream)
{
	struct shmflip_stream raised = *stream;

	g_mutex_lock(&channel->mutex);
	raise_slots(channel, &raised);
	if (channel->producer && !is_same_stream(&channel->stream, &raised) &&
	    configure(channel, &raised)) {
		channel->stream = raised;
		change_stream(channel, FALSE);
	}
	g_mutex_unlock(&channel->mutex);
}

/* The sink needs the stream, and there may be memory by now. */
static int ensure_begun(struct gst_shmflip_channel *channel)
{
	int error = 0;

	g_mutex_lock(&channel->mutex);
	if (!channel->producer || channel->stream.slots == 0)
		error = -ENOTCONN;
	else if (!channel->has_begun)
		error = configure(channel, &channel->stream);
	g_mutex_unlock(&channel->mutex);
	return error;
}

void gst_shmflip_channel_close(struct gst_shmflip_channel *channel)
{
	struct shmflip_producer *producer;

	g_mutex_lock(&channel->mutex);
	producer = channel->producer;
	channel->producer = NULL;
	channel->stream = (struct shmflip_stream){ 0 };
	channel->buffers = 0;
	change_stream(channel, FALSE);
	g_mutex_unlock(&channel->mutex);
	shmflip_producer_close(producer);
}

void gst_shmflip_channel_end(struct gst_shmflip_channel *channel)
{
	g_mutex_lock(&channel->mutex);
	/* It fails in the child of a fork only, which has no viewers. */
	if (channel->producer && !shmflip_producer_end(channel->producer, 0))
		change_stream(channel, channel->has_begun);
	g_mutex_unlock(&channel->mutex);
}

void gst_shmflip_channel_reserve(struct gst_shmflip_channel *channel, guint buffers)
{
	struct shmflip_stream raised;

	g_mutex_lock(&channel->mutex);
	channel->buffers = MAX(channel->buffers, buffers);
	raised = channel->stream;
	raise_slots(channel, &raised);
	/* Without memory for more slots, more buffers will be of ordinary memory. */
	if (channel->has_begun && raised.slots != channel->stream.slots &&
	    configure(channel, &raised))
		GST_WARNING("%s", shmflip_error_detail());
	g_mutex_unlock(&channel->mutex);
}

/* ---- The sink ---- */

int gst_shmflip_channel_wait_viewers(struct gst_shmflip_channel *channel, guint viewers)
{
	int error = ensure_begun(channel);

	if (error)
		return error;
	do
		error = shmflip_producer_wait_viewers(channel->producer, viewers, -1);
	while (error == -EINTR);
	return error;
}

static void count_dropped(struct gst_shmflip_channel *channel)
{
	shmflip_producer_count_dropped(channel->producer);
	g_mutex_lock(&channel->mutex);
	channel->counts.dropped++;
	g_mutex_unlock(&channel->mutex);
}

/* Viewers hold every slot that upstream has left. A viewer that itself holds frames until it has
 * more would wait for the sink, and the sink for it. In another generation, upstream has none. */
static void take_slots_back(struct gst_shmflip_channel *channel)
{
	struct shmflip_stream stream;

	g_mutex_lock(&channel->mutex);
	stream = channel->stream;
	/* The library begins another generation for another stream only. */
	stream.slots += stream.slots < SHMFLIP_SLOTS_MAX ? 1 : -1;
	if (channel->taken > 0 && !configure(channel, &stream))
		channel->lends = FALSE;
	g_mutex_unlock(&channel->mutex);
}

static int loan_lossless(struct gst_shmflip_channel *channel, struct shmflip_frame **frame)
{
	int error = shmflip_producer_loan(channel->producer, frame, STUCK_MS);

	while (error == -EAGAIN) {
		take_slots_back(channel);
		error = shmflip_producer_loan(channel->producer, frame, STUCK_MS);
	}
	return error;
}

int gst_shmflip_channel_loan(struct gst_shmflip_channel *channel, struct shmflip_frame **frame)
{
	int error = ensure_begun(channel);

	if (error)
		return error;
	do
		error = channel->policy == SHMFLIP_POLICY_LOSSLESS
		                ? loan_lossless(channel, frame)
		                : shmflip_producer_loan(channel->producer, frame, LATEST_MS);
	while (error == -EINTR);
	if (error == -EAGAIN)
		count_dropped(channel);
	return error;
}

static void count_published(struct gst_shmflip_channel *channel, gboolean copied)
{
	g_mutex_lock(&channel->mutex);
	channel->counts.published++;
	channel->counts.copied += copied;
	channel->counts.kept += !copied;
	g_mutex_unlock(&channel->mutex);
}

int gst_shmflip_channel_publish_copy(struct gst_shmflip_channel *channel,
                                     struct shmflip_frame *frame)
{
	int error = shmflip_frame_publish(frame);

	shmflip_frame_release(frame);
	if (!error)
		count_published(channel, TRUE);
	return error;
}

static struct slot_loan *loan_of(struct gst_shmflip_channel *channel, GstMemory *memory,
                                 struct shmflip_frame **frame)
{
	gpointer data;

	*frame = gst_shmflip_memory_lent_frame(memory, &data);
	return *frame && ((struct slot_loan *)data)->channel == channel ? data : NULL;
}

struct shmflip_frame *gst_shmflip_channel_frame_of(struct gst_shmflip_channel *channel,
                                                   GstMemory *memory)
{
	struct shmflip_frame *frame;
	struct slot_loan *loan = loan_of(channel, memory, &frame);
	gboolean is_current;

	if (!loan)
		return NULL;
	g_mutex_lock(&channel->mutex);
	is_current = loan->stream_number == channel->stream_number;
	g_mutex_unlock(&channel->mutex);
	return is_current ? frame : NULL;
}

int gst_shmflip_channel_publish(struct gst_shmflip_channel *channel, GstMemory *memory)
{
	struct shmflip_frame *frame;
	struct slot_loan *loan = loan_of(channel, memory, &frame);
	int error = gst_shmflip_memory_publish(memory);

	if (error)
		return error;
	loan->published = TRUE;
	count_published(channel, FALSE);
	return 0;
}

/* ---- What pools and waits look at ---- */

void gst_shmflip_channel_set_busy(struct gst_shmflip_channel *channel, gboolean busy)
{
	g_mutex_lock(&channel->mutex);
	channel->busy = busy;
	channel->idle_us = g_get_monotonic_time();
	g_cond_broadcast(&channel->changed);
	g_mutex_unlock(&channel->mutex);
}

void gst_shmflip_channel_interrupt(struct gst_shmflip_channel *channel,
                                   enum gst_shmflip_interruption why)
{
	g_mutex_lock(&channel->mutex);
	channel->interrupted |= why;
	channel->last_interrupted = why;
	if (channel->producer)
		shmflip_producer_interrupt(channel->producer);
	g_mutex_unlock(&channel->mutex);
}

void gst_shmflip_channel_resume(struct gst_shmflip_channel *channel,
                                enum gst_shmflip_interruption why)
{
	g_mutex_lock(&channel->mutex);
	channel->interrupted &= ~(guint)why;
	if (channel->producer && !channel->interrupted)
		shmflip_producer_resume(channel->producer);
	g_mutex_unlock(&channel->mutex);
}

gboolean gst_shmflip_channel_is_interrupted(struct gst_shmflip_channel *channel,
                                            enum gst_shmflip_interruption why)
{
	guint interrupted;

	g_mutex_lock(&channel->mutex);
	interrupted = channel->interrupted;
	g_mutex_unlock(&channel->mutex);
	return (interrupted & why) != 0;
}

gboolean gst_shmflip_channel_was_unlocked(struct gst_shmflip_channel *channel)
{
	guint last_interrupted;

	g_mutex_lock(&channel->mutex);
	last_interrupted = channel->last_interrupted;
	g_mutex_unlock(&channel->mutex);
	return last_interrupted == GST_SHMFLIP_UNLOCK;
}

void gst_shmflip_channel_set_flushing(struct gst_shmflip_channel *channel, gboolean flushing)
{
	g_mutex_lock(&channel->mutex);
	channel->flushing = flushing;
	if (!flushing)
		channel->last_interrupted = 0;
	g_cond_broadcast(&channel->changed);
	g_mutex_unlock(&channel->mutex);
}

void gst_shmflip_channel_counts(struct gst_shmflip_channel *channel,
                                struct gst_shmflip_counts *counts)
{
	g_mutex_lock(&channel->mutex);
	*counts = channel->counts;
	g_mutex_unlock(&channel->mutex);
}
