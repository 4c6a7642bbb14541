/* SPDX-License-Identifier: MIT */
#include "sink.h"

#include <errno.h>
#include <time.h>

#include <gst/video/video.h>

#include "caps.h"
#include "channel.h"
#include "fill.h"
#include "pool.h"
#include "sink_properties.h"

GST_DEBUG_CATEGORY_STATIC(sink_debug);
#define GST_CAT_DEFAULT sink_debug

struct _GstShmflipSink {
	GstBaseSink parent;
	struct gst_shmflip_channel *channel;
	struct gst_shmflip_sink_properties properties; /* the object's lock protects them */
	GstPadChainFunction chain;
	GstPadChainListFunction chain_list;

	/* The streaming thread's. */
	GstVideoInfo info;
	uint32_t orientation;
	gboolean has_viewers; /* as many as to wait for have been there */
};

G_DEFINE_TYPE(GstShmflipSink, gst_shmflip_sink, GST_TYPE_BASE_SINK)
GST_ELEMENT_REGISTER_DEFINE_WITH_CODE(shmflipsink, "shmflipsink", GST_RANK_NONE,
                                      GST_TYPE_SHMFLIP_SINK,
                                      GST_DEBUG_CATEGORY_INIT(sink_debug, "shmflipsink", 0,
                                                              "frames to shmflip"))

/* ---- Errors ---- */

/* The library's line says what is wrong. It knows no properties. */
static const char *hint_of(int error)
{
	switch (error) {
	case -EBUSY:
		return " (property channel)";
	case -EPERM:
	case -EACCES:
		return " (property dir chooses another directory)";
	default:
		return "";
	}
}

static GstResourceError code_of(int error)
{
	switch (error) {
	case -EBUSY:
	case -ESTALE:
		return GST_RESOURCE_ERROR_BUSY;
	case -ENOSPC:
	case -ENOMEM:
		return GST_RESOURCE_ERROR_NO_SPACE_LEFT;
	case -EINVAL:
	case -EOVERFLOW:
	case -ENAMETOOLONG:
		return GST_RESOURCE_ERROR_SETTINGS;
	default:
		return GST_RESOURCE_ERROR_OPEN_WRITE;
	}
}

/* GST_ELEMENT_ERROR takes only the name of a code. */
static void report(GstShmflipSink *self, int error)
{
	gchar *text = g_strconcat(shmflip_error_detail(), hint_of(error), NULL);

	gst_element_message_full(GST_ELEMENT(self), GST_MESSAGE_ERROR, GST_RESOURCE_ERROR,
	                         code_of(error), text, NULL, __FILE__, GST_FUNCTION, __LINE__);
}

/* ---- Stream ---- */

static void set_stream(GstShmflipSink *self, const struct shmflip_layout *layout,
                       struct shmflip_stream *stream)
{
	/* Upstream may write with GStreamer's strides. */
	stream->slot_bytes = MAX(layout->bytes, self->info.size);
	GST_OBJECT_LOCK(self);
	stream->slots = self->properties.slots;
	GST_OBJECT_UNLOCK(self);
}

static int open_channel(GstShmflipSink *self, struct shmflip_stream *stream)
{
	struct shmflip_producer_options options;
	struct shmflip_layout layout;
	int error;

	shmflip_init(&layout);
	error = shmflip_format_layout(stream->fourcc, stream->width, stream->height, &layout);
	if (error)
		return error;
	set_stream(self, &layout, stream);
	GST_OBJECT_LOCK(self);
	gst_shmflip_sink_properties_to_producer(&self->properties, &options);
	error = gst_shmflip_channel_open(self->channel, &options, stream);
	GST_OBJECT_UNLOCK(self);
	return error;
}

static gboolean set_caps(GstBaseSink *base, GstCaps *caps)
{
	GstShmflipSink *self = GST_SHMFLIP_SINK(base);
	struct shmflip_stream stream;
	const char *reason;
	int error;

	shmflip_init(&stream);
	if (gst_shmflip_caps_to_stream(caps, &stream, &self->info, &reason)) {
		GST_ELEMENT_ERROR(self, STREAM, FORMAT, ("%s", reason),
		                  ("%" GST_PTR_FORMAT, (void *)caps));
		return FALSE;
	}
	error = open_channel(self, &stream);
	if (error)
		report(self, error);
	return !error;
}

