/* SPDX-License-Identifier: MIT
 *
 * The source's buffers: each is an acquired frame as it lies, or a packed copy of it. */
#ifndef SRC_BUFFERS_H
#define SRC_BUFFERS_H

#include <gst/video/video.h>

#include <shmflip.h>

/* What caps depend on. */
struct gst_shmflip_src_description {
	uint32_t fourcc, width, height;
	uint32_t rate_num, rate_den, aspect_num, aspect_den;
	struct shmflip_colour colour;
};

struct gst_shmflip_src_buffers {
	gint *held; /* atomic: frames in buffers, which share it because they may live longer */
	struct gst_shmflip_src_description description; /* of the caps */
	GstVideoInfo packed;     /* of the caps, as GStreamer lays frames out without a meta */
	GstCaps *caps;           /* NULL: none yet */
	GstBufferPool *copies;   /* NULL: not needed yet */
	gboolean has_video_meta; /* downstream reads strides and offsets from GstVideoMeta */
	guint64 copied;
};

/* init makes buffers without caps, and reset goes back to that. finish frees what they have. All
 * leave buffers that are downstream as they are. */
void gst_shmflip_src_buffers_init(struct gst_shmflip_src_buffers *buffers);
void gst_shmflip_src_buffers_reset(struct gst_shmflip_src_buffers *buffers);
void gst_shmflip_src_buffers_finish(struct gst_shmflip_src_buffers *buffers);

/* Whether the frame has the current caps. */
gboolean gst_shmflip_src_buffers_fit(const struct gst_shmflip_src_buffers *buffers,
                                     const struct shmflip_frame *frame);

/* Makes the caps of this frame the current ones. FALSE: GStreamer lacks the format. */
gboolean gst_shmflip_src_buffers_set_caps(struct gst_shmflip_src_buffers *buffers,
                                          const struct shmflip_frame *frame);

/* Makes a buffer of a frame of these caps. The buffer holds the frame, and *holds is TRUE, if fewer
 * than max_held others are held and if downstream can read the frame's layout. Otherwise it is a
 * copy, and the caller releases the frame. NULL: no memory for a copy. */
GstBuffer *gst_shmflip_src_buffers_make(struct gst_shmflip_src_buffers *buffers,
                                        const struct shmflip_frame *frame, int max_held,
                                        gboolean *holds);

#endif
