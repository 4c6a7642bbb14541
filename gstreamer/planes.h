/* SPDX-License-Identifier: MIT
 *
 * The pixels of one plane, by a layout of shmflip's. gst_video_frame_copy() would drop the last
 * chroma sample of YUY2 and UYVY at odd widths. */
#ifndef PLANES_H
#define PLANES_H

#include <gst/gst.h>

#include <shmflip.h>

/* [any] The bytes from a plane's first pixel to its last, with rows that are stride bytes apart. */
gsize gst_shmflip_plane_bytes(const struct shmflip_layout *layout, guint plane, gsize stride);

/* [any] Copies the pixels of a plane. Bytes between rows are copied only if the strides are equal.
 * Both sides have the bytes of gst_shmflip_plane_bytes(). */
void gst_shmflip_plane_copy(const struct shmflip_layout *layout, guint plane, guint8 *to,
                            gsize to_stride, const guint8 *from, gsize from_stride);

#endif
