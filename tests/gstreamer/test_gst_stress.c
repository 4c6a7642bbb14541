/* SPDX-License-Identifier: MIT
 *
 * Pipelines whose states change at any moment, each in a thread of its own. No change may hang, and
 * frames must flow if a pipeline plays in the end. SHMFLIP_STRESS_S sets the seconds. */
#include "gst_support.h"

#define SECONDS 3
#define CAPS "video/x-raw,format=BGRx,width=64,height=48,framerate=1000/1 ! "
#define SINK "shmflipsink name=sink sync=false policy=lossless wait-viewers=1 "

enum { CHANGES = 12, FRAMES = 5 };

/* They wait for viewers or slots in preroll, in render, and in the pool. The last one reads what
 * the first one sends, and waits for it. */
static const char *const descriptions[] = {
	"videotestsrc ! " CAPS SINK "channel=stress0",
	"videotestsrc ! " CAPS "queue max-size-buffers=1 ! " SINK "async=false channel=stress1",
	"videotestsrc ! " CAPS "tee ! " SINK "async=false channel=stress2",
	"shmflipsrc channel=stress0 on-end=wait ! fakesink name=sink sync=false",
};

enum { ASYNC = 0, WORKERS = G_N_ELEMENTS(descriptions), SOURCE = WORKERS - 1 };

struct worker {
	GThread *thread;
	guint number;
	gint64 end_us;
	gint64 since_us; /* mutex */
	char doing[80];  /* mutex. Empty: it has ended */
};

static GMutex mutex;

static void note(struct worker *worker, const char *doing)
{
	g_mutex_lock(&mutex);
	worker->since_us = g_get_monotonic_time();
	g_strlcpy(worker->doing, doing, sizeof(worker->doing));
	g_mutex_unlock(&mutex);
}

/* Fails the program: cmocka's assertions work in its own thread only. */
static void check(const struct worker *worker, int error, const char *what)
{
	if (!error)
		return;
	print_error("%s: %s: %s\n", descriptions[worker->number], what, shmflip_error_detail());
	abort();
}

static void change_state(struct worker *worker, GstElement *pipeline, GstState state)
{
	note(worker, gst_element_state_get_name(state));
	gst_element_set_state(pipeline, state);
}

static struct shmflip_viewer *open_viewer(struct worker *worker)
{
	gchar *channel = g_strdup_printf("stress%u", worker->number);
	struct shmflip_viewer_options options;
	struct shmflip_viewer *viewer;

	shmflip_init(&options);
	options.channel = channel;
	options.view = SHMFLIP_VIEW_EVERY;
	check(worker, shmflip_viewer_open(&options, &viewer), "open");
	g_free(channel);
	return viewer;
}

static void change_at_random(struct worker *worker, GstElement *pipeline)
{
	static const GstState states[] = { GST_STATE_NULL,   GST_STATE_READY,   GST_STATE_PAUSED,
		                           GST_STATE_PAUSED, GST_STATE_PLAYING, GST_STATE_PLAYING,
		                           GST_STATE_PLAYING };

	for (guint i = 0; i < CHANGES; i++) {
		change_state(worker, pipeline, states[g_random_int_range(0, G_N_ELEMENTS(states))]);
		if (g_random_boolean())
			g_usleep((gulong)g_random_int_range(0, 4000));
	}
}

static void assert_frames_flow(struct worker *worker)
{
	struct shmflip_viewer *viewer = open_viewer(worker);
	const struct shmflip_frame *frame;

	note(worker, "frames flow");
	for (guint i = 0; i < FRAMES; i++) {
		check(worker, shmflip_viewer_acquire(viewer, &frame, HANG_S * 1000), "acquire");
		shmflip_frame_release(frame);
	}
	shmflip_viewer_close(viewer);
}

/* GStreamer 1.22 itself may lose a change to PLAYING while another one is asynchronous, as it does
 * with fakesink. */
static void play_at_last(struct worker *worker, GstElement *pipeline)
{
	if (worker->number == ASYNC) {
		change_state(worker, pipeline, GST_STATE_NULL);
	} else {
		change_state(worker, pipeline, GST_STATE_PLAYING);
		change_state(worker, pipeline, GST_STATE_PAUSED);
	}
	change_state(worker, pipeline, GST_STATE_PLAYING);
}

/* A viewer that takes nothing lets the sink wait for slots. */
static void run_once(struct worker *worker)
{
	GstElement *pipeline = gst_parse_launch(descriptions[worker->number], NULL);
	struct shmflip_viewer *viewer = NULL;

	if (worker->number != SOURCE && g_random_boolean()) {
		viewer = open_viewer(worker);
		change_state(worker, pipeline, GST_STATE_PLAYING);
		check(worker, shmflip_viewer_attach(viewer, HANG_S * 1000), "attach");
	}
	change_at_random(worker, pipeline);
	note(worker, "closing the viewer");
	shmflip_viewer_close(viewer);
	play_at_last(worker, pipeline);
	if (worker->number != SOURCE)
		assert_frames_flow(worker);
	change_state(worker, pipeline, GST_STATE_NULL);
	gst_object_unref(pipeline);
}

static gpointer work(gpointer data)
{
	struct worker *worker = data;
	guint runs = 0;

	for (; g_get_monotonic_time() < worker->end_us; runs++)
		run_once(worker);
	print_message("%u runs: %s\n", runs, descriptions[worker->number]);
	note(worker, "");
	return NULL;
}

/* Whether the worker has ended. Fails the program if it hangs. */
static gboolean watch(struct worker *worker)
{
	gboolean has_ended, hangs;

	g_mutex_lock(&mutex);
	has_ended = worker->doing[0] == '\0';
	hangs = !has_ended &&
	        g_get_monotonic_time() > worker->since_us + 2 * HANG_S * G_USEC_PER_SEC;
	if (hangs)
		print_error("%s hangs: %s\n", descriptions[worker->number], worker->doing);
	g_mutex_unlock(&mutex);
	if (hangs)
		abort();
	return has_ended;
}

static void no_change_of_state_hangs(void **state)
{
	const char *seconds = getenv("SHMFLIP_STRESS_S");
	gint64 end_us = g_get_monotonic_time() +
	                (seconds ? atoi(seconds) : SECONDS) * (gint64)G_USEC_PER_SEC;
	struct worker workers[WORKERS];

	(void)state;
	for (guint i = 0; i < WORKERS; i++) {
		workers[i] = (struct worker){ .number = i, .end_us = end_us };
		note(&workers[i], "begin");
		workers[i].thread = g_thread_new("worker", work, &workers[i]);
	}
	for (guint i = 0; i < WORKERS; i++) {
		while (!watch(&workers[i]))
			sleep_ms(20);
		g_thread_join(workers[i].thread);
	}
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		WITH_DIRECTORY(no_change_of_state_hangs),
	};

	init_own_elements(&argc, &argv);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
