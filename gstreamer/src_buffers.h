/* SPDX-License-Identifier: MIT
 *
 * The source's buffers: each is an acquired frame as it lies, or a packed copy of it. */
#ifndef SRC_BUFFERS_H
#define SRC_BUFFERS_H

#include <gst/video/video.h>

#include <shmflip.h>

struct gst_shmflip_src_buffers {
	gint *held; /* frames in buffers of any age. Shared with them: they may live longer */
	GstVideoInfo packed; /* of the current caps, as GStreamer lays frames out without a meta */
	GstCaps *caps;       /* NULL: none yet */
	GstBufferPool *copies;   /* NULL: not needed yet */
	gboolean has_video_meta; /* downstream reads strides and offsets from GstVideoMeta */
	guint64 copied;
};

/* init makes buffers without caps. finish leaves buffers that are downstream as they are. */
void gst_shmflip_src_buffers_init(struct gst_shmflip_src_buffers *buffers);
void gst_shmflip_src_buffers_finish(struct gst_shmflip_src_buffers *buffers);

/* Sets the caps of the frames to come. Keeps a reference. */
void gst_shmflip_src_buffers_set_caps(struct gst_shmflip_src_buffers *buffers, GstCaps *caps);

/* Makes a buffer of a frame of these caps. The buffer holds the frame, and *holds is TRUE, if fewer
 * than max_held others are held and if downstream can read the frame's layout. Otherwise it is a
 * copy, and the caller releases the frame. NULL: no memory for a copy. */
GstBuffer *gst_shmflip_src_buffers_make(struct gst_shmflip_src_buffers *buffers,
                                        const struct shmflip_frame *frame, int max_held,
                                        gboolean *holds);

#endif
