/* SPDX-License-Identifier: MIT
 *
 * How the pixels of a buffer become those of a lent frame. Frame and buffer have the format and the
 * size of info. */
#ifndef FILL_H
#define FILL_H

#include <gst/video/video.h>

#include <shmflip.h>

/* The pixels are in the frame's slot already: sets the planes to where the buffer has them.
 * -EINVAL  the buffer's planes do not begin with the slot, or they are not in its memory */
int gst_shmflip_fill_in_place(struct shmflip_frame *frame, GstBuffer *buffer,
                              const GstVideoInfo *info);

/* Copies the pixels of any buffer.
 * -EINVAL  the buffer cannot be read, or is too small */
int gst_shmflip_fill_copy(struct shmflip_frame *frame, GstBuffer *buffer, const GstVideoInfo *info);

#endif
