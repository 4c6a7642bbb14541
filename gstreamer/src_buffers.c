/* SPDX-License-Identifier: MIT */
#include "src_buffers.h"

#include <string.h>

#include "caps.h"
#include "frame_memory.h"
#include "planes.h"

void gst_shmflip_src_buffers_init(struct gst_shmflip_src_buffers *buffers)
{
	*buffers = (struct gst_shmflip_src_buffers){ .held = g_atomic_rc_box_new0(gint) };
	gst_video_info_init(&buffers->packed);
}

static void drop_copies(struct gst_shmflip_src_buffers *buffers)
{
	if (!buffers->copies)
		return;
	gst_buffer_pool_set_active(buffers->copies, FALSE);
	gst_object_unref(buffers->copies);
	buffers->copies = NULL;
}

void gst_shmflip_src_buffers_reset(struct gst_shmflip_src_buffers *buffers)
{
	drop_copies(buffers);
	gst_clear_caps(&buffers->caps);
	buffers->copied = 0;
}

void gst_shmflip_src_buffers_finish(struct gst_shmflip_src_buffers *buffers)
{
	gst_shmflip_src_buffers_reset(buffers);
	g_atomic_rc_box_release(buffers->held);
}

static struct gst_shmflip_src_description describe(const struct shmflip_frame *frame)
{
	const struct shmflip_stream *stream = frame->stream;

	return (struct gst_shmflip_src_description){
		.fourcc = frame->fourcc,
		.width = frame->width,
		.height = frame->height,
		.rate_num = stream->rate_num,
		.rate_den = stream->rate_den,
		.aspect_num = stream->aspect_num,
		.aspect_den = stream->aspect_den,
		.colour = frame->colour,
	};
}

gboolean gst_shmflip_src_buffers_fit(const struct gst_shmflip_src_buffers *buffers,
                                     const struct shmflip_frame *frame)
{
	struct gst_shmflip_src_description description = describe(frame);

	return buffers->caps &&
	       memcmp(&description, &buffers->description, sizeof(description)) == 0;
}

gboolean gst_shmflip_src_buffers_set_caps(struct gst_shmflip_src_buffers *buffers,
                                          const struct shmflip_frame *frame)
{
	GstCaps *caps = gst_shmflip_caps_from_frame(frame);

	if (!caps)
		return FALSE;
	drop_copies(buffers);
	gst_clear_caps(&buffers->caps);
	buffers->caps = caps;
	buffers->description = describe(frame);
	return gst_video_info_from_caps(&buffers->packed, caps);
}

/* Its pool keeps the memory of one copy for the next: fresh memory costs page faults. */
static GstBufferPool *create_copies(const struct gst_shmflip_src_buffers *buffers)
{
	GstBufferPool *pool = gst_video_buffer_pool_new();
	GstStructure *config = gst_buffer_pool_get_config(pool);

	gst_buffer_pool_config_set_params(config, buffers->caps,
	                                  (guint)GST_VIDEO_INFO_SIZE(&buffers->packed), 0, 0);
	gst_buffer_pool_config_add_option(config, GST_BUFFER_POOL_OPTION_VIDEO_META);
	if (gst_buffer_pool_set_config(pool, config) && gst_buffer_pool_set_active(pool, TRUE))
		return pool;
	gst_object_unref(pool);
	return NULL;
}

/* A frame that was acquired has a layout. */
static void pack(const struct shmflip_frame *frame, guint8 *memory, const GstVideoInfo *info)
{
	struct shmflip_layout layout;

	shmflip_init(&layout);
	if (shmflip_format_layout(frame->fourcc, frame->width, frame->height, &layout))
		return;
	for (guint i = 0; i < layout.planes; i++)
		gst_shmflip_plane_copy(&layout, i, memory + info->offset[i], (gsize)info->stride[i],
		                       frame->plane[i].pixels, frame->plane[i].stride_bytes);
}

static GstBuffer *copy(struct gst_shmflip_src_buffers *buffers, const struct shmflip_frame *frame)
{
	GstBuffer *buffer;
	GstMapInfo map;

	if (!buffers->copies)
		buffers->copies = create_copies(buffers);
	if (!buffers->copies ||
	    gst_buffer_pool_acquire_buffer(buffers->copies, &buffer, NULL) != GST_FLOW_OK)
		return NULL;
	if (!gst_buffer_map(buffer, &map, GST_MAP_WRITE)) {
		gst_buffer_unref(buffer);
		return NULL;
	}
	pack(frame, map.data, &buffers->packed);
	gst_buffer_unmap(buffer, &map);
	buffers->copied++;
	return buffer;
}

static void release_held(gpointer held)
{
	g_atomic_int_add((gint *)held, -1);
	g_atomic_rc_box_release(held);
}

static GstBuffer *wrap(struct gst_shmflip_src_buffers *buffers, const struct shmflip_frame *frame,
                       GstVideoInfo *info)
{
	GstBuffer *buffer = gst_buffer_new();
	gint *held = g_atomic_rc_box_acquire(buffers->held);

	g_atomic_int_inc(held);
	gst_buffer_append_memory(buffer,
	                         gst_shmflip_memory_new_acquired(frame, release_held, held));
	gst_buffer_add_video_meta_full(
		buffer, GST_VIDEO_FRAME_FLAG_NONE, GST_VIDEO_INFO_FORMAT(info),
		(guint)GST_VIDEO_INFO_WIDTH(info), (guint)GST_VIDEO_INFO_HEIGHT(info),
		GST_VIDEO_INFO_N_PLANES(info), info->offset, info->stride);
	return buffer;
}

static gboolean is_packed(const GstVideoInfo *info, const GstVideoInfo *packed)
{
	for (guint plane = 0; plane < GST_VIDEO_INFO_N_PLANES(info); plane++)
		if (info->stride[plane] != packed->stride[plane] ||
		    info->offset[plane] != packed->offset[plane])
			return FALSE;
	return info->size >= packed->size;
}

GstBuffer *gst_shmflip_src_buffers_make(struct gst_shmflip_src_buffers *buffers,
                                        const struct shmflip_frame *frame, int max_held,
                                        gboolean *holds)
{
	GstVideoInfo info = buffers->packed;

	*holds = g_atomic_int_get(buffers->held) < max_held &&
	         gst_shmflip_frame_to_info(frame, &info) == 0 &&
	         (buffers->has_video_meta || is_packed(&info, &buffers->packed));
	return *holds ? wrap(buffers, frame, &info) : copy(buffers, frame);
}
