/* SPDX-License-Identifier: MIT */
#include "sink.h"

#include <errno.h>

#include "caps.h"
#include "channel.h"
#include "pool.h"
#include "sender.h"
#include "sink_errors.h"
#include "sink_properties.h"
#include "sink_resume.h"

GST_DEBUG_CATEGORY_STATIC(sink_debug);
#define GST_CAT_DEFAULT sink_debug

struct _GstShmflipSink {
	GstBaseSink parent;
	struct gst_shmflip_channel *channel;
	struct gst_shmflip_sink_properties properties; /* the object's lock protects them */
	GstPadChainFunction chain;
	GstPadChainListFunction chain_list;

	struct gst_shmflip_sender sender; /* the streaming thread's */
	gboolean has_failed;              /* likewise */
};

G_DEFINE_TYPE(GstShmflipSink, gst_shmflip_sink, GST_TYPE_BASE_SINK)
GST_ELEMENT_REGISTER_DEFINE_WITH_CODE(shmflipsink, "shmflipsink", GST_RANK_NONE,
                                      GST_TYPE_SHMFLIP_SINK,
                                      GST_DEBUG_CATEGORY_INIT(sink_debug, "shmflipsink", 0,
                                                              "frames to shmflip"))

/* ---- Stream ---- */

/* Upstream may write with GStreamer's strides. Without a layout, the stream cannot begin. */
static guint64 slot_bytes_of(const struct shmflip_stream *stream, const GstVideoInfo *info)
{
	struct shmflip_layout layout;

	shmflip_init(&layout);
	if (shmflip_format_layout(stream->fourcc, stream->width, stream->height, &layout))
		return info->size;
	return MAX(layout.bytes, info->size);
}

static gboolean set_caps(GstBaseSink *base, GstCaps *caps)
{
	GstShmflipSink *self = GST_SHMFLIP_SINK(base);
	struct shmflip_stream stream;
	const char *reason;

	/* GStreamer sends refused caps again, with each event after them. */
	if (self->has_failed)
		return FALSE;
	shmflip_init(&stream);
	if (gst_shmflip_caps_to_stream(caps, &stream, &self->sender.info, &reason)) {
		GST_ELEMENT_ERROR(self, STREAM, FORMAT, ("%s", reason),
		                  ("%" GST_PTR_FORMAT, (void *)caps));
		self->has_failed = TRUE;
		return FALSE;
	}
	stream.slot_bytes = slot_bytes_of(&stream, &self->sender.info);
	GST_OBJECT_LOCK(self);
	stream.slots = self->properties.slots;
	GST_OBJECT_UNLOCK(self);
	gst_shmflip_channel_begin(self->channel, &stream);
	return TRUE;
}

/* No allocator: a stock pool would use published slots again. No maximum: decoders refuse a small
 * one. */
static gboolean propose_allocation(GstBaseSink *base, GstQuery *query)
{
	GstBufferPool *pool = NULL;
	gboolean need_pool;
	GstVideoInfo info;
	GstCaps *caps;
	guint size;

	gst_query_parse_allocation(query, &caps, &need_pool);
	if (!caps || !gst_video_info_from_caps(&info, caps))
		return FALSE;
	size = (guint)info.size;
	if (need_pool)
		pool = gst_shmflip_pool_new(GST_SHMFLIP_SINK(base)->channel, caps);
	gst_query_add_allocation_pool(query, pool, size, 1, 0);
	gst_query_add_allocation_meta(query, GST_VIDEO_META_API_TYPE, NULL);
	if (pool)
		gst_object_unref(pool);
	return TRUE;
}

/* ---- Frames ---- */

static GstFlowReturn fail(GstShmflipSink *self, int error)
{
	gst_shmflip_sink_report(GST_ELEMENT(self), error);
	return error == -ENOTCONN ? GST_FLOW_NOT_NEGOTIATED : GST_FLOW_ERROR;
}

static GstClockTime running_time_of(const GstBaseSink *base, const GstBuffer *buffer)
{
	if (base->segment.format != GST_FORMAT_TIME)
		return GST_CLOCK_TIME_NONE;
	return gst_segment_to_running_time(&base->segment, GST_FORMAT_TIME, GST_BUFFER_PTS(buffer));
}

static GstFlowReturn render(GstBaseSink *base, GstBuffer *buffer)
{
	GstShmflipSink *self = GST_SHMFLIP_SINK(base);
	GstClockTime running_time = running_time_of(base, buffer);
	int error = gst_shmflip_sender_send(&self->sender, buffer, running_time);

	while (error == -ECANCELED) {
		GstFlowReturn flow = gst_shmflip_sink_wait_resumed(base, self->channel);

		if (flow != GST_FLOW_OK)
			return flow;
		error = gst_shmflip_sender_send(&self->sender, buffer, running_time);
	}
	return error ? fail(self, error) : GST_FLOW_OK;
}

