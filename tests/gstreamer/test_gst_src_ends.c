/* SPDX-License-Identifier: MIT
 *
 * shmflipsrc over changes: of size and format, of producers, of the pipeline's state. */
#include "source_harness.h"

static void pull_and_check(GstHarness *harness, uint64_t number, const char *format, int width)
{
	GstBuffer *buffer = gst_harness_pull(harness);
	GstCaps *caps = gst_pad_get_current_caps(harness->sinkpad);
	GstVideoInfo info;

	assert_non_null(buffer);
	assert_true(gst_video_info_from_caps(&info, caps));
	assert_string_equal(GST_VIDEO_INFO_NAME(&info), format);
	assert_int_equal(GST_VIDEO_INFO_WIDTH(&info), width);
	check_pixels(buffer, harness, number);
	gst_caps_unref(caps);
	gst_buffer_unref(buffer);
}

static void wait_for_eos(GstHarness *harness)
{
	GstEvent *event;

	do {
		event = gst_harness_pull_event(harness);
		assert_non_null(event);
		if (GST_EVENT_TYPE(event) == GST_EVENT_EOS)
			break;
		gst_event_unref(event);
	} while (TRUE);
	gst_event_unref(event);
}

static void configure(struct shmflip_producer *producer, uint32_t fourcc, uint32_t width)
{
	struct shmflip_stream stream;

	shmflip_init(&stream);
	stream.fourcc = fourcc;
	stream.width = width;
	stream.height = 9;
	assert_int_equal(shmflip_producer_configure(producer, &stream), 0);
}

static void make_smaller(struct shmflip_frame *frame)
{
	frame->width = 33;
	frame->fourcc = SHMFLIP_UYVY;
	assert_int_equal(shmflip_frame_layout(frame), 0);
}

/* By another stream, and by a frame that differs from its stream; packed, too. */
static void size_and_format_change(void **state)
{
	struct shmflip_producer *producer;
	GstHarness *harness;

	(void)state;
	for (int reads_meta = 0; reads_meta < 2; reads_meta++) {
		producer = open_producer(SHMFLIP_POLICY_LOSSLESS, 4, SHMFLIP_NV12, 37, 9);
		harness = create_harness("", reads_meta);
		gst_harness_play(harness);
		wait_for_viewer(producer);
		publish(producer, 1, NULL);
		pull_and_check(harness, 1, "NV12", 37);
		publish(producer, 2, make_smaller);
		pull_and_check(harness, 2, "UYVY", 33);
		publish(producer, 3, NULL);
		pull_and_check(harness, 3, "NV12", 37);
		configure(producer, SHMFLIP_BGR888, 101);
		publish(producer, 4, NULL);
		pull_and_check(harness, 4, "RGB", 101);
		gst_harness_teardown(harness);
		shmflip_producer_close(producer);
	}
}

static void end_means_eos(void **state)
{
	struct shmflip_producer *producer =
		open_producer(SHMFLIP_POLICY_LOSSLESS, 4, SHMFLIP_R8, 64, 9);
	GstHarness *harness = create_harness("", TRUE);
	GstBus *bus = watch(harness);

	(void)state;
	gst_harness_play(harness);
	wait_for_viewer(producer);
	publish(producer, 1, NULL);
	shmflip_producer_close(producer);
	wait_for_eos(harness);
	pull_and_check(harness, 1, "GRAY8", 64);
	expect_silence(bus);
	gst_harness_teardown(harness);
	finish_bus(bus);
}

