/* SPDX-License-Identifier: MIT
 *
 * shmflipsrc in a harness: pixels of every format, memory, buffers that others hold, and all that
 * buffers say of frames. */
#include "source_harness.h"

#define ODD_WIDTH 37
#define ODD_HEIGHT 21

static const uint32_t fourccs[] = {
	SHMFLIP_XRGB8888,     SHMFLIP_ARGB8888, SHMFLIP_XBGR8888, SHMFLIP_ABGR8888, SHMFLIP_RGB888,
	SHMFLIP_BGR888,       SHMFLIP_R8,       SHMFLIP_R16,      SHMFLIP_YUYV,     SHMFLIP_UYVY,
	SHMFLIP_NV12,         SHMFLIP_NV21,     SHMFLIP_NV16,     SHMFLIP_YUV420,   SHMFLIP_YUV422,
	SHMFLIP_YUV444,       SHMFLIP_P010,     SHMFLIP_S010,     SHMFLIP_S210,     SHMFLIP_S410,
	SHMFLIP_ABGR16161616,
};

/* Two frames of a format. */
static void check_format(uint32_t fourcc, uint32_t width, gboolean reads_meta)
{
	struct shmflip_producer *producer =
		open_producer(SHMFLIP_POLICY_LOSSLESS, 6, fourcc, width, ODD_HEIGHT);
	GstHarness *harness = create_harness("", reads_meta);
	GstBuffer *buffer;

	gst_harness_play(harness);
	wait_for_viewer(producer);
	for (uint64_t number = 1; number <= 2; number++) {
		publish(producer, number, NULL);
		buffer = gst_harness_pull(harness);
		assert_int_equal(holds_frame(buffer), reads_meta);
		assert_non_null(gst_buffer_get_video_meta(buffer));
		check_pixels(buffer, harness, number);
		gst_buffer_unref(buffer);
	}
	assert_int_equal(stat_of(harness, "copied"), reads_meta ? 0 : 2);
	assert_int_equal(stat_of(harness, "acquired"), 2);
	assert_int_equal(stat_of(harness, "held"), 0);
	gst_harness_teardown(harness);
	shmflip_producer_close(producer);
}

static void every_format_without_a_copy(void **state)
{
	(void)state;
	for (guint i = 0; i < G_N_ELEMENTS(fourccs); i++)
		check_format(fourccs[i], ODD_WIDTH, TRUE);
}

static void every_format_packed(void **state)
{
	(void)state;
	for (guint i = 0; i < G_N_ELEMENTS(fourccs); i++)
		check_format(fourccs[i], ODD_WIDTH, FALSE);
}

/* Rows of 64 bytes lie as GStreamer takes them without a meta. */
static void equal_strides_need_no_meta(void **state)
{
	struct shmflip_producer *producer =
		open_producer(SHMFLIP_POLICY_LATEST, 4, SHMFLIP_XRGB8888, 64, 8);
	GstHarness *harness = create_harness("", FALSE);
	GstBuffer *buffer;

	(void)state;
	gst_harness_play(harness);
	publish(producer, 7, NULL);
	buffer = gst_harness_pull(harness);
	assert_true(holds_frame(buffer));
	check_pixels(buffer, harness, 7);
	gst_buffer_unref(buffer);
	gst_harness_teardown(harness);
	shmflip_producer_close(producer);
}

static void nobody_writes_into_frames(void **state)
{
	struct shmflip_producer *producer =
		open_producer(SHMFLIP_POLICY_LATEST, 4, SHMFLIP_R8, 64, 8);
	GstHarness *harness = create_harness("", TRUE);
	const struct shmflip_frame *frame;
	GstBuffer *buffer;
	GstMapInfo map;

	(void)state;
	gst_harness_play(harness);
	publish(producer, 1, NULL);
	buffer = gst_harness_pull(harness);
	frame = gst_shmflip_memory_frame(gst_buffer_peek_memory(buffer, 0));
	assert_non_null(frame);
	assert_true(gst_buffer_map(buffer, &map, GST_MAP_WRITE));
	assert_true(map.data != frame->plane[0].pixels);
	gst_buffer_unmap(buffer, &map);
	gst_buffer_unref(buffer);
	gst_harness_teardown(harness);
	shmflip_producer_close(producer);
}

