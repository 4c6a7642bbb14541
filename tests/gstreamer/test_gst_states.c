/* SPDX-License-Identifier: MIT
 *
 * Both elements in states and orders that an application may bring about: none may hang or
 * crash. */
#include "gst_support.h"

#define SMALL "video/x-raw,format=BGRx,width=64,height=48 ! "

/* ---- The source ---- */

/* Before it is open and after it is closed. */
static void source_is_flushed_in_every_state(void **state)
{
	static const GstState states[] = { GST_STATE_NULL, GST_STATE_READY, GST_STATE_PAUSED,
		                           GST_STATE_PLAYING, GST_STATE_READY };
	GstElement *pipeline = gst_parse_launch("shmflipsrc name=source ! fakesink", NULL);
	GstElement *source = gst_bin_get_by_name(GST_BIN(pipeline), "source");

	(void)state;
	for (guint i = 0; i < G_N_ELEMENTS(states); i++) {
		gst_element_set_state(pipeline, states[i]);
		gst_element_send_event(source, gst_event_new_flush_start());
		gst_element_send_event(source, gst_event_new_flush_stop(TRUE));
	}
	gst_element_set_state(pipeline, GST_STATE_NULL);
	gst_object_unref(source);
	gst_object_unref(pipeline);
}

static struct shmflip_producer *open_producer(void)
{
	struct shmflip_producer_options options;
	struct shmflip_producer *producer;
	struct shmflip_stream stream;

	shmflip_init(&options);
	options.channel = "test";
	shmflip_init(&stream);
	stream.width = 64;
	stream.height = 48;
	stream.slots = 4;
	assert_int_equal(shmflip_producer_open(&options, &stream, &producer), 0);
	return producer;
}

static void publish(struct shmflip_producer *producer)
{
	struct shmflip_frame *frame;

	assert_int_equal(shmflip_producer_loan(producer, &frame, 0), 0);
	assert_int_equal(shmflip_frame_publish(frame), 0);
	shmflip_frame_release(frame);
}

/* Downstream is asked whether it takes the first frame's caps, and the pipeline stops meanwhile. */
static GstPadProbeReturn answer_after_stop(GstPad *pad, GstPadProbeInfo *info, gpointer asked)
{
	if (GST_QUERY_TYPE(GST_PAD_PROBE_INFO_QUERY(info)) != GST_QUERY_ACCEPT_CAPS)
		return GST_PAD_PROBE_OK;
	g_atomic_int_set((gint *)asked, 1);
	for (int i = 0; i < HANG_S * 1000 && !GST_PAD_IS_FLUSHING(pad); i++)
		sleep_ms(1);
	return GST_PAD_PROBE_DROP;
}

static void stopping_is_no_error_of_negotiation(void **state)
{
	struct shmflip_producer *producer = open_producer();
	struct run run;
	GstElement *source;
	GstMessage *message;
	gint asked = 0;
	GstBus *bus;
	GstPad *pad;

	(void)state;
	open_pipeline(&run, "shmflipsrc name=source channel=test ! fakesink name=sink");
	source = gst_bin_get_by_name(GST_BIN(run.pipeline), "source");
	pad = gst_element_get_static_pad(source, "src");
	gst_pad_add_probe(pad, GST_PAD_PROBE_TYPE_QUERY_DOWNSTREAM, answer_after_stop, &asked,
	                  NULL);
	publish(producer);
	begin_state(&run, GST_STATE_PLAYING);
	for (int i = 0; i < HANG_S * 1000 && !g_atomic_int_get(&asked); i++)
		sleep_ms(1);
	/* Not the pipeline's state: that would drop its messages. */
	gst_element_set_state(source, GST_STATE_NULL);
	bus = gst_element_get_bus(run.pipeline);
	message = gst_bus_pop_filtered(bus, GST_MESSAGE_ERROR);
	assert_null(message);
	gst_object_unref(bus);
	gst_object_unref(pad);
	gst_object_unref(source);
	close_pipeline(&run);
	shmflip_producer_close(producer);
}

/* ---- The sink ---- */

static void buffers_without_caps_are_refused(void **state)
{
	struct run run;
	char *text;

	(void)state;
	open_pipeline(&run, "fakesrc num-buffers=2 sizetype=fixed sizemax=10 ! "
	                    "shmflipsink name=sink channel=test sync=false wait-viewers=1");
	begin_state(&run, GST_STATE_PLAYING);
	text = wait_for_end(&run);
	assert_non_null(strstr(text, "capsfilter"));
	free(text);
	close_pipeline(&run);
}

struct change {
	struct run *run;
	GstState state;
	gint done; /* atomic */
};

static gpointer change_state(gpointer data)
{
	struct change *change = data;

	gst_element_set_state(change->run->pipeline, change->state);
	g_atomic_int_set(&change->done, 1);
	return NULL;
}

/* Fails the program, because nothing could stop a thread that hangs. */
static void set_state_returns(struct run *run, GstState state)
{
	struct change change = { .run = run, .state = state };
	GThread *thread = g_thread_new("state", change_state, &change);

	for (int i = 0; i < HANG_S * 100 && !g_atomic_int_get(&change.done); i++)
		sleep_ms(10);
	if (!g_atomic_int_get(&change.done)) {
		print_error("setting the state %s hangs\n", gst_element_state_get_name(state));
		abort();
	}
	g_thread_join(thread);
}

/* The sink waits for viewers in its preroll, and GStreamer for the end of that. */
static void plays_while_it_waits_for_viewers(void **state)
{
	struct run run;

	(void)state;
	open_pipeline(&run, "videotestsrc ! " SMALL
	                    "shmflipsink name=sink channel=test async=false wait-viewers=1");
	set_state_returns(&run, GST_STATE_PAUSED);
	await_buffers(&run, 1);
	sleep_ms(50);
	set_state_returns(&run, GST_STATE_PLAYING);
	sleep_ms(50);
	assert_int_equal(stat_of(&run, "published"), 0);
	set_state_returns(&run, GST_STATE_PAUSED);
	set_state_returns(&run, GST_STATE_PLAYING);
	close_pipeline(&run);
}

/* A pool waits for as long as the sink is at work on a frame: on the second one, for ten seconds.
 * Before that, on a busy machine, the sink may be idle for so long that the pool does not wait. */
static void pools_wait_again_after_ready(void **state)
{
	struct run run;
	guint64 fallbacks;

	(void)state;
	open_pipeline(&run,
	              "videotestsrc ! video/x-raw,width=64,height=48,framerate=1/10 ! queue ! "
	              "shmflipsink name=sink channel=test");
	for (int i = 1; i <= 2; i++) {
		g_atomic_int_set(&run.buffers, 0);
		begin_state(&run, GST_STATE_PLAYING);
		await_buffers(&run, 2);
		fallbacks = stat_of(&run, "fallbacks");
		sleep_ms(100);
		assert_int_equal(stat_of(&run, "published"), 1);
		assert_int_equal(stat_of(&run, "fallbacks"), fallbacks);
		set_state(&run, GST_STATE_READY);
	}
	close_pipeline(&run);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		WITH_DIRECTORY(source_is_flushed_in_every_state),
		WITH_DIRECTORY(stopping_is_no_error_of_negotiation),
		WITH_DIRECTORY(buffers_without_caps_are_refused),
		WITH_DIRECTORY(plays_while_it_waits_for_viewers),
		WITH_DIRECTORY(pools_wait_again_after_ready),
	};

	init_own_elements(&argc, &argv);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
