/* SPDX-License-Identifier: MIT
 *
 * Copies pixels between layouts. gst_video_frame_copy() would drop the last chroma sample of YUY2
 * and UYVY at odd widths. */
#ifndef PLANES_H
#define PLANES_H

#include <gst/video/video.h>

#include <shmflip.h>

/* [any] Copies the pixels of a frame's rows, without padding, to memory that info describes. info
 * has the frame's format and size, and the memory has at least info's size. */
void gst_shmflip_planes_pack(const struct shmflip_frame *frame, guint8 *memory,
                             const GstVideoInfo *info);

#endif