/* Waits for viewers before the pipeline's clock starts, where it can: frames would be late
 * otherwise. Errors come again in render(). */
static GstFlowReturn preroll(GstBaseSink *base, GstBuffer *buffer)
{
	(void)buffer;
	if (gst_shmflip_sender_wait_viewers(&GST_SHMFLIP_SINK(base)->sender))
		GST_DEBUG_OBJECT(base, "%s", shmflip_error_detail());
	return GST_FLOW_OK;
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
		self->sender.orientation = 0;
	} else if (GST_EVENT_TYPE(event) == GST_EVENT_TAG) {
		gst_event_parse_tag(event, &tags);
		if (gst_tag_list_get_value_index(tags, GST_TAG_IMAGE_ORIENTATION, 0))
			self->sender.orientation = gst_shmflip_orientation_from_tags(tags);
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
	gst_shmflip_channel_interrupt(GST_SHMFLIP_SINK(base)->channel, GST_SHMFLIP_UNLOCK);
	return TRUE;
}

static gboolean unlock_stop(GstBaseSink *base)
{
	gst_shmflip_channel_resume(GST_SHMFLIP_SINK(base)->channel, GST_SHMFLIP_UNLOCK);
	return TRUE;
}

/* Before there are caps: so that errors fail the change of state. gst-launch-1.0 1.22 hangs at an
 * error that a streaming thread posts before the main loop runs. */
static int open_channel(GstShmflipSink *self)
{
	struct gst_shmflip_sink_properties properties;
	struct shmflip_producer_options options;
	int error;

	/* Opening may take a second, in which no one else could use the element. */
	GST_OBJECT_LOCK(self);
	gst_shmflip_sink_properties_copy(&self->properties, &properties);
	GST_OBJECT_UNLOCK(self);
	gst_shmflip_sink_properties_to_producer(&properties, &options);
	error = gst_shmflip_channel_open(self->channel, &options);
	if (error)
		gst_shmflip_sink_report(GST_ELEMENT(self), error);
	gst_shmflip_sink_properties_finish(&properties);
	return error;
}

static gboolean begin(GstShmflipSink *self)
{
	if (open_channel(self))
		return FALSE;
	self->sender.orientation = 0;
	self->sender.has_had_viewers = FALSE;
	self->has_failed = FALSE;
	GST_OBJECT_LOCK(self);
	self->sender.wait_viewers = self->properties.wait_viewers;
	GST_OBJECT_UNLOCK(self);
	gst_shmflip_channel_set_flushing(self->channel, FALSE);
	return TRUE;
}

/* The base class's start() and stop() are those of READY and NULL. It also waits for the end of
 * preroll() or render() before PLAYING, and does not call unlock() then. */
static GstStateChangeReturn change_state(GstElement *element, GstStateChange change)
{
	GstShmflipSink *self = GST_SHMFLIP_SINK(element);
	GstStateChangeReturn result;

	if (change == GST_STATE_CHANGE_READY_TO_PAUSED && !begin(self))
		return GST_STATE_CHANGE_FAILURE;
	if (change == GST_STATE_CHANGE_PAUSED_TO_PLAYING)
		gst_shmflip_channel_interrupt(self->channel, GST_SHMFLIP_TO_PLAY);
	else if (change == GST_STATE_CHANGE_PAUSED_TO_READY)
		/* Pads are deactivated, which waits for threads that wait for a slot. */
		gst_shmflip_channel_set_flushing(self->channel, TRUE);
	result = GST_ELEMENT_CLASS(gst_shmflip_sink_parent_class)->change_state(element, change);
	if (change == GST_STATE_CHANGE_PAUSED_TO_PLAYING)
		gst_shmflip_channel_resume(self->channel, GST_SHMFLIP_TO_PLAY);
	else if (change == GST_STATE_CHANGE_PAUSED_TO_READY ||
	         (change == GST_STATE_CHANGE_READY_TO_PAUSED && result == GST_STATE_CHANGE_FAILURE))
		gst_shmflip_channel_close(self->channel);
	return result;
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
	base->unlock = unlock;
	base->unlock_stop = unlock_stop;
}

static void gst_shmflip_sink_init(GstShmflipSink *self)
{
	GstPad *pad = GST_BASE_SINK_PAD(self);

	self->channel = gst_shmflip_channel_new();
	self->sender.element = GST_ELEMENT(self);
	self->sender.channel = self->channel;
	gst_shmflip_sink_properties_init(&self->properties);
	self->chain = GST_PAD_CHAINFUNC(pad);
	self->chain_list = GST_PAD_CHAINLISTFUNC(pad);
	gst_pad_set_chain_function(pad, chain);
	gst_pad_set_chain_list_function(pad, chain_list);
	/* It would hold a slot for as long as no other buffer comes. */
	gst_base_sink_set_last_sample_enabled(GST_BASE_SINK(self), FALSE);
}