static void next_producer_with_another_format(void **state)
{
	struct shmflip_producer *producer =
		open_producer(SHMFLIP_POLICY_LOSSLESS, 4, SHMFLIP_R8, 64, 9);
	GstHarness *harness = create_harness("on-end=wait", TRUE);
	GstBuffer *buffer;

	(void)state;
	gst_harness_play(harness);
	wait_for_viewer(producer);
	publish(producer, 1, NULL);
	pull_and_check(harness, 1, "GRAY8", 64);
	shmflip_producer_close(producer);
	producer = open_producer(SHMFLIP_POLICY_LOSSLESS, 6, SHMFLIP_P010, 35, 9);
	wait_for_viewer(producer);
	publish(producer, 2, NULL);
	buffer = gst_harness_pull(harness);
	assert_true(GST_BUFFER_FLAG_IS_SET(buffer, GST_BUFFER_FLAG_DISCONT));
	assert_int_equal(GST_BUFFER_OFFSET(buffer), 1);
	check_pixels(buffer, harness, 2);
	gst_buffer_unref(buffer);
	assert_int_equal(stat_of(harness, "producers"), 2);
	gst_harness_teardown(harness);
	shmflip_producer_close(producer);
}

/* A child that publishes a frame for one viewer, and is killed. */
static pid_t start_victim(void)
{
	pid_t child = fork();
	struct shmflip_producer *producer;

	if (child)
		return child;
	producer = open_producer(SHMFLIP_POLICY_LOSSLESS, 4, SHMFLIP_R8, 64, 9);
	wait_for_viewer(producer);
	publish(producer, 1, NULL);
	pause();
	_exit(1);
}

static void kill_victim(pid_t child)
{
	int status;

	kill(child, SIGKILL);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status));
}

static void killed_producer_means_eos(void **state)
{
	pid_t child = start_victim();
	GstHarness *harness = create_harness("", TRUE);
	GstBus *bus = watch(harness);
	GstBuffer *held;

	(void)state;
	gst_harness_play(harness);
	held = gst_harness_pull(harness);
	kill_victim(child);
	wait_for_eos(harness);
	expect_message(bus, GST_MESSAGE_WARNING, "died");
	expect_silence(bus);
	/* What the dead one has sent is still there. */
	assert_true(holds_frame(held));
	check_pixels(held, harness, 1);
	gst_buffer_unref(held);
	gst_harness_teardown(harness);
	finish_bus(bus);
	assert_int_equal(shmflip_channel_clean(NULL, NULL, NULL), 0);
}

static void killed_producer_is_followed(void **state)
{
	pid_t child = start_victim();
	GstHarness *harness = create_harness("on-end=wait", TRUE);
	struct shmflip_producer *producer;

	(void)state;
	gst_harness_play(harness);
	pull_and_check(harness, 1, "GRAY8", 64);
	kill_victim(child);
	producer = open_producer(SHMFLIP_POLICY_LOSSLESS, 4, SHMFLIP_BGR888, 33, 9);
	wait_for_viewer(producer);
	publish(producer, 5, NULL);
	pull_and_check(harness, 5, "RGB", 33);
	gst_harness_teardown(harness);
	shmflip_producer_close(producer);
}

static void missed_frames_are_a_discontinuity(void **state)
{
	struct shmflip_producer *producer =
		open_producer(SHMFLIP_POLICY_LATEST, 4, SHMFLIP_R8, 64, 9);
	GstHarness *harness = create_harness("", TRUE);
	GstBuffer *buffer;

	(void)state;
	gst_harness_play(harness);
	publish(producer, 1, NULL);
	gst_buffer_unref(gst_harness_pull(harness));
	publish(producer, 2, NULL);
	buffer = gst_harness_pull(harness);
	assert_false(GST_BUFFER_FLAG_IS_SET(buffer, GST_BUFFER_FLAG_DISCONT));
	gst_buffer_unref(buffer);
	/* The source's thread waits for this lock, which is in front of each push. */
	GST_PAD_STREAM_LOCK(harness->sinkpad);
	publish(producer, 3, NULL);
	while (stat_of(harness, "acquired") < 3)
		sleep_ms(1);
	publish(producer, 4, NULL);
	publish(producer, 5, NULL);
	GST_PAD_STREAM_UNLOCK(harness->sinkpad);
	gst_buffer_unref(gst_harness_pull(harness));
	buffer = gst_harness_pull(harness);
	assert_int_equal(GST_BUFFER_OFFSET(buffer), 5);
	assert_true(GST_BUFFER_FLAG_IS_SET(buffer, GST_BUFFER_FLAG_DISCONT));
	gst_buffer_unref(buffer);
	assert_int_equal(stat_of(harness, "missed"), 1);
	gst_harness_teardown(harness);
	shmflip_producer_close(producer);
}

