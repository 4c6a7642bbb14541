/* SPDX-License-Identifier: MIT
 *
 * For tests of whole pipelines: run one, and see what reached shmflipsink, which is called "sink"
 * and has the channel "test". */
#ifndef GST_SUPPORT_H
#define GST_SUPPORT_H

#include "support.h"

#include <gst/gst.h>

#include "own_elements.h"

/* A test that hangs fails after so long. It is no measure of speed. */
#define HANG_S 30

#define WITH_DIRECTORY(test) cmocka_unit_test_setup_teardown(test, make_directory, remove_directory)

struct run {
	GstElement *pipeline;
	GstElement *sink;
	guint buffers;  /* that reached the sink; atomic */
	guint in_slots; /* of them, those whose memory is one slot; atomic */
};

static inline GstPadProbeReturn see_buffer(GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
	struct run *run = data;
	GstBuffer *buffer = GST_PAD_PROBE_INFO_BUFFER(info);

	(void)pad;
	g_atomic_int_inc(&run->buffers);
	if (gst_buffer_n_memory(buffer) == 1 &&
	    gst_memory_is_type(gst_buffer_peek_memory(buffer, 0), "ShmflipFrame"))
		g_atomic_int_inc(&run->in_slots);
	return GST_PAD_PROBE_OK;
}

static inline void open_pipeline(struct run *run, const char *description)
{
	GError *error = NULL;
	GstPad *pad;

	*run = (struct run){ .pipeline = gst_parse_launch(description, &error) };
	if (error)
		fail_msg("%s: %s", description, error->message);
	run->sink = gst_bin_get_by_name(GST_BIN(run->pipeline), "sink");
	assert_non_null(run->sink);
	pad = gst_element_get_static_pad(run->sink, "sink");
	gst_pad_add_probe(pad, GST_PAD_PROBE_TYPE_BUFFER, see_buffer, run, NULL);
	gst_object_unref(pad);
}

/* Fails if the pipeline hangs. */
static inline void set_state(struct run *run, GstState state)
{
	GstStateChangeReturn change = gst_element_set_state(run->pipeline, state);

	if (change == GST_STATE_CHANGE_ASYNC)
		change = gst_element_get_state(run->pipeline, NULL, NULL, HANG_S * GST_SECOND);
	assert_true(change == GST_STATE_CHANGE_SUCCESS || change == GST_STATE_CHANGE_NO_PREROLL);
}

/* Without waiting for the state. */
static inline void begin_state(struct run *run, GstState state)
{
	assert_int_not_equal(gst_element_set_state(run->pipeline, state), GST_STATE_CHANGE_FAILURE);
}

static inline void close_pipeline(struct run *run)
{
	set_state(run, GST_STATE_NULL);
	gst_object_unref(run->sink);
	gst_object_unref(run->pipeline);
}

/* The text of the first error; the caller frees it. NULL: the end of the stream came first. */
static inline char *wait_for_end(struct run *run)
{
	GstBus *bus = gst_element_get_bus(run->pipeline);
	GstMessage *message = gst_bus_timed_pop_filtered(bus, HANG_S * GST_SECOND,
	                                                 GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
	char *text = NULL;

	if (!message) {
		fail_msg("the pipeline hangs: %u buffers reached the sink", run->buffers);
		return NULL;
	}
	if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_ERROR) {
		GError *error;

		gst_message_parse_error(message, &error, NULL);
		text = strdup(error->message);
		g_error_free(error);
	}
	gst_message_unref(message);
	gst_object_unref(bus);
	return text;
}

static inline void assert_ends_well(struct run *run)
{
	char *text = wait_for_end(run);
	bool has_failed = text != NULL;

	if (has_failed)
		print_error("%s\n", text);
	free(text);
	assert_false(has_failed);
}

static inline void run_to_end(struct run *run)
{
	begin_state(run, GST_STATE_PLAYING);
	assert_ends_well(run);
}

static inline guint64 stat_of(struct run *run, const char *name)
{
	GstStructure *stats;
	guint64 value = 0;
	guint small;

	g_object_get(run->sink, "stats", &stats, NULL);
	if (!gst_structure_get_uint64(stats, name, &value)) {
		assert_true(gst_structure_get_uint(stats, name, &small));
		value = small;
	}
	gst_structure_free(stats);
	return value;
}

/* Waits until so many buffers have come to the sink. */
static inline void await_buffers(struct run *run, guint count)
{
	for (int i = 0; i < HANG_S * 1000 && g_atomic_int_get(&run->buffers) < (gint)count; i++)
		sleep_ms(1);
	assert_true(g_atomic_int_get(&run->buffers) >= (gint)count);
}

/* A viewer of the channel "test" that takes every frame. */
static inline struct shmflip_viewer *attach_viewer(void)
{
	struct shmflip_viewer_options options;
	struct shmflip_viewer *viewer;

	shmflip_init(&options);
	options.channel = "test";
	options.view = SHMFLIP_VIEW_EVERY;
	options.flags = SHMFLIP_VIEWER_ANY_FORMAT;
	assert_int_equal(shmflip_viewer_open(&options, &viewer), 0);
	assert_int_equal(shmflip_viewer_attach(viewer, HANG_S * 1000), 0);
	return viewer;
}

#endif