static gboolean propose_allocation(GstBaseSink *base, GstQuery *query)
{
	GstShmflipSink *self = GST_SHMFLIP_SINK(base);
	GstBufferPool *pool = NULL;
	gboolean need_pool;
	GstVideoInfo info;
	GstCaps *caps;

	gst_query_parse_allocation(query, &caps, &need_pool);
	if (!caps || !gst_video_info_from_caps(&info, caps))
		return FALSE;
	if (need_pool) {
		GstStructure *config;

		pool = gst_shmflip_pool_new(self->channel);
		config = gst_buffer_pool_get_config(pool);
		gst_buffer_pool_config_set_params(config, caps, (guint)info.size, 0, 0);
		if (!gst_buffer_pool_set_config(pool, config))
			g_clear_object(&pool);
	}
	/* No allocator: a stock pool would use published slots again. No maximum: decoders refuse a
	 * small one. */
	gst_query_add_allocation_pool(query, pool, (guint)info.size, 1, 0);
	gst_query_add_allocation_meta(query, GST_VIDEO_META_API_TYPE, NULL);
	if (pool)
		gst_object_unref(pool);
	return TRUE;
}

/* ---- Frames ---- */

/* The reading of CLOCK_MONOTONIC at which the buffer was captured. A time to come is no time of a
 * capture: video that is sent as fast as possible. */
static int64_t capture_ns(GstShmflipSink *self, GstClockTime running_time)
{
	GstClock *clock = gst_element_get_clock(GST_ELEMENT(self));
	GstClockTimeDiff age_ns;
	struct timespec now;

	if (!clock)
		return SHMFLIP_NO_TIME;
	clock_gettime(CLOCK_MONOTONIC, &now);
	age_ns = GST_CLOCK_DIFF(gst_element_get_base_time(GST_ELEMENT(self)) + running_time,
	                        gst_clock_get_time(clock));
	gst_object_unref(clock);
	return age_ns < 0 ? SHMFLIP_NO_TIME : (int64_t)GST_TIMESPEC_TO_TIME(now) - age_ns;
}

static void describe(GstShmflipSink *self, GstBuffer *buffer, struct shmflip_frame *frame)
{
	GstClockTime running_time = gst_segment_to_running_time(
		&GST_BASE_SINK(self)->segment, GST_FORMAT_TIME, GST_BUFFER_PTS(buffer));

	if (GST_CLOCK_TIME_IS_VALID(running_time)) {
		frame->captured_ns = capture_ns(self, running_time);
		frame->presentation_ns = (int64_t)running_time;
	}
	if (GST_BUFFER_DURATION_IS_VALID(buffer))
		frame->duration_ns = (int64_t)GST_BUFFER_DURATION(buffer);
	if (GST_BUFFER_FLAG_IS_SET(buffer, GST_BUFFER_FLAG_CORRUPTED))
		frame->flags |= SHMFLIP_FRAME_CORRUPT;
	if (GST_VIDEO_INFO_FLAGS(&self->info) & GST_VIDEO_FLAG_PREMULTIPLIED_ALPHA)
		frame->flags |= SHMFLIP_FRAME_PREMULTIPLIED;
	frame->orientation = self->orientation;
}

/* -EAGAIN  the buffer's pixels have to be copied */
static int publish_in_place(GstShmflipSink *self, GstBuffer *buffer)
{
	struct shmflip_frame *frame;
	GstMemory *memory;
	int error;

	if (gst_buffer_n_memory(buffer) != 1)
		return -EAGAIN;
	memory = gst_buffer_peek_memory(buffer, 0);
	frame = gst_shmflip_channel_frame_of(self->channel, memory);
	if (!frame || gst_shmflip_fill_in_place(frame, buffer, &self->info))
		return -EAGAIN;
	describe(self, buffer, frame);
	error = gst_shmflip_channel_publish(self->channel, memory);
	if (error)
		GST_DEBUG_OBJECT(self, "cannot publish in place: %s", g_strerror(-error));
	return error ? -EAGAIN : 0;
}

static int publish_copy(GstShmflipSink *self, GstBuffer *buffer)
{
	struct shmflip_frame *frame;
	int error = gst_shmflip_channel_loan(self->channel, &frame);

	if (error)
		return error;
	error = gst_shmflip_fill_copy(frame, buffer, &self->info);
	if (error) {
		shmflip_frame_release(frame);
		return -EBADMSG;
	}
	describe(self, buffer, frame);
	return gst_shmflip_channel_publish_copy(self->channel, frame);
}

static int wait_for_viewers(GstShmflipSink *self)
{
	guint viewers;
	int error = 0;

	GST_OBJECT_LOCK(self);
	viewers = self->properties.wait_viewers;
	GST_OBJECT_UNLOCK(self);
	if (!self->has_viewers && viewers > 0)
		error = gst_shmflip_channel_wait_viewers(self->channel, viewers);
	self->has_viewers = !error;
	return error;
}

