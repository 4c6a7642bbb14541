/* SPDX-License-Identifier: MIT
 *
 * Slots of shmflipsink that others hold: upstream, viewers, and what outlives the element. */
#include "gst_support.h"

#define SINK "shmflipsink name=sink sync=false channel=test "
#define SOURCE "videotestsrc pattern=snow num-buffers=%u ! video/x-raw,width=64,height=48 ! "

enum { HELD_MAX = 64 };

/* Buffers that a probe keeps, as a decoder keeps its reference frames. */
struct held {
	guint first, last; /* which ones, from 0 on */
	guint seen;
	guint count;
	GstBuffer *buffer[HELD_MAX];
	char *checksum[HELD_MAX];
};

static char *checksum_of(GstBuffer *buffer)
{
	GstMapInfo map;
	char *checksum;

	assert_true(gst_buffer_map(buffer, &map, GST_MAP_READ));
	checksum = g_compute_checksum_for_data(G_CHECKSUM_SHA1, map.data, map.size);
	gst_buffer_unmap(buffer, &map);
	return checksum;
}

static GstPadProbeReturn hold(GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
	struct held *held = data;
	guint number = held->seen++;

	(void)pad;
	if (number >= held->first && number <= held->last) {
		held->buffer[held->count] = gst_buffer_ref(GST_PAD_PROBE_INFO_BUFFER(info));
		held->checksum[held->count] = checksum_of(held->buffer[held->count]);
		held->count++;
	}
	return GST_PAD_PROBE_OK;
}

static void open_holding(struct run *run, struct held *held, guint frames, const char *properties)
{
	char *description = g_strdup_printf(SOURCE SINK "%s", frames, properties);
	GstPad *pad;

	open_pipeline(run, description);
	g_free(description);
	pad = gst_element_get_static_pad(run->sink, "sink");
	gst_pad_add_probe(pad, GST_PAD_PROBE_TYPE_BUFFER, hold, held, NULL);
	gst_object_unref(pad);
}

static void assert_unchanged(const struct held *held)
{
	for (guint i = 0; i < held->count; i++) {
		char *checksum = checksum_of(held->buffer[i]);

		assert_string_equal(checksum, held->checksum[i]);
		g_free(checksum);
	}
}

static void drop_held(struct held *held)
{
	for (guint i = 0; i < held->count; i++) {
		gst_buffer_unref(held->buffer[i]);
		g_free(held->checksum[i]);
	}
}

static GstMemory *memory_of(GstBuffer *buffer)
{
	return gst_buffer_peek_memory(buffer, 0);
}

static void kept_frame_stays_for_12_more(void **state)
{
	struct held held = { .first = 3, .last = 3 };
	struct run run;

	(void)state;
	open_holding(&run, &held, 16, "");
	run_to_end(&run);
	assert_int_equal(held.count, 1);
	assert_true(gst_memory_is_type(memory_of(held.buffer[0]), "ShmflipFrame"));
	assert_int_equal(stat_of(&run, "published"), 16);
	assert_int_equal(stat_of(&run, "kept"), 1);
	/* The sink itself holds none, as last-sample would. */
	assert_int_equal(stat_of(&run, "copied"), 0);
	assert_unchanged(&held);
	drop_held(&held);
	assert_int_equal(stat_of(&run, "kept"), 0);
	close_pipeline(&run);
}

/* The writer gets a copy: the frame that viewers see does not change. */
static void published_frame_cannot_be_written(void **state)
{
	struct held held = { .first = 3, .last = 3 };
	GstBuffer *copy;
	GstMapInfo map;
	struct run run;

	(void)state;
	open_holding(&run, &held, 4, "");
	run_to_end(&run);
	assert_true(GST_MEMORY_IS_READONLY(memory_of(held.buffer[0])));
	assert_false(gst_memory_map(memory_of(held.buffer[0]), &map, GST_MAP_WRITE));
	copy = gst_buffer_copy(held.buffer[0]);
	assert_ptr_equal(memory_of(copy), memory_of(held.buffer[0]));
	assert_true(gst_buffer_map(copy, &map, GST_MAP_READWRITE));
	memset(map.data, 0x5a, map.size);
	gst_buffer_unmap(copy, &map);
	assert_false(gst_memory_is_type(memory_of(copy), "ShmflipFrame"));
	gst_buffer_unref(copy);
	assert_unchanged(&held);
	drop_held(&held);
	close_pipeline(&run);
}