/* Downstream holds 30 frames of a channel with 4 slots, and the producer waits for nobody. */
static void lossless_with_30_frames_held(void **state)
{
	struct shmflip_producer *producer =
		open_producer(SHMFLIP_POLICY_LOSSLESS, 4, SHMFLIP_YUV420, ODD_WIDTH, ODD_HEIGHT);
	GstHarness *harness = create_harness("", TRUE);
	GstBuffer *buffers[30];

	(void)state;
	gst_harness_play(harness);
	wait_for_viewer(producer);
	for (uint64_t number = 0; number < G_N_ELEMENTS(buffers); number++)
		publish(producer, number, NULL);
	for (uint64_t number = 0; number < G_N_ELEMENTS(buffers); number++) {
		buffers[number] = gst_harness_pull(harness);
		assert_int_equal(holds_frame(buffers[number]), number < 2);
		assert_int_equal(GST_BUFFER_OFFSET(buffers[number]), number + 1);
	}
	assert_int_equal(stat_of(harness, "held"), 2);
	assert_int_equal(stat_of(harness, "copied"), 28);
	for (uint64_t number = 0; number < G_N_ELEMENTS(buffers); number++) {
		check_pixels(buffers[number], harness, number);
		gst_buffer_unref(buffers[number]);
	}
	/* There is room again. */
	publish(producer, 31, NULL);
	buffers[0] = gst_harness_pull(harness);
	assert_true(holds_frame(buffers[0]));
	gst_buffer_unref(buffers[0]);
	gst_harness_teardown(harness);
	shmflip_producer_close(producer);
}

static void max_held_is_the_users(void **state)
{
	struct shmflip_producer *producer =
		open_producer(SHMFLIP_POLICY_LATEST, 4, SHMFLIP_R8, 64, 8);
	GstHarness *harness = create_harness("max-held=0", TRUE);
	GstBuffer *buffer;

	(void)state;
	gst_harness_play(harness);
	publish(producer, 1, NULL);
	buffer = gst_harness_pull(harness);
	assert_false(holds_frame(buffer));
	check_pixels(buffer, harness, 1);
	gst_buffer_unref(buffer);
	gst_harness_teardown(harness);
	shmflip_producer_close(producer);
}

/* Pipeline and producer are gone, the buffer is not. */
static void buffers_outlive_stop(void **state)
{
	struct shmflip_producer *producer =
		open_producer(SHMFLIP_POLICY_LATEST, 4, SHMFLIP_R8, 64, 8);
	GstHarness *harness = create_harness("", TRUE);
	GstBuffer *buffer;
	uint8_t bytes[64];

	(void)state;
	gst_harness_play(harness);
	publish(producer, 9, NULL);
	buffer = gst_harness_pull(harness);
	gst_harness_teardown(harness);
	shmflip_producer_close(producer);
	assert_true(holds_frame(buffer));
	assert_int_equal(gst_buffer_extract(buffer, 0, bytes, sizeof(bytes)), sizeof(bytes));
	for (uint32_t at = 0; at < sizeof(bytes); at++)
		assert_int_equal(bytes[at], sample(9, 0, 0, at));
	gst_buffer_unref(buffer);
}

static void set_description(struct shmflip_frame *frame)
{
	frame->captured_ns = 123456789;
	frame->duration_ns = 5000000;
	frame->flags = SHMFLIP_FRAME_CORRUPT;
	frame->orientation = 6;
}