static void flush_and_continue(void **state)
{
	struct shmflip_producer *producer =
		open_producer(SHMFLIP_POLICY_LOSSLESS, 4, SHMFLIP_R8, 64, 9);
	GstHarness *harness = create_harness("", TRUE);

	(void)state;
	gst_harness_play(harness);
	wait_for_viewer(producer);
	publish(producer, 1, NULL);
	pull_and_check(harness, 1, "GRAY8", 64);
	assert_true(gst_element_send_event(harness->element, gst_event_new_flush_start()));
	assert_true(gst_element_send_event(harness->element, gst_event_new_flush_stop(TRUE)));
	publish(producer, 2, NULL);
	pull_and_check(harness, 2, "GRAY8", 64);
	gst_harness_teardown(harness);
	shmflip_producer_close(producer);
}

static void set_state(GstHarness *harness, GstState state)
{
	assert_int_not_equal(gst_element_set_state(harness->element, state),
	                     GST_STATE_CHANGE_FAILURE);
}

/* Under lossless, a pause delays frames and loses none. Times never lead back. */
static void pause_and_resume(void **state)
{
	struct shmflip_producer *producer =
		open_producer(SHMFLIP_POLICY_LOSSLESS, 4, SHMFLIP_R8, 64, 9);
	GstHarness *harness = create_harness("", TRUE);
	GstClockTime last = 0;
	GstBuffer *buffer;

	(void)state;
	gst_harness_use_systemclock(harness);
	gst_harness_play(harness);
	wait_for_viewer(producer);
	publish(producer, 1, NULL);
	gst_buffer_unref(gst_harness_pull(harness));
	for (uint64_t number = 2; number < 5; number++) {
		set_state(harness, GST_STATE_PAUSED);
		publish(producer, number, NULL);
		set_state(harness, GST_STATE_PLAYING);
		buffer = gst_harness_pull(harness);
		assert_int_equal(GST_BUFFER_OFFSET(buffer), number);
		assert_true(GST_BUFFER_PTS(buffer) >= last);
		last = GST_BUFFER_PTS(buffer);
		gst_buffer_unref(buffer);
	}
	gst_harness_teardown(harness);
	shmflip_producer_close(producer);
}

/* Several times each: waiting for a producer, waiting for a frame, and paused. The library
 * alone would take up to 100 ms. The fastest counts, because the machine may be slow. */
static void stop_at_once(void **state)
{
	struct shmflip_producer *producer = NULL;
	GstHarness *harness;
	int64_t began, took, least;

	(void)state;
	for (int round = 0; round < 3; round++) {
		if (round > 0 && !producer)
			producer = open_producer(SHMFLIP_POLICY_LATEST, 4, SHMFLIP_R8, 64, 9);
		harness = create_harness("", TRUE);
		least = INT64_MAX;
		for (int i = 0; i < 5; i++) {
			gst_harness_play(harness);
			sleep_ms(30);
			if (round == 2)
				set_state(harness, GST_STATE_PAUSED);
			began = monotonic_now_ns();
			set_state(harness, GST_STATE_NULL);
			took = monotonic_now_ns() - began;
			least = took < least ? took : least;
		}
		assert_true(least < 50 * NS_PER_MS);
		gst_harness_teardown(harness);
	}
	shmflip_producer_close(producer);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(size_and_format_change),
		cmocka_unit_test(end_means_eos),
		cmocka_unit_test(next_producer_with_another_format),
		cmocka_unit_test(killed_producer_means_eos),
		cmocka_unit_test(killed_producer_is_followed),
		cmocka_unit_test(missed_frames_are_a_discontinuity),
		cmocka_unit_test(flush_and_continue),
		cmocka_unit_test(pause_and_resume),
		cmocka_unit_test(stop_at_once),
	};

	init_own_elements(&argc, &argv);
	return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
