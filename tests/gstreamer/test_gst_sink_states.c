/* SPDX-License-Identifier: MIT
 *
 * shmflipsink's errors, and what its states mean for the channel. */
#include "gst_support.h"

#include <errno.h>

#include <shmflip.h>

#define SMALL "videotestsrc num-buffers=9 ! video/x-raw,format=BGRx,width=64,height=48 ! "

/* Refused caps come again with each later event. The stream's end is the last one. */
static void assert_sink_says_no_more(struct run *run)
{
	GstBus *bus = gst_element_get_bus(run->pipeline);
	GstMessage *message;

	g_usleep(G_USEC_PER_SEC / 5);
	while ((message = gst_bus_pop_filtered(bus, GST_MESSAGE_ERROR))) {
		assert_ptr_not_equal(GST_MESSAGE_SRC(message), run->sink);
		gst_message_unref(message);
	}
	gst_object_unref(bus);
}

static void assert_fails(const char *description, const char *expected)
{
	struct run run;
	char *text;

	open_pipeline(&run, description);
	gst_element_set_state(run.pipeline, GST_STATE_PLAYING);
	text = wait_for_end(&run);
	assert_non_null(text);
	print_message("%s\n", text);
	if (!strstr(text, expected))
		fail_msg("%s: lacks %s", text, expected);
	assert_null(strchr(text, '\n'));
	free(text);
	assert_sink_says_no_more(&run);
	close_pipeline(&run);
}

static void errors_say_what_to_do(void **state)
{
	struct run holder;

	(void)state;
	open_pipeline(&holder, SMALL "shmflipsink name=sink channel=test");
	set_state(&holder, GST_STATE_PAUSED);
	assert_fails(SMALL "shmflipsink name=sink channel=test",
	             "close that one, or choose another channel (property channel)");
	close_pipeline(&holder);
	assert_fails(SMALL "shmflipsink name=sink channel=a/b", "a/b");
	assert_fails(SMALL "shmflipsink name=sink mode=0777", "mode");
	assert_fails(SMALL "shmflipsink name=sink mode=640", "use 0600, 0640 or 0644");
	assert_fails(SMALL "shmflipsink name=sink dir=/nonexistent/x", "/nonexistent/x");
	assert_fails("appsrc num-buffers=1 caps=video/x-raw,format=BGRx,width=64,height=48,"
	             "framerate=1/1,interlace-mode=interleaved ! shmflipsink name=sink",
	             "interlace");
	assert_fails("fakesrc num-buffers=1 sizetype=fixed sizemax=10 ! "
	             "video/x-raw,format=BGRx,width=64,height=48,framerate=1/1 ! "
	             "shmflipsink name=sink",
	             "does not hold a frame");
}

/* As GStreamer's documentation says of READY: nothing is open. Another name counts from then on. */
static void ready_releases_the_channel(void **state)
{
	const struct shmflip_status *status;
	struct run run;
	gchar *name;

	(void)state;
	open_pipeline(&run, "videotestsrc ! video/x-raw,format=BGRx,width=64,height=48 ! "
	                    "shmflipsink name=sink channel=test");
	for (int i = 0; i < 2; i++) {
		set_state(&run, GST_STATE_PAUSED);
		assert_int_equal(shmflip_channel_status(NULL, "test", &status), 0);
		shmflip_status_free(status);
		set_state(&run, GST_STATE_READY);
		assert_int_equal(shmflip_channel_status(NULL, "test", &status), -ENOENT);
	}
	g_object_set(run.sink, "channel", NULL, NULL);
	g_object_get(run.sink, "channel", &name, NULL);
	assert_string_equal(name, "default");
	g_free(name);
	g_object_set(run.sink, "channel", "other", NULL);
	set_state(&run, GST_STATE_PAUSED);
	assert_int_equal(shmflip_channel_status(NULL, "other", &status), 0);
	assert_int_equal(status->state, SHMFLIP_RUNNING);
	shmflip_status_free(status);
	close_pipeline(&run);
}

/* Before caps come. */
static void a_held_channel_fails_the_change_of_state(void **state)
{
	struct run holder, run;

	(void)state;
	open_pipeline(&holder, SMALL "shmflipsink name=sink channel=test");
	set_state(&holder, GST_STATE_PAUSED);
	open_pipeline(&run, "appsrc ! shmflipsink name=sink channel=test");
	assert_int_equal(gst_element_set_state(run.pipeline, GST_STATE_PAUSED),
	                 GST_STATE_CHANGE_FAILURE);
	free(wait_for_end(&run));
	assert_sink_says_no_more(&run);
	close_pipeline(&holder);
	set_state(&run, GST_STATE_NULL);
	begin_state(&run, GST_STATE_PAUSED);
	close_pipeline(&run);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		WITH_DIRECTORY(errors_say_what_to_do),
		WITH_DIRECTORY(a_held_channel_fails_the_change_of_state),
		WITH_DIRECTORY(ready_releases_the_channel),
	};

	init_own_elements(&argc, &argv);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