static int publish(GstShmflipSink *self, GstBuffer *buffer)
{
	int error = wait_for_viewers(self);

	if (error)
		return error;
	error = publish_in_place(self, buffer);
	/* A generation that ends between loan and publication, because files were deleted, makes
	 * one more try necessary. */
	for (int i = 0; i < 2 && (error == -EAGAIN || error == -ESTALE); i++) {
		error = publish_copy(self, buffer);
		if (error == -EAGAIN)
			return 0;
	}
	return error;
}

static GstFlowReturn fail(GstShmflipSink *self, int error)
{
	if (error == -EBADMSG)
		GST_ELEMENT_ERROR(self, STREAM, FORMAT,
		                  ("A buffer does not hold a frame of the size that caps say"),
		                  (NULL));
	else
		report(self, error);
	return GST_FLOW_ERROR;
}

static GstFlowReturn render(GstBaseSink *base, GstBuffer *buffer)
{
	GstShmflipSink *self = GST_SHMFLIP_SINK(base);
	GstFlowReturn flow = GST_FLOW_OK;
	int error = publish(self, buffer);

	while (error == -ECANCELED && flow == GST_FLOW_OK) {
		flow = gst_base_sink_wait_preroll(base);
		if (flow == GST_FLOW_OK)
			error = publish(self, buffer);
	}
	if (flow != GST_FLOW_OK)
		return flow;
	return error ? fail(self, error) : GST_FLOW_OK;
}

/* Waits for viewers before the pipeline's clock starts, where it can: frames would be late
 * otherwise. After an interruption, render() waits. */
static GstFlowReturn preroll(GstBaseSink *base, GstBuffer *buffer)
{
	GstShmflipSink *self = GST_SHMFLIP_SINK(base);
	int error = wait_for_viewers(self);

	(void)buffer;
	return error && error != -ECANCELED ? fail(self, error) : GST_FLOW_OK;
}

/* ---- Events and states ---- */

static gboolean handle_event(GstBaseSink *base, GstEvent *event)
{
	GstShmflipSink *self = GST_SHMFLIP_SINK(base);
	GstTagList *tags;

	if (GST_EVENT_TYPE(event) == GST_EVENT_FLUSH_START) {
		gst_shmflip_channel_set_flushing(self->channel, TRUE);
	} else if (GST_EVENT_TYPE(event) == GST_EVENT_FLUSH_STOP) {
		gst_shmflip_channel_set_flushing(self->channel, FALSE);
	} else if (GST_EVENT_TYPE(event) == GST_EVENT_STREAM_START) {
		self->orientation = 0;
	} else if (GST_EVENT_TYPE(event) == GST_EVENT_TAG) {
		gst_event_parse_tag(event, &tags);
		if (gst_tag_list_get_value_index(tags, GST_TAG_IMAGE_ORIENTATION, 0))
			self->orientation = gst_shmflip_orientation_from_tags(tags);
	}
	return GST_BASE_SINK_CLASS(gst_shmflip_sink_parent_class)->event(base, event);
}

/* Ends the stream when its last frame has had its time. */
static GstFlowReturn wait_event(GstBaseSink *base, GstEvent *event)
{
	GstFlowReturn flow =
		GST_BASE_SINK_CLASS(gst_shmflip_sink_parent_class)->wait_event(base, event);

	if (flow == GST_FLOW_OK && GST_EVENT_TYPE(event) == GST_EVENT_EOS)
		gst_shmflip_channel_end(GST_SHMFLIP_SINK(base)->channel);
	return flow;
}

static gboolean unlock(GstBaseSink *base)
{
	gst_shmflip_channel_interrupt(GST_SHMFLIP_SINK(base)->channel, TRUE);
	return TRUE;
}

static gboolean unlock_stop(GstBaseSink *base)
{
	gst_shmflip_channel_interrupt(GST_SHMFLIP_SINK(base)->channel, FALSE);
	return TRUE;
}

static gboolean start(GstBaseSink *base)
{
	GstShmflipSink *self = GST_SHMFLIP_SINK(base);

	self->orientation = 0;
	self->has_viewers = FALSE;
	gst_shmflip_channel_set_flushing(self->channel, FALSE);
	return TRUE;
}

static gboolean stop(GstBaseSink *base)
{
	gst_shmflip_channel_close(GST_SHMFLIP_SINK(base)->channel);
	return TRUE;
}

static GstStateChangeReturn change_state(GstElement *element, GstStateChange change)
{
	GstShmflipSink *self = GST_SHMFLIP_SINK(element);

	/* Before pads are deactivated, which waits for threads that wait for a slot. */
	if (change == GST_STATE_CHANGE_PAUSED_TO_READY)
		gst_shmflip_channel_set_flushing(self->channel, TRUE);
	return GST_ELEMENT_CLASS(gst_shmflip_sink_parent_class)->change_state(element, change);
}

