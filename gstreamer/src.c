/* SPDX-License-Identifier: MIT */
#include "src.h"

#include <errno.h>

#include "caps.h"
#include "capture.h"
#include "src_buffers.h"
#include "src_errors.h"
#include "src_properties.h"
#include "timing.h"

GST_DEBUG_CATEGORY(gst_shmflip_src_debug);
#define GST_CAT_DEFAULT gst_shmflip_src_debug

#define CAPTURE_TIME "timestamp/x-monotonic" /* readings of CLOCK_MONOTONIC */

struct _GstShmflipSrc {
	GstPushSrc parent;
	struct gst_shmflip_src_properties properties; /* object lock */
	struct shmflip_counts counts;                 /* object lock */
	guint64 copied;                               /* object lock */
	/* Those below belong to the streaming thread between start and stop. */
	struct gst_shmflip_src_properties started; /* as they were then */
	struct gst_shmflip_capture capture;
	struct gst_shmflip_src_buffers buffers;
	struct gst_shmflip_timing timing;
	gboolean discontinuous;
	uint32_t orientation;
	GstCaps *capture_time;
};

G_DEFINE_TYPE(GstShmflipSrc, gst_shmflip_src, GST_TYPE_PUSH_SRC)
GST_ELEMENT_REGISTER_DEFINE(shmflipsrc, "shmflipsrc", GST_RANK_NONE, GST_TYPE_SHMFLIP_SRC)

/* ---- Properties and counts ---- */

static void set_property(GObject *object, guint id, const GValue *value, GParamSpec *spec)
{
	GstShmflipSrc *self = GST_SHMFLIP_SRC(object);
	gboolean known;

	GST_OBJECT_LOCK(self);
	known = gst_shmflip_src_properties_set(&self->properties, id, value);
	GST_OBJECT_UNLOCK(self);
	if (!known)
		G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, spec);
}

static GstStructure *make_stats(GstShmflipSrc *self)
{
	const struct shmflip_counts *counts = &self->counts;

	return gst_structure_new("application/x-shmflip-stats", "published", G_TYPE_UINT64,
	                         counts->published, "acquired", G_TYPE_UINT64, counts->acquired,
	                         "missed", G_TYPE_UINT64, counts->missed, "dropped", G_TYPE_UINT64,
	                         counts->dropped, "producers", G_TYPE_UINT64, counts->producers,
	                         "copied", G_TYPE_UINT64, self->copied, "held", G_TYPE_INT,
	                         g_atomic_int_get(self->buffers.held), NULL);
}

static void get_property(GObject *object, guint id, GValue *value, GParamSpec *spec)
{
	GstShmflipSrc *self = GST_SHMFLIP_SRC(object);
	gboolean known = TRUE;

	GST_OBJECT_LOCK(self);
	if (id == GST_SHMFLIP_SRC_STATS)
		g_value_take_boxed(value, make_stats(self));
	else
		known = gst_shmflip_src_properties_get(&self->properties, id, value);
	GST_OBJECT_UNLOCK(self);
	if (!known)
		G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, spec);
}

/* Any thread may read the counts, but the library counts for one thread at a time. */
static void update_counts(GstShmflipSrc *self)
{
	GST_OBJECT_LOCK(self);
	self->counts = self->capture.counts;
	self->copied = self->buffers.copied;
	GST_OBJECT_UNLOCK(self);
}

/* ---- Start and stop ---- */

static gboolean start(GstShmflipSrc *self)
{
	struct shmflip_viewer_options options;
	int error;

	shmflip_init(&options);
	options.flags = SHMFLIP_VIEWER_ANY_FORMAT;
	GST_OBJECT_LOCK(self);
	self->started = self->properties;
	self->started.channel = g_strdup(self->properties.channel);
	self->started.dir = g_strdup(self->properties.dir);
	GST_OBJECT_UNLOCK(self);
	options.channel = self->started.channel;
	options.dir = self->started.dir;
	options.view = (uint32_t)self->started.view;
	error = gst_shmflip_capture_open(&self->capture, &options);
	if (error) {
		GST_ELEMENT_ERROR(self, RESOURCE, OPEN_READ, ("%s", shmflip_error_detail()),
		                  (NULL));
		gst_shmflip_src_properties_finish(&self->started);
		return FALSE;
	}
	gst_base_src_set_live(GST_BASE_SRC(self), self->started.is_live);
	gst_shmflip_timing_init(&self->timing, self->started.is_live,
	                        self->started.timestamps == GST_SHMFLIP_PRESENTATION);
	self->discontinuous = FALSE;
	self->orientation = 0;
	return TRUE;
}

