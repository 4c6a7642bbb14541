/* SPDX-License-Identifier: MIT
 *
 * What GStreamer says of frames, in caps, tags and GstVideoInfo, and what shmflip says of them.
 * Pure functions, which any thread may call. */
#ifndef CAPS_H
#define CAPS_H

#include <gst/video/video.h>

#include <shmflip.h>

/* GStreamer's name of a format. GST_VIDEO_FORMAT_UNKNOWN: it has none. */
GstVideoFormat gst_shmflip_format_to_video(uint32_t fourcc);

/* The format that has these bytes. 0: there is none. */
uint32_t gst_shmflip_format_from_video(GstVideoFormat format);

/* The caps of a pad: every format that both have, in system memory, of any size and rate. The
 * caller owns them. */
GstCaps *gst_shmflip_caps_template(void);

/* Reads fixed caps: format, size, rate, pixel aspect and colour of a stream, which the caller has
 * initialised, and the GstVideoInfo of its frames without padding. What caps do not say is 0 in the
 * stream: not known. On failure, *reason has one line without a newline, which is static.
 * -EINVAL   these are no caps of raw video, or they are not fixed
 * -ENOTSUP  a format that shmflip lacks, interlaced or multiview video, or memory other than the
 *           system's */
int gst_shmflip_caps_to_stream(const GstCaps *caps, struct shmflip_stream *stream,
                               GstVideoInfo *info, const char **reason);

/* The caps of an acquired frame. A caller owns them. NULL: GStreamer has no such format. */
GstCaps *gst_shmflip_caps_from_frame(const struct shmflip_frame *frame);

/* Sets strides, offsets and size of a video info to those of a layout of the same format. */
void gst_shmflip_layout_to_info(const struct shmflip_layout *layout, GstVideoInfo *info);

/* Likewise, of an acquired frame's own planes: offsets count from plane 0.
 * -EOVERFLOW  a stride is more than GStreamer can say */
int gst_shmflip_frame_to_info(const struct shmflip_frame *frame, GstVideoInfo *info);

/* EXIF's orientation, 1 to 8, in tags: GST_TAG_IMAGE_ORIENTATION. 0: the tags do not have it. All
 * other numbers have no name: NULL. */
uint32_t gst_shmflip_orientation_from_tags(const GstTagList *tags);
const char *gst_shmflip_orientation_name(uint32_t orientation);

#endif