static void buffers_say_what_frames_say(void **state)
{
	struct shmflip_producer *producer =
		open_producer(SHMFLIP_POLICY_LOSSLESS, 4, SHMFLIP_R8, 64, 8);
	GstHarness *harness = create_harness("", TRUE);
	GstReferenceTimestampMeta *captured;
	GstCaps *clock = gst_caps_from_string("timestamp/x-monotonic");
	GstBuffer *buffer;

	(void)state;
	gst_harness_play(harness);
	wait_for_viewer(producer);
	publish(producer, 1, NULL);
	publish(producer, 2, set_description);
	buffer = gst_harness_pull(harness);
	assert_int_equal(GST_BUFFER_OFFSET(buffer), 1);
	assert_int_equal(GST_BUFFER_OFFSET_END(buffer), 2);
	assert_int_equal(GST_BUFFER_DURATION(buffer), 33366666);
	assert_null(gst_buffer_get_reference_timestamp_meta(buffer, NULL));
	assert_false(GST_BUFFER_FLAG_IS_SET(buffer, GST_BUFFER_FLAG_CORRUPTED));
	gst_buffer_unref(buffer);
	buffer = gst_harness_pull(harness);
	assert_int_equal(GST_BUFFER_OFFSET(buffer), 2);
	assert_int_equal(GST_BUFFER_DURATION(buffer), 5000000);
	assert_true(GST_BUFFER_FLAG_IS_SET(buffer, GST_BUFFER_FLAG_CORRUPTED));
	assert_false(GST_BUFFER_FLAG_IS_SET(buffer, GST_BUFFER_FLAG_DISCONT));
	captured = gst_buffer_get_reference_timestamp_meta(buffer, clock);
	assert_non_null(captured);
	assert_int_equal(captured->timestamp, 123456789);
	gst_buffer_unref(buffer);
	gst_caps_unref(clock);
	gst_harness_teardown(harness);
	shmflip_producer_close(producer);
}

/* Pulls events until one has this type. */
static GstEvent *pull_event(GstHarness *harness, GstEventType type)
{
	GstEvent *event = gst_harness_pull_event(harness);

	while (event && GST_EVENT_TYPE(event) != type) {
		gst_event_unref(event);
		event = gst_harness_pull_event(harness);
	}
	assert_non_null(event);
	return event;
}

static void orientation_is_a_tag(void **state)
{
	struct shmflip_producer *producer =
		open_producer(SHMFLIP_POLICY_LOSSLESS, 4, SHMFLIP_R8, 64, 8);
	GstHarness *harness = create_harness("", TRUE);
	GstTagList *tags;
	GstEvent *event;
	char *name;

	(void)state;
	gst_harness_play(harness);
	wait_for_viewer(producer);
	publish(producer, 1, set_description);
	gst_buffer_unref(gst_harness_pull(harness));
	event = pull_event(harness, GST_EVENT_TAG);
	gst_event_parse_tag(event, &tags);
	assert_true(gst_tag_list_get_string(tags, GST_TAG_IMAGE_ORIENTATION, &name));
	assert_string_equal(name, "rotate-90");
	g_free(name);
	gst_event_unref(event);
	publish(producer, 2, NULL);
	gst_buffer_unref(gst_harness_pull(harness));
	event = pull_event(harness, GST_EVENT_TAG);
	gst_event_parse_tag(event, &tags);
	assert_true(gst_tag_list_get_string(tags, GST_TAG_IMAGE_ORIENTATION, &name));
	assert_string_equal(name, "rotate-0");
	g_free(name);
	gst_event_unref(event);
	gst_harness_teardown(harness);
	shmflip_producer_close(producer);
}

/* The clock is the pipeline's, whatever it counts. */
static void pts_from_publication(void **state)
{
	struct shmflip_producer *producer =
		open_producer(SHMFLIP_POLICY_LOSSLESS, 6, SHMFLIP_R8, 64, 8);
	GstHarness *harness = create_harness("", TRUE);
	const struct shmflip_frame *frames[3];
	GstBuffer *buffers[3];
	int64_t apart, pts_apart;

	(void)state;
	gst_harness_use_systemclock(harness);
	gst_harness_play(harness);
	wait_for_viewer(producer);
	for (int i = 0; i < 3; i++) {
		sleep_ms(20);
		publish(producer, (uint64_t)i, NULL);
	}
	for (int i = 0; i < 3; i++) {
		buffers[i] = gst_harness_pull(harness);
		frames[i] = gst_shmflip_memory_frame(gst_buffer_peek_memory(buffers[i], 0));
	}
	for (int i = 1; i < 3; i++) {
		apart = frames[i]->published_ns - frames[i - 1]->published_ns;
		pts_apart = (int64_t)(GST_BUFFER_PTS(buffers[i]) - GST_BUFFER_PTS(buffers[i - 1]));
		/* Two readings of two clocks lie between. */
		assert_true(llabs(apart - pts_apart) < 15000000);
	}
	for (int i = 0; i < 3; i++)
		gst_buffer_unref(buffers[i]);
	gst_harness_teardown(harness);
	shmflip_producer_close(producer);
}