static void stop(GstShmflipSrc *self)
{
	gst_shmflip_capture_close(&self->capture);
	gst_shmflip_src_buffers_reset(&self->buffers);
	gst_shmflip_src_properties_finish(&self->started);
}

/* Not the base class's start: if that fails, the base class adds an error without a reason. */
static GstStateChangeReturn change_state(GstElement *element, GstStateChange change)
{
	GstShmflipSrc *self = GST_SHMFLIP_SRC(element);
	GstStateChangeReturn result;

	if (change == GST_STATE_CHANGE_READY_TO_PAUSED && !start(self))
		return GST_STATE_CHANGE_FAILURE;
	result = GST_ELEMENT_CLASS(gst_shmflip_src_parent_class)->change_state(element, change);
	if (change == GST_STATE_CHANGE_PAUSED_TO_READY ||
	    (change == GST_STATE_CHANGE_READY_TO_PAUSED && result == GST_STATE_CHANGE_FAILURE))
		stop(self);
	return result;
}

static gboolean unlock(GstBaseSrc *base)
{
	gst_shmflip_capture_interrupt(&GST_SHMFLIP_SRC(base)->capture);
	return TRUE;
}

static gboolean unlock_stop(GstBaseSrc *base)
{
	gst_shmflip_capture_resume(&GST_SHMFLIP_SRC(base)->capture);
	return TRUE;
}

/* ---- Negotiation ---- */

/* Before the first frame there is nothing to say. */
static gboolean negotiate(GstBaseSrc *base)
{
	GstShmflipSrc *self = GST_SHMFLIP_SRC(base);

	return !self->buffers.caps || gst_base_src_set_caps(base, self->buffers.caps);
}

/* Frames lie in the producer's memory: no pool of downstream's can help. */
static gboolean decide_allocation(GstBaseSrc *base, GstQuery *query)
{
	GstShmflipSrc *self = GST_SHMFLIP_SRC(base);

	self->buffers.has_video_meta =
		gst_query_find_allocation_meta(query, GST_VIDEO_META_API_TYPE, NULL);
	while (gst_query_get_n_allocation_pools(query))
		gst_query_remove_nth_allocation_pool(query, 0);
	return TRUE;
}

static gboolean query(GstBaseSrc *base, GstQuery *query)
{
	if (GST_QUERY_TYPE(query) != GST_QUERY_LATENCY)
		return GST_BASE_SRC_CLASS(gst_shmflip_src_parent_class)->query(base, query);
	gst_query_set_latency(query, gst_base_src_is_live(base), 0, GST_CLOCK_TIME_NONE);
	return TRUE;
}

static GstFlowReturn follow_caps(GstShmflipSrc *self, const struct shmflip_frame *frame)
{
	GstPad *pad = GST_BASE_SRC_PAD(self);

	if (gst_shmflip_src_buffers_fit(&self->buffers, frame))
		return GST_FLOW_OK;
	if (!gst_shmflip_src_buffers_set_caps(&self->buffers, frame)) {
		gst_shmflip_src_report_format(GST_ELEMENT(self), self->started.channel,
		                              frame->fourcc);
		return GST_FLOW_ERROR;
	}
	if (gst_pad_peer_query_accept_caps(pad, self->buffers.caps) &&
	    gst_base_src_negotiate(GST_BASE_SRC(self)))
		return GST_FLOW_OK;
	/* A flush or the end of the state PAUSED made it fail: negotiate before the next frame. */
	if (GST_PAD_IS_FLUSHING(pad)) {
		gst_pad_mark_reconfigure(pad);
		return GST_FLOW_FLUSHING;
	}
	gst_shmflip_src_report_refusal(GST_ELEMENT(self), self->started.channel,
	                               &self->buffers.packed);
	return GST_FLOW_NOT_NEGOTIATED;
}