/* GstBaseSink has no function that runs at the end of every buffer, dropped ones included. */
static GstFlowReturn chain(GstPad *pad, GstObject *parent, GstBuffer *buffer)
{
	GstShmflipSink *self = GST_SHMFLIP_SINK(parent);
	GstFlowReturn flow;

	gst_shmflip_channel_set_busy(self->channel, TRUE);
	flow = self->chain(pad, parent, buffer);
	gst_shmflip_channel_set_busy(self->channel, FALSE);
	return flow;
}

static GstFlowReturn chain_list(GstPad *pad, GstObject *parent, GstBufferList *list)
{
	GstShmflipSink *self = GST_SHMFLIP_SINK(parent);
	GstFlowReturn flow;

	gst_shmflip_channel_set_busy(self->channel, TRUE);
	flow = self->chain_list(pad, parent, list);
	gst_shmflip_channel_set_busy(self->channel, FALSE);
	return flow;
}

/* ---- Object ---- */

static void set_property(GObject *object, guint id, const GValue *value, GParamSpec *spec)
{
	GstShmflipSink *self = GST_SHMFLIP_SINK(object);
	gboolean is_known;

	GST_OBJECT_LOCK(self);
	is_known = gst_shmflip_sink_properties_set(&self->properties, id, value);
	GST_OBJECT_UNLOCK(self);
	if (!is_known)
		G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, spec);
}

static void get_stats(GstShmflipSink *self, GValue *value)
{
	struct gst_shmflip_counts counts;

	gst_shmflip_channel_counts(self->channel, &counts);
	g_value_take_boxed(value,
	                   gst_structure_new("application/x-shmflip-sink-stats", "published",
	                                     G_TYPE_UINT64, counts.published, "copied",
	                                     G_TYPE_UINT64, counts.copied, "dropped", G_TYPE_UINT64,
	                                     counts.dropped, "kept", G_TYPE_UINT, counts.kept,
	                                     "fallbacks", G_TYPE_UINT64, counts.fallbacks, NULL));
}

static void get_property(GObject *object, guint id, GValue *value, GParamSpec *spec)
{
	GstShmflipSink *self = GST_SHMFLIP_SINK(object);
	gboolean is_known;

	if (id == GST_SHMFLIP_SINK_STATS) {
		get_stats(self, value);
		return;
	}
	GST_OBJECT_LOCK(self);
	is_known = gst_shmflip_sink_properties_get(&self->properties, id, value);
	GST_OBJECT_UNLOCK(self);
	if (!is_known)
		G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, spec);
}

static void finalize(GObject *object)
{
	GstShmflipSink *self = GST_SHMFLIP_SINK(object);

	gst_shmflip_channel_unref(self->channel);
	gst_shmflip_sink_properties_finish(&self->properties);
	G_OBJECT_CLASS(gst_shmflip_sink_parent_class)->finalize(object);
}

static void init_element_class(GstElementClass *element)
{
	GstCaps *caps = gst_shmflip_caps_template();

	gst_element_class_set_static_metadata(
		element, "shmflip sink", "Sink/Video",
		"Publishes video frames in shared memory, without copying them",
		"The shmflip authors");
	gst_element_class_add_pad_template(
		element, gst_pad_template_new("sink", GST_PAD_SINK, GST_PAD_ALWAYS, caps));
	gst_caps_unref(caps);
	element->change_state = change_state;
}

static void gst_shmflip_sink_class_init(GstShmflipSinkClass *class)
{
	GObjectClass *object = G_OBJECT_CLASS(class);
	GstBaseSinkClass *base = GST_BASE_SINK_CLASS(class);

	object->set_property = set_property;
	object->get_property = get_property;
	object->finalize = finalize;
	gst_shmflip_sink_properties_install(object);
	init_element_class(GST_ELEMENT_CLASS(class));
	base->set_caps = set_caps;
	base->propose_allocation = propose_allocation;
	base->event = handle_event;
	base->wait_event = wait_event;
	base->preroll = preroll;
	base->render = render;
	base->start = start;
	base->stop = stop;
	base->unlock = unlock;
	base->unlock_stop = unlock_stop;
}

static void gst_shmflip_sink_init(GstShmflipSink *self)
{
	GstPad *pad = GST_BASE_SINK_PAD(self);

	self->channel = gst_shmflip_channel_new();
	gst_shmflip_sink_properties_init(&self->properties);
	self->chain = GST_PAD_CHAINFUNC(pad);
	self->chain_list = GST_PAD_CHAINLISTFUNC(pad);
	gst_pad_set_chain_function(pad, chain);
	gst_pad_set_chain_list_function(pad, chain_list);
	/* It would hold a slot for as long as no other buffer comes. */
	gst_base_sink_set_last_sample_enabled(GST_BASE_SINK(self), FALSE);
}
