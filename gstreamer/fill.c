/* SPDX-License-Identifier: MIT */
#include "fill.h"

#include <errno.h>
#include <string.h>

static int set_planes(struct shmflip_frame *frame, gsize start, const gsize *offset,
                      const gint *stride)
{
	const uint8_t *base = frame->plane[0].pixels;

	/* A frame begins with plane 0, at the start of its slot. */
	if (start + offset[0] != 0)
		return -EINVAL;
	for (uint32_t i = 0; i < frame->planes; i++) {
		if (stride[i] <= 0)
			return -EINVAL;
		frame->plane[i].pixels = base + offset[i];
		frame->plane[i].stride_bytes = (uint32_t)stride[i];
	}
	return 0;
}

int gst_shmflip_fill_in_place(struct shmflip_frame *frame, GstBuffer *buffer,
                              const GstVideoInfo *info)
{
	const GstVideoMeta *meta = gst_buffer_get_video_meta(buffer);
	gsize start = gst_buffer_peek_memory(buffer, 0)->offset;

	if (!meta)
		return set_planes(frame, start, info->offset, info->stride);
	if (meta->n_planes != frame->planes || meta->width != frame->width ||
	    meta->height != frame->height)
		return -EINVAL;
	return set_planes(frame, start, meta->offset, meta->stride);
}

static void copy_rows(uint8_t *to, gsize to_stride, const uint8_t *from, gsize from_stride,
                      gsize row_bytes, guint rows)
{
	if (to_stride == from_stride) {
		memcpy(to, from, to_stride * (rows - 1) + row_bytes);
		return;
	}
	for (guint row = 0; row < rows; row++)
		memcpy(to + row * to_stride, from + row * from_stride, row_bytes);
}

/* gst_video_frame_copy() would drop the last chroma sample of YUY2 and UYVY at odd widths. */
static int copy_planes(struct shmflip_frame *frame, const GstVideoFrame *video)
{
	struct shmflip_layout layout;

	shmflip_init(&layout);
	if (shmflip_format_layout(frame->fourcc, frame->width, frame->height, &layout))
		return -EINVAL;
	for (guint i = 0; i < frame->planes; i++) {
		gint stride = GST_VIDEO_FRAME_PLANE_STRIDE(video, i);

		if (stride < 0 || (guint)stride < layout.row_bytes[i])
			return -EINVAL;
		copy_rows(shmflip_frame_writable(frame, i), frame->plane[i].stride_bytes,
		          GST_VIDEO_FRAME_PLANE_DATA(video, i), (gsize)stride, layout.row_bytes[i],
		          layout.rows[i]);
	}
	return 0;
}

int gst_shmflip_fill_copy(struct shmflip_frame *frame, GstBuffer *buffer, const GstVideoInfo *info)
{
	GstVideoFrame video;
	int error;

	if (!gst_video_frame_map(&video, info, buffer, GST_MAP_READ))
		return -EINVAL;
	error = GST_VIDEO_FRAME_WIDTH(&video) == (gint)frame->width &&
	                        GST_VIDEO_FRAME_HEIGHT(&video) == (gint)frame->height
	                ? copy_planes(frame, &video)
	                : -EINVAL;
	gst_video_frame_unmap(&video);
	return error;
}