/* ---- Frames ---- */

/* Downstream turns the picture. The event goes out before the next buffer. */
static void follow_orientation(GstShmflipSrc *self, uint32_t orientation)
{
	const char *name = gst_shmflip_orientation_name(orientation ? orientation : 1);
	GstTagList *tags;

	if (orientation == self->orientation || !name)
		return;
	self->orientation = orientation;
	tags = gst_tag_list_new(GST_TAG_IMAGE_ORIENTATION, name, NULL);
	gst_element_send_event(GST_ELEMENT(self), gst_event_new_tag(tags));
}

static void set_times(GstShmflipSrc *self, const struct shmflip_frame *frame, GstBuffer *buffer)
{
	gint64 monotonic_ns;
	GstClockTime now = gst_shmflip_timing_now(GST_ELEMENT(self), &monotonic_ns);

	if (self->capture.changed_producer)
		gst_shmflip_timing_change_producer(&self->timing);
	GST_BUFFER_PTS(buffer) = gst_shmflip_timing_pts(&self->timing, frame, now, monotonic_ns);
	GST_BUFFER_DURATION(buffer) = gst_shmflip_timing_duration(frame);
	if (frame->captured_ns >= 0)
		gst_buffer_add_reference_timestamp_meta(buffer, self->capture_time,
		                                        (GstClockTime)frame->captured_ns,
		                                        GST_CLOCK_TIME_NONE);
}

static void describe_buffer(GstShmflipSrc *self, const struct shmflip_frame *frame,
                            GstBuffer *buffer)
{
	set_times(self, frame, buffer);
	GST_BUFFER_OFFSET(buffer) = frame->sequence;
	GST_BUFFER_OFFSET_END(buffer) = frame->sequence + 1;
	if (frame->flags & SHMFLIP_FRAME_CORRUPT)
		GST_BUFFER_FLAG_SET(buffer, GST_BUFFER_FLAG_CORRUPTED);
	if (self->discontinuous)
		GST_BUFFER_FLAG_SET(buffer, GST_BUFFER_FLAG_DISCONT);
	self->discontinuous = FALSE;
}

/* The newest frame has one slot, and the producer fills another. */
static int max_held(GstShmflipSrc *self)
{
	const struct shmflip_channel *channel = shmflip_viewer_channel(self->capture.viewer);
	int max_held;

	GST_OBJECT_LOCK(self);
	max_held = self->properties.max_held;
	GST_OBJECT_UNLOCK(self);
	return max_held >= 0 ? max_held : channel ? (int)channel->slots - 2 : 0;
}

static GstFlowReturn make_buffer(GstShmflipSrc *self, const struct shmflip_frame *frame,
                                 GstBuffer **buffer)
{
	gboolean holds = FALSE;
	GstFlowReturn result = follow_caps(self, frame);

	if (result != GST_FLOW_OK)
		goto release;
	follow_orientation(self, frame->orientation);
	*buffer = gst_shmflip_src_buffers_make(&self->buffers, frame, max_held(self), &holds);
	if (!*buffer) {
		GST_ELEMENT_ERROR(self, RESOURCE, NO_SPACE_LEFT, ("no memory for a frame's copy"),
		                  (NULL));
		result = GST_FLOW_ERROR;
		goto release;
	}
	describe_buffer(self, frame, *buffer);
release:
	if (!holds)
		shmflip_frame_release(frame);
	return result;
}

/* Returns GST_FLOW_OK to take the next frame. */
static GstFlowReturn end_stream(GstShmflipSrc *self, int error)
{
	if (error == -EPIPE)
		GST_ELEMENT_WARNING(self, RESOURCE, READ, ("%s", shmflip_error_detail()), (NULL));
	else
		GST_INFO_OBJECT(self, "the stream of channel %s has ended", self->started.channel);
	self->discontinuous = TRUE;
	return self->started.on_end == GST_SHMFLIP_WAIT ? GST_FLOW_OK : GST_FLOW_EOS;
}