static void buffers_outlive_the_element(void **state)
{
	struct held held = { .first = 0, .last = 1 };
	GstMemory *part;
	GstMapInfo map;
	struct run run;

	(void)state;
	open_holding(&run, &held, 8, "");
	run_to_end(&run);
	close_pipeline(&run);
	assert_unchanged(&held);
	/* A part of a frame holds it too. */
	part = gst_memory_share(memory_of(held.buffer[0]), 16, 32);
	drop_held(&held);
	assert_true(gst_memory_is_type(part, "ShmflipFrame"));
	assert_true(gst_memory_map(part, &map, GST_MAP_READ));
	assert_int_equal(map.size, 32);
	gst_memory_unmap(part, &map);
	assert_false(gst_memory_map(part, &map, GST_MAP_WRITE));
	gst_memory_unref(part);
}

/* More than there are slots. */
static void upstream_may_hold_every_buffer(void **state)
{
	(void)state;
	for (guint slots = 2; slots <= 16; slots++) {
		struct held held = { .first = 0, .last = 29 };
		char *properties = g_strdup_printf("slots=%u policy=lossless", slots);
		guint in_slots = MAX(slots, 3) - 2; /* the pool needs one */
		struct run run;

		open_holding(&run, &held, 40, properties);
		run_to_end(&run);
		assert_int_equal(held.count, 30);
		assert_int_equal(stat_of(&run, "published"), 40);
		assert_int_equal(stat_of(&run, "kept"), in_slots);
		assert_int_equal(stat_of(&run, "copied"), 40 - in_slots);
		assert_unchanged(&held);
		drop_held(&held);
		close_pipeline(&run);
		g_free(properties);
	}
}

/* A viewer holds the slots that upstream does not hold, until it has more frames. */
static void upstream_and_viewers_may_hold_every_slot(void **state)
{
	struct held held = { .first = 0, .last = 1 };
	const struct shmflip_frame *frame[8];
	struct shmflip_viewer *viewer;
	struct run run;

	(void)state;
	open_holding(&run, &held, 8, "slots=4 policy=lossless wait-viewers=1");
	begin_state(&run, GST_STATE_PLAYING);
	viewer = attach_viewer();
	for (guint i = 0; i < 8; i++) {
		int error = shmflip_viewer_acquire(viewer, &frame[i], HANG_S * 1000);

		if (error)
			fail_msg("frame %u: %s", i, shmflip_error_detail());
		if (i < 2 || i > 3)
			shmflip_frame_release(frame[i]);
	}
	shmflip_frame_release(frame[2]);
	shmflip_frame_release(frame[3]);
	assert_ends_well(&run);
	assert_int_equal(stat_of(&run, "published"), 8);
	assert_unchanged(&held);
	drop_held(&held);
	shmflip_viewer_close(viewer);
	close_pipeline(&run);
}

/* ---- Stopping ---- */

/* A hang fails after a second. The goal is 50 ms, which a busy machine may miss. */
static void assert_stops(struct run *run)
{
	gint64 start_us = g_get_monotonic_time();

	close_pipeline(run);
	print_message("stopped after %.1f ms\n",
	              (double)(g_get_monotonic_time() - start_us) / 1000);
	assert_true(g_get_monotonic_time() - start_us < G_USEC_PER_SEC);
}

static void stops_while_idle(void **state)
{
	struct run run;

	(void)state;
	open_pipeline(
		&run,
		"appsrc caps=video/x-raw,format=BGRx,width=64,height=48,framerate=1/1 ! " SINK);
	begin_state(&run, GST_STATE_PLAYING);
	sleep_ms(50);
	assert_stops(&run);
}

static void stops_while_waiting_for_viewers(void **state)
{
	struct run run;
	char *description = g_strdup_printf(SOURCE SINK "wait-viewers=1", 100);

	(void)state;
	open_pipeline(&run, description);
	begin_state(&run, GST_STATE_PLAYING);
	await_buffers(&run, 1);
	sleep_ms(50);
	assert_int_equal(stat_of(&run, "published"), 0);
	assert_stops(&run);
	g_free(description);
}

static void stops_while_paused(void **state)
{
	struct run run;
	char *description = g_strdup_printf(SOURCE "queue ! " SINK, 100);

	(void)state;
	open_pipeline(&run, description);
	set_state(&run, GST_STATE_PAUSED);
	sleep_ms(50);
	assert_int_equal(stat_of(&run, "published"), 0);
	assert_stops(&run);
	g_free(description);
}

