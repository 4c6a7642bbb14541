/* SPDX-License-Identifier: MIT */
#include "fill.h"

#include <errno.h>

#include "planes.h"

static int layout_of(const struct shmflip_frame *frame, struct shmflip_layout *layout)
{
	shmflip_init(layout);
	return shmflip_format_layout(frame->fourcc, frame->width, frame->height, layout);
}

static gboolean is_long_enough(const struct shmflip_layout *layout, guint plane, gint stride)
{
	return stride > 0 && (guint)stride >= layout->row_bytes[plane];
}

/* Beyond the memory's end, a slot has an old frame. */
static int set_planes(struct shmflip_frame *frame, const GstMemory *memory, const gsize *offset,
                      const gint *stride)
{
	const uint8_t *base = frame->plane[0].pixels;
	struct shmflip_layout layout;

	/* A frame begins with plane 0, at the start of its slot. */
	if (layout_of(frame, &layout) || memory->offset != 0 || offset[0] != 0)
		return -EINVAL;
	for (guint i = 0; i < frame->planes; i++) {
		if (!is_long_enough(&layout, i, stride[i]) || offset[i] > memory->size ||
		    gst_shmflip_plane_bytes(&layout, i, (gsize)stride[i]) >
		            memory->size - offset[i])
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
	const GstMemory *memory = gst_buffer_peek_memory(buffer, 0);

	if (!meta)
		return set_planes(frame, memory, info->offset, info->stride);
	if (meta->n_planes != frame->planes || meta->width != frame->width ||
	    meta->height != frame->height)
		return -EINVAL;
	return set_planes(frame, memory, meta->offset, meta->stride);
}

/* From the plane's start to the end of what is mapped. Without a GstVideoMeta, one map has all
 * planes. */
static gsize mapped_bytes(const GstVideoFrame *video, guint plane)
{
	const GstMapInfo *map = &video->map[video->meta ? plane : 0];
	const guint8 *start = GST_VIDEO_FRAME_PLANE_DATA(video, plane);

	return map->size - (gsize)(start - map->data);
}

static int copy_planes(struct shmflip_frame *frame, const GstVideoFrame *video)
{
	struct shmflip_layout layout;

	if (layout_of(frame, &layout))
		return -EINVAL;
	for (guint i = 0; i < frame->planes; i++) {
		gint stride = GST_VIDEO_FRAME_PLANE_STRIDE(video, i);

		if (!is_long_enough(&layout, i, stride) ||
		    gst_shmflip_plane_bytes(&layout, i, (gsize)stride) > mapped_bytes(video, i))
			return -EINVAL;
		gst_shmflip_plane_copy(&layout, i, shmflip_frame_writable(frame, i),
		                       frame->plane[i].stride_bytes,
		                       GST_VIDEO_FRAME_PLANE_DATA(video, i), (gsize)stride);
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
