/* SPDX-License-Identifier: MIT */
#include "pool.h"

#include <errno.h>

#include <gst/video/video.h>

#include "caps.h"

#define SLOT_ALIGN 4096

struct _GstShmflipPool {
	GstBufferPool parent;
	struct gst_shmflip_channel *channel;
	GstVideoInfo info; /* with the strides of its buffers */
	gboolean add_meta;
	gsize size;                 /* of a buffer */
	GstAllocationParams params; /* of ordinary memory */
	gboolean suits_slots;       /* a slot has what params ask for */
};

G_DEFINE_TYPE(GstShmflipPool, gst_shmflip_pool, GST_TYPE_BUFFER_POOL)

static void finalize(GObject *object)
{
	gst_shmflip_channel_unref(GST_SHMFLIP_POOL(object)->channel);
	G_OBJECT_CLASS(gst_shmflip_pool_parent_class)->finalize(object);
}

static const gchar **get_options(GstBufferPool *pool)
{
	static const gchar *options[] = { GST_BUFFER_POOL_OPTION_VIDEO_META, NULL };

	(void)pool;
	return options;
}

/* Only an upstream that reads GstVideoMeta can do with strides other than GStreamer's. */
static gboolean set_info(GstShmflipPool *self, const GstCaps *caps, gboolean add_meta)
{
	struct shmflip_stream stream;
	struct shmflip_layout layout;
	const char *reason;

	shmflip_init(&stream);
	shmflip_init(&layout);
	if (gst_shmflip_caps_to_stream(caps, &stream, &self->info, &reason) ||
	    shmflip_format_layout(stream.fourcc, stream.width, stream.height, &layout))
		return FALSE;
	if (add_meta)
		gst_shmflip_layout_to_info(&layout, &self->info);
	self->add_meta = add_meta;
	return TRUE;
}

/* A slot begins with a page and with plane 0. Its content is that of an old frame. */
static gboolean suits_slots(const GstAllocationParams *params)
{
	return params->prefix == 0 && params->align < SLOT_ALIGN &&
	       !(params->flags & (GST_MEMORY_FLAG_ZERO_PREFIXED | GST_MEMORY_FLAG_ZERO_PADDED));
}

static gboolean set_config(GstBufferPool *pool, GstStructure *config)
{
	GstShmflipPool *self = GST_SHMFLIP_POOL(pool);
	gboolean add_meta =
		gst_buffer_pool_config_has_option(config, GST_BUFFER_POOL_OPTION_VIDEO_META);
	GstCaps *caps;
	guint size, min, max;

	if (!gst_buffer_pool_config_get_params(config, &caps, &size, &min, &max) || !caps ||
	    !gst_buffer_pool_config_get_allocator(config, NULL, &self->params) ||
	    !set_info(self, caps, add_meta))
		return FALSE;
	gst_shmflip_channel_reserve(self->channel, min);
	self->suits_slots = suits_slots(&self->params);
	self->params.align |= 63;
	self->size = MAX(size, self->info.size);
	gst_buffer_pool_config_set_params(config, caps, (guint)self->size, min, max);
	return GST_BUFFER_POOL_CLASS(gst_shmflip_pool_parent_class)->set_config(pool, config);
}

/* A slot is lent when it is acquired, so there is nothing to start or to stop. */
static gboolean start(GstBufferPool *pool)
{
	(void)pool;
	return TRUE;
}

static gboolean stop(GstBufferPool *pool)
{
	(void)pool;
	return TRUE;
}

static void flush_start(GstBufferPool *pool)
{
	gst_shmflip_channel_wake(GST_SHMFLIP_POOL(pool)->channel);
}

static GstBuffer *create_buffer(GstShmflipPool *self, GstMemory *memory)
{
	GstVideoInfo *info = &self->info;
	GstBuffer *buffer = gst_buffer_new();

	gst_buffer_append_memory(buffer, memory);
	if (self->add_meta)
		gst_buffer_add_video_meta_full(
			buffer, GST_VIDEO_FRAME_FLAG_NONE, GST_VIDEO_INFO_FORMAT(info),
			GST_VIDEO_INFO_WIDTH(info), GST_VIDEO_INFO_HEIGHT(info),
			GST_VIDEO_INFO_N_PLANES(info), info->offset, info->stride);
	return buffer;
}

static int lend(GstShmflipPool *self, gboolean may_wait, GstMemory **memory)
{
	if (!self->suits_slots)
		return -EAGAIN;
	return gst_shmflip_channel_lend(self->channel, GST_BUFFER_POOL(self),
	                                self->size + self->params.padding, may_wait, memory);
}

static GstFlowReturn acquire(GstBufferPool *pool, GstBuffer **buffer,
                             GstBufferPoolAcquireParams *params)
{
	GstShmflipPool *self = GST_SHMFLIP_POOL(pool);
	gboolean may_wait = !params || !(params->flags & GST_BUFFER_POOL_ACQUIRE_FLAG_DONTWAIT);
	GstMemory *memory = NULL;
	int error;

	if (GST_BUFFER_POOL_IS_FLUSHING(pool))
		return GST_FLOW_FLUSHING;
	error = lend(self, may_wait, &memory);
	if (GST_BUFFER_POOL_IS_FLUSHING(pool)) {
		if (!error)
			gst_memory_unref(memory);
		return GST_FLOW_FLUSHING;
	}
	if (error)
		memory = gst_allocator_alloc(NULL, self->size, &self->params);
	else
		gst_memory_resize(memory, 0, self->size);
	if (!memory)
		return GST_FLOW_ERROR;
	*buffer = create_buffer(self, memory);
	return GST_FLOW_OK;
}

static void release(GstBufferPool *pool, GstBuffer *buffer)
{
	(void)pool;
	gst_buffer_unref(buffer);
}

static void gst_shmflip_pool_class_init(GstShmflipPoolClass *class)
{
	GstBufferPoolClass *pool = GST_BUFFER_POOL_CLASS(class);

	G_OBJECT_CLASS(class)->finalize = finalize;
	pool->get_options = get_options;
	pool->set_config = set_config;
	pool->start = start;
	pool->stop = stop;
	pool->flush_start = flush_start;
	pool->acquire_buffer = acquire;
	pool->release_buffer = release;
}

static void gst_shmflip_pool_init(GstShmflipPool *self)
{
	gst_allocation_params_init(&self->params);
}

GstBufferPool *gst_shmflip_pool_new(struct gst_shmflip_channel *channel, GstCaps *caps)
{
	GstShmflipPool *self = g_object_new(GST_TYPE_SHMFLIP_POOL, NULL);
	GstBufferPool *pool = GST_BUFFER_POOL(gst_object_ref_sink(self));
	GstStructure *config = gst_buffer_pool_get_config(pool);

	self->channel = gst_shmflip_channel_ref(channel);
	gst_buffer_pool_config_set_params(config, caps, 0, 0, 0);
	if (gst_buffer_pool_set_config(pool, config))
		return pool;
	gst_object_unref(pool);
	return NULL;
}