/* Without a clock of the pipeline's, time begins with the first frame. */
static void not_live(void **state)
{
	struct shmflip_producer *producer =
		open_producer(SHMFLIP_POLICY_LOSSLESS, 6, SHMFLIP_R8, 64, 8);
	GstHarness *harness = create_harness("is-live=false", TRUE);
	const struct shmflip_frame *first, *second;
	GstBuffer *buffers[2];

	(void)state;
	gst_harness_play(harness);
	wait_for_viewer(producer);
	publish(producer, 1, NULL);
	publish(producer, 2, NULL);
	buffers[0] = gst_harness_pull(harness);
	buffers[1] = gst_harness_pull(harness);
	first = gst_shmflip_memory_frame(gst_buffer_peek_memory(buffers[0], 0));
	second = gst_shmflip_memory_frame(gst_buffer_peek_memory(buffers[1], 0));
	assert_int_equal(GST_BUFFER_PTS(buffers[0]), 0);
	assert_int_equal(GST_BUFFER_PTS(buffers[1]), second->published_ns - first->published_ns);
	gst_buffer_unref(buffers[0]);
	gst_buffer_unref(buffers[1]);
	gst_harness_teardown(harness);
	shmflip_producer_close(producer);
}

/* The user's view, not the policy's: the producer does not wait for a source that takes nothing. */
static void newest_of_a_lossless_channel(void **state)
{
	struct shmflip_producer *producer =
		open_producer(SHMFLIP_POLICY_LOSSLESS, 4, SHMFLIP_R8, 64, 8);
	GstHarness *harness = create_harness("view=newest", TRUE);
	GstBuffer *buffer;

	(void)state;
	gst_harness_play(harness);
	wait_for_viewer(producer);
	GST_PAD_STREAM_LOCK(harness->sinkpad);
	for (uint64_t number = 1; number <= 9; number++)
		publish(producer, number, NULL);
	GST_PAD_STREAM_UNLOCK(harness->sinkpad);
	for (uint64_t last = 0; last != 9;) {
		buffer = gst_harness_pull(harness);
		assert_non_null(buffer);
		last = GST_BUFFER_OFFSET(buffer);
		check_pixels(buffer, harness, last);
		gst_buffer_unref(buffer);
	}
	assert_true(stat_of(harness, "missed") > 0);
	gst_harness_teardown(harness);
	shmflip_producer_close(producer);
}

static void latency_has_no_limit(void **state)
{
	GstHarness *harness = create_harness("", TRUE);
	GstQuery *query = gst_query_new_latency();
	GstElement *source = source_of(harness);
	GstClockTime min, max;
	gboolean live;

	(void)state;
	gst_harness_play(harness);
	/* For the next time. */
	g_object_set(source, "is-live", FALSE, NULL);
	gst_object_unref(source);
	assert_true(gst_pad_peer_query(harness->sinkpad, query));
	gst_query_parse_latency(query, &live, &min, &max);
	assert_true(live);
	assert_int_equal(min, 0);
	assert_true(max == GST_CLOCK_TIME_NONE);
	gst_query_unref(query);
	gst_harness_teardown(harness);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_format_without_a_copy),
		cmocka_unit_test(every_format_packed),
		cmocka_unit_test(equal_strides_need_no_meta),
		cmocka_unit_test(nobody_writes_into_frames),
		cmocka_unit_test(lossless_with_30_frames_held),
		cmocka_unit_test(max_held_is_the_users),
		cmocka_unit_test(buffers_outlive_stop),
		cmocka_unit_test(buffers_say_what_frames_say),
		cmocka_unit_test(orientation_is_a_tag),
		cmocka_unit_test(pts_from_publication),
		cmocka_unit_test(not_live),
		cmocka_unit_test(newest_of_a_lossless_channel),
		cmocka_unit_test(latency_has_no_limit),
	};

	init_own_elements(&argc, &argv);
	return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