/* A viewer takes one frame: the sink waits for a slot, and upstream for the sink. */
static void stops_with_every_slot_held(void **state)
{
	struct run run;
	char *description = g_strdup_printf(SOURCE "tee ! queue max-size-buffers=1 ! " SINK
	                                           "policy=lossless wait-viewers=1",
	                                    100);
	const struct shmflip_frame *frame;
	struct shmflip_viewer *viewer;

	(void)state;
	open_pipeline(&run, description);
	begin_state(&run, GST_STATE_PLAYING);
	viewer = attach_viewer();
	assert_int_equal(shmflip_viewer_acquire(viewer, &frame, HANG_S * 1000), 0);
	await_buffers(&run, 4);
	sleep_ms(50);
	assert_true(stat_of(&run, "published") < 100);
	set_state(&run, GST_STATE_PAUSED);
	begin_state(&run, GST_STATE_PLAYING);
	sleep_ms(50);
	assert_stops(&run);
	shmflip_frame_release(frame);
	shmflip_viewer_close(viewer);
	g_free(description);
}

/* Upstream waits in the pool, because viewers hold all slots, and nothing tells it to stop but the
 * sink. */
static void stops_while_upstream_waits_for_viewers(void **state)
{
	const struct shmflip_frame *frame;
	struct shmflip_viewer *viewer;
	struct run run;

	(void)state;
	open_pipeline(&run, "videotestsrc ! video/x-raw,format=BGRx,width=64,height=48 ! "
	                    "videoconvert ! video/x-raw,format=I420 ! " SINK
	                    "policy=lossless wait-viewers=1");
	begin_state(&run, GST_STATE_PLAYING);
	viewer = attach_viewer();
	assert_int_equal(shmflip_viewer_acquire(viewer, &frame, HANG_S * 1000), 0);
	await_buffers(&run, 4);
	sleep_ms(100);
	assert_int_equal(stat_of(&run, "published"), 4);
	assert_int_equal(stat_of(&run, "fallbacks"), 0);
	assert_stops(&run);
	shmflip_frame_release(frame);
	shmflip_viewer_close(viewer);
}

/* Upstream waits in the pool, because the sink is busy for a second with each frame. */
static void stops_with_the_pool_exhausted(void **state)
{
	struct run run;

	(void)state;
	open_pipeline(&run,
	              "videotestsrc ! video/x-raw,width=64,height=48,framerate=1/10 ! queue ! "
	              "shmflipsink name=sink channel=test");
	begin_state(&run, GST_STATE_PLAYING);
	await_buffers(&run, 1);
	sleep_ms(100);
	assert_int_equal(stat_of(&run, "fallbacks"), 0);
	assert_stops(&run);
}

static void flushes_and_seeks(void **state)
{
	char *description = g_strdup_printf(SOURCE "queue ! " SINK "policy=lossless", 100000);
	struct run run;

	(void)state;
	open_pipeline(&run, description);
	set_state(&run, GST_STATE_PAUSED);
	for (int i = 0; i < 40; i++) {
		if (i == 20)
			set_state(&run, GST_STATE_PLAYING);
		assert_true(gst_element_seek_simple(run.pipeline, GST_FORMAT_TIME,
		                                    GST_SEEK_FLAG_FLUSH, (i % 7) * GST_SECOND));
		if (i % 2)
			set_state(&run, i < 20 ? GST_STATE_PAUSED : GST_STATE_PLAYING);
	}
	await_buffers(&run, g_atomic_int_get(&run.buffers) + 10);
	assert_stops(&run);
	g_free(description);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		WITH_DIRECTORY(kept_frame_stays_for_12_more),
		WITH_DIRECTORY(published_frame_cannot_be_written),
		WITH_DIRECTORY(buffers_outlive_the_element),
		WITH_DIRECTORY(upstream_may_hold_every_buffer),
		WITH_DIRECTORY(upstream_and_viewers_may_hold_every_slot),
		WITH_DIRECTORY(stops_while_idle),
		WITH_DIRECTORY(stops_while_waiting_for_viewers),
		WITH_DIRECTORY(stops_while_paused),
		WITH_DIRECTORY(stops_with_every_slot_held),
		WITH_DIRECTORY(stops_while_upstream_waits_for_viewers),
		WITH_DIRECTORY(stops_with_the_pool_exhausted),
		WITH_DIRECTORY(flushes_and_seeks),
	};

	init_own_elements(&argc, &argv);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
