/* SPDX-License-Identifier: MIT
 *
 * The producer of a sink, and an account of its slots. The sink, its pools and the buffers that
 * they have lent share the channel, which lives as long as the last of them.
 *
 * The pools lend at most slots - 2 slots: one slot has the newest frame, and the sink needs one to
 * copy into when a buffer comes that is none of the channel's. Buffers that somebody upstream reads
 * after their publication count too. So the sink never waits for upstream. If viewers hold the
 * other slots for long under lossless, the channel moves to another generation, whose slots pools
 * do not lend: a viewer may hold frames until it has more of them.
 *
 * Functions marked [any] may run in any thread. The others are the sink's, one thread at a time. */
#ifndef CHANNEL_H
#define CHANNEL_H

#include <gst/gst.h>

#include <shmflip.h>

struct gst_shmflip_channel; /* opaque */

struct gst_shmflip_counts {
	guint64 published;
	guint64 copied;    /* of them: the sink copied the pixels into a slot */
	guint64 dropped;   /* frames for which no slot was free */
	guint64 fallbacks; /* buffers of ordinary memory that pools gave for want of a slot */
	guint kept;        /* published frames that somebody upstream holds now */
};

struct gst_shmflip_channel *gst_shmflip_channel_new(void);
struct gst_shmflip_channel *
gst_shmflip_channel_ref(struct gst_shmflip_channel *channel);        /* [any] */
void gst_shmflip_channel_unref(struct gst_shmflip_channel *channel); /* [any] */

/* ---- The sink's side ---- */

/* Opens the producer, without a stream yet. Errors are those of shmflip_producer_open(). */
int gst_shmflip_channel_open(struct gst_shmflip_channel *channel,
                             const struct shmflip_producer_options *options);

/* Begins a stream, unless it is the same as before. Buffers lent before that can no longer be
 * published. If memory is exhausted, pools give ordinary memory, and the sink's next call that
 * needs the stream begins it, or fails. */
void gst_shmflip_channel_begin(struct gst_shmflip_channel *channel,
                               const struct shmflip_stream *stream);

/* Buffers stay as they are. Pools continue with ordinary memory. Does nothing if it is closed. */
void gst_shmflip_channel_close(struct gst_shmflip_channel *channel);

/* Ends the stream. The next frame begins another. */
void gst_shmflip_channel_end(struct gst_shmflip_channel *channel);

/* Waits without limit.
 * -ECANCELED  the channel is interrupted
 * -ENOTCONN   it has no stream
 * Others are those of shmflip_producer_configure() and shmflip_producer_wait_viewers() */
int gst_shmflip_channel_wait_viewers(struct gst_shmflip_channel *channel, guint viewers);

/* Takes a frame to copy into. Under lossless waits without limit, under latest for some
 * milliseconds.
 * -EAGAIN     viewers hold all free slots: the frame is counted as dropped
 * -ECANCELED  the channel is interrupted
 * -ENOTCONN   it has no stream
 * Others are those of shmflip_producer_configure() and shmflip_producer_loan() */
int gst_shmflip_channel_loan(struct gst_shmflip_channel *channel, struct shmflip_frame **frame);

/* Publishes a frame of gst_shmflip_channel_loan(), and releases it, also on failure. */
int gst_shmflip_channel_publish_copy(struct gst_shmflip_channel *channel,
                                     struct shmflip_frame *frame);

/* The lent frame of a memory, if it can be published here. NULL: it cannot. */
struct shmflip_frame *gst_shmflip_channel_frame_of(struct gst_shmflip_channel *channel,
                                                   GstMemory *memory);

/* Publishes a memory that has such a frame. Errors are those of gst_shmflip_memory_publish(). */
int gst_shmflip_channel_publish(struct gst_shmflip_channel *channel, GstMemory *memory);

/* [any] Whether the sink is at work on a buffer. Pools wait longer then. */
void gst_shmflip_channel_set_busy(struct gst_shmflip_channel *channel, gboolean busy);

/* Why the sink may not wait. */
enum gst_shmflip_interruption {
	GST_SHMFLIP_UNLOCK = 1 << 0,  /* from the base class's unlock() to unlock_stop() */
	GST_SHMFLIP_TO_PLAY = 1 << 1, /* during the change to PLAYING */
};

/* [any] Ends every wait of the sink's, and allows it again; also if the channel is opened between
 * the two. */
void gst_shmflip_channel_interrupt(struct gst_shmflip_channel *channel,
                                   enum gst_shmflip_interruption why);
void gst_shmflip_channel_resume(struct gst_shmflip_channel *channel,
                                enum gst_shmflip_interruption why);

/* [any] */
gboolean gst_shmflip_channel_is_interrupted(struct gst_shmflip_channel *channel,
                                            enum gst_shmflip_interruption why);

/* [any] Whether the last interruption was an unlock(), also if it is over. The end of a flush makes
 * it none. */
gboolean gst_shmflip_channel_was_unlocked(struct gst_shmflip_channel *channel);

/* [any] While the channel is flushing, pools do not wait. */
void gst_shmflip_channel_set_flushing(struct gst_shmflip_channel *channel, gboolean flushing);

/* [any] */
void gst_shmflip_channel_counts(struct gst_shmflip_channel *channel,
                                struct gst_shmflip_counts *counts);

/* ---- The pools' side ---- */

/* [any] Takes more slots, if so many buffers need them, with a new generation of the channel. */
void gst_shmflip_channel_reserve(struct gst_shmflip_channel *channel, guint buffers);

/* [any] Lends a slot of at least so many bytes. Waits while the sink is busy, and 20 ms longer, but
 * not when the pool is flushing; without may_wait not at all.
 * -EAGAIN  there is no slot: use ordinary memory */
int gst_shmflip_channel_lend(struct gst_shmflip_channel *channel, GstBufferPool *pool, gsize bytes,
                             gboolean may_wait, GstMemory **memory);

/* [any] Lets waiting pools see that they are flushing. */
void gst_shmflip_channel_wake(struct gst_shmflip_channel *channel);

#endif