static GstFlowReturn fail(GstShmflipSrc *self, int error)
{
	const char *hint = error == -EACCES ? ": its producer sets who may read, with --mode, or "
	                                      "shmflipsink's property mode"
	                                    : "";

	GST_ELEMENT_ERROR(self, RESOURCE, READ, ("%s%s", shmflip_error_detail(), hint), (NULL));
	return GST_FLOW_ERROR;
}

/* Ends with a frame, or with something else than GST_FLOW_OK. */
static GstFlowReturn next_frame(GstShmflipSrc *self, const struct shmflip_frame **frame)
{
	GstFlowReturn result = GST_FLOW_OK;

	do {
		int error = gst_shmflip_capture_next(&self->capture, frame);

		if (self->capture.missed || self->capture.changed_producer)
			self->discontinuous = TRUE;
		if (error == 0)
			return GST_FLOW_OK;
		if (error == -ECANCELED)
			result = GST_FLOW_FLUSHING;
		else if (error == -ENODATA || error == -EPIPE)
			result = end_stream(self, error);
		else if (error == -EBADMSG)
			GST_WARNING_OBJECT(self, "a frame is skipped: %s", shmflip_error_detail());
		else
			result = fail(self, error);
	} while (result == GST_FLOW_OK);
	return result;
}

static GstFlowReturn create(GstPushSrc *base, GstBuffer **buffer)
{
	GstShmflipSrc *self = GST_SHMFLIP_SRC(base);
	const struct shmflip_frame *frame;
	GstFlowReturn result = next_frame(self, &frame);

	if (result == GST_FLOW_OK)
		result = make_buffer(self, frame, buffer);
	update_counts(self);
	return result;
}

/* ---- Class ---- */

static void finalize(GObject *object)
{
	GstShmflipSrc *self = GST_SHMFLIP_SRC(object);

	gst_shmflip_src_buffers_finish(&self->buffers);
	gst_caps_unref(self->capture_time);
	gst_shmflip_src_properties_finish(&self->properties);
	G_OBJECT_CLASS(gst_shmflip_src_parent_class)->finalize(object);
}

static void gst_shmflip_src_class_init(GstShmflipSrcClass *class)
{
	GObjectClass *object = G_OBJECT_CLASS(class);
	GstElementClass *element = GST_ELEMENT_CLASS(class);
	GstBaseSrcClass *source = GST_BASE_SRC_CLASS(class);
	GstCaps *caps = gst_shmflip_caps_template();

	GST_DEBUG_CATEGORY_INIT(gst_shmflip_src_debug, "shmflipsrc", 0, "shmflip source");
	object->set_property = set_property;
	object->get_property = get_property;
	object->finalize = finalize;
	gst_shmflip_src_properties_install(object);
	element->change_state = change_state;
	source->unlock = unlock;
	source->unlock_stop = unlock_stop;
	source->negotiate = negotiate;
	source->decide_allocation = decide_allocation;
	source->query = query;
	GST_PUSH_SRC_CLASS(class)->create = create;
	gst_element_class_set_static_metadata(
		element, "shmflip source", "Source/Video",
		"Reads a channel's video frames from shared memory without copying them",
		"The shmflip authors");
	gst_element_class_add_pad_template(
		element, gst_pad_template_new("src", GST_PAD_SRC, GST_PAD_ALWAYS, caps));
	gst_caps_unref(caps);
}

static void gst_shmflip_src_init(GstShmflipSrc *self)
{
	gst_shmflip_src_properties_init(&self->properties);
	gst_shmflip_src_buffers_init(&self->buffers);
	self->capture.owner = GST_ELEMENT(self);
	self->capture_time = gst_caps_new_empty_simple(CAPTURE_TIME);
	gst_base_src_set_format(GST_BASE_SRC(self), GST_FORMAT_TIME);
	gst_base_src_set_do_timestamp(GST_BASE_SRC(self), FALSE);
}
