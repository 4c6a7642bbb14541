/* SPDX-License-Identifier: MIT
 *
 * The pools' side of a channel: slots on loan to upstream. */
#include "channel_state.h"

#include <errno.h>

#include "frame_memory.h"

#define PATIENCE_US 20000 /* how long a pool waits for an idle sink */
#define POLL_US 1000      /* how often it looks whether viewers have released a slot */

static void end_loan(gpointer data)
{
	struct slot_loan *loan = data;
	struct gst_shmflip_channel *channel = loan->channel;

	g_mutex_lock(&channel->mutex);
	if (loan->stream_number == channel->stream_number)
		channel->taken--;
	channel->in_vain = FALSE;
	if (loan->published)
		channel->counts.kept--;
	g_cond_broadcast(&channel->changed);
	g_mutex_unlock(&channel->mutex);
	gst_shmflip_channel_unref(channel);
	g_free(loan);
}

static GstMemory *wrap(struct gst_shmflip_channel *channel, struct shmflip_frame *frame)
{
	struct slot_loan *loan = g_new(struct slot_loan, 1);

	loan->channel = gst_shmflip_channel_ref(channel);
	loan->stream_number = channel->stream_number;
	loan->published = FALSE;
	channel->taken++;
	return gst_shmflip_memory_new_lent(frame, end_loan, loan);
}

static gboolean is_within_quota(const struct gst_shmflip_channel *channel)
{
	return channel->taken + 2 < channel->stream.slots;
}

/* The mutex is locked. Does not wait.
 * -EAGAIN  a slot may come
 * -ENOBUFS  none can come */
static int try_lend(struct gst_shmflip_channel *channel, gsize bytes, GstMemory **memory)
{
	struct shmflip_frame *frame;
	int error;

	if (!channel->producer || channel->stream.slot_bytes < bytes || channel->stream.slots < 3 ||
	    !channel->lends)
		return -ENOBUFS;
	if (!is_within_quota(channel))
		return -EAGAIN;
	error = shmflip_producer_loan(channel->producer, &frame, 0);
	/* Let the sink report what is wrong with the channel, when it needs a slot itself. */
	if (error)
		return error == -EAGAIN || error == -ECANCELED ? -EAGAIN : -ENOBUFS;
	*memory = wrap(channel, frame);
	return 0;
}

/* Whether to wait for a slot. An idle sink releases none, and what holds the slots may need this
 * buffer first. But if viewers have all slots under lossless, the sink would wait for them as
 * well. */
static gboolean is_worth_waiting(const struct gst_shmflip_channel *channel, GstBufferPool *pool)
{
	if (channel->flushing || GST_BUFFER_POOL_IS_FLUSHING(pool))
		return FALSE;
	if (channel->busy || (channel->taken == 0 && channel->policy == SHMFLIP_POLICY_LOSSLESS))
		return TRUE;
	return !channel->in_vain && g_get_monotonic_time() < channel->idle_us + PATIENCE_US;
}

/* Nobody tells when viewers release a slot, nor that the sink has been idle for long. */
static void wait_for_change(struct gst_shmflip_channel *channel)
{
	gint64 now_us = g_get_monotonic_time();

	if (is_within_quota(channel))
		g_cond_wait_until(&channel->changed, &channel->mutex, now_us + POLL_US);
	else if (channel->busy)
		g_cond_wait(&channel->changed, &channel->mutex);
	else
		g_cond_wait_until(&channel->changed, &channel->mutex,
		                  channel->idle_us + PATIENCE_US);
}

int gst_shmflip_channel_lend(struct gst_shmflip_channel *channel, GstBufferPool *pool, gsize bytes,
                             gboolean may_wait, GstMemory **memory)
{
	int error;

	g_mutex_lock(&channel->mutex);
	error = try_lend(channel, bytes, memory);
	while (error == -EAGAIN && may_wait && is_worth_waiting(channel, pool)) {
		wait_for_change(channel);
		error = try_lend(channel, bytes, memory);
	}
	if (error) {
		channel->counts.fallbacks++;
		channel->in_vain = TRUE;
	}
	g_mutex_unlock(&channel->mutex);
	return error ? -EAGAIN : 0;
}

void gst_shmflip_channel_wake(struct gst_shmflip_channel *channel)
{
	g_mutex_lock(&channel->mutex);
	g_cond_broadcast(&channel->changed);
	g_mutex_unlock(&channel->mutex);
}
