/* SPDX-License-Identifier: MIT
 *
 * Buffers that upstream may make, as the sink reads them: parts of slots and copies of them, planes
 * in several memories, and buffers that end before their frame does. */
#include "support.h"

#include <gst/video/video.h>

#include "channel.h"
#include "fill.h"
#include "frame_memory.h"
#include "pool.h"
#include "sender.h"

enum { WIDTH = 64, HEIGHT = 16, LUMA = WIDTH * HEIGHT, CHROMA = LUMA / 4, SIZE = LUMA * 3 / 2 };

static const char caps_text[] = "video/x-raw,format=I420,width=64,height=16,framerate=30/1";

static struct gst_shmflip_channel *channel;
static GstVideoInfo info;
static GstCaps *caps;

static int open_channel(void **state)
{
	struct shmflip_producer_options options;
	struct shmflip_stream stream;

	if (make_directory(state))
		return -1;
	shmflip_init(&options);
	options.policy = SHMFLIP_POLICY_LATEST;
	shmflip_init(&stream);
	stream.fourcc = SHMFLIP_YUV420;
	stream.width = WIDTH;
	stream.height = HEIGHT;
	stream.slots = 5;
	stream.slot_bytes = SIZE + 64;
	caps = gst_caps_from_string(caps_text);
	channel = gst_shmflip_channel_new();
	if (!gst_video_info_from_caps(&info, caps) || gst_shmflip_channel_open(channel, &options))
		return -1;
	gst_shmflip_channel_begin(channel, &stream);
	return 0;
}

static int close_channel(void **state)
{
	gst_shmflip_channel_close(channel);
	gst_shmflip_channel_unref(channel);
	gst_caps_unref(caps);
	return remove_directory(state);
}

/* A buffer of the sink's pool, whose planes lie as without a meta; each byte has its place. */
static GstBuffer *acquire(const GstAllocationParams *params)
{
	GstBufferPool *pool = gst_shmflip_pool_new(channel, caps);
	GstStructure *config = gst_buffer_pool_get_config(pool);
	GstBuffer *buffer;
	GstMapInfo map;

	gst_buffer_pool_config_set_params(config, caps, SIZE, 0, 0);
	if (params)
		gst_buffer_pool_config_set_allocator(config, NULL, params);
	assert_true(gst_buffer_pool_set_config(pool, config));
	assert_true(gst_buffer_pool_set_active(pool, TRUE));
	assert_int_equal(gst_buffer_pool_acquire_buffer(pool, &buffer, NULL), GST_FLOW_OK);
	assert_true(gst_buffer_map(buffer, &map, GST_MAP_WRITE));
	assert_int_equal(map.size, SIZE);
	for (gsize i = 0; i < map.size; i++)
		map.data[i] = (guint8)(i * 7 + i / WIDTH);
	gst_buffer_unmap(buffer, &map);
	gst_buffer_pool_set_active(pool, FALSE);
	gst_object_unref(pool);
	return buffer;
}

static GstMemory *memory_of(GstBuffer *buffer)
{
	return gst_buffer_peek_memory(buffer, 0);
}

static gboolean is_slot(GstBuffer *buffer)
{
	return gst_memory_is_type(memory_of(buffer), GST_SHMFLIP_MEMORY_TYPE);
}

static int fill_in_place(GstBuffer *buffer)
{
	struct shmflip_frame *frame = gst_shmflip_channel_frame_of(channel, memory_of(buffer));

	return frame ? gst_shmflip_fill_in_place(frame, buffer, &info) : -ENOENT;
}

/* Copies the buffer into a frame, and compares that. */
static int copy_and_check(GstBuffer *buffer)
{
	struct shmflip_frame *frame;
	int error;

	assert_int_equal(gst_shmflip_channel_loan(channel, &frame), 0);
	error = gst_shmflip_fill_copy(frame, buffer, &info);
	for (guint i = 0; !error && i < 3; i++) {
		guint width = i ? WIDTH / 2 : WIDTH;

		for (guint row = 0; row < frame->plane[i].rows; row++)
			for (guint at = 0; at < width; at++) {
				gsize place = info.offset[i] + row * width + at;

				assert_int_equal(
					frame->plane[i]
						.pixels[row * frame->plane[i].stride_bytes + at],
					(guint8)(place * 7 + place / WIDTH));
			}
	}
	shmflip_frame_release(frame);
	return error;
}

static void add_meta(GstBuffer *buffer)
{
	gst_buffer_add_video_meta_full(buffer, GST_VIDEO_FRAME_FLAG_NONE, GST_VIDEO_FORMAT_I420,
	                               WIDTH, HEIGHT, 3, info.offset, info.stride);
}

/* An old frame lies behind the end, or memory that is not the buffer's. */
static void short_buffers_are_refused(void **state)
{
	GstBuffer *buffer = acquire(NULL), *copy;

	(void)state;
	assert_int_equal(fill_in_place(buffer), 0);
	for (int has_meta = 0; has_meta < 2; has_meta++) {
		gst_buffer_set_size(buffer, SIZE - 1);
		copy = gst_buffer_copy_deep(buffer);
		assert_int_equal(fill_in_place(buffer), -EINVAL);
		assert_int_equal(copy_and_check(buffer), -EINVAL);
		assert_int_equal(copy_and_check(copy), -EINVAL);
		gst_buffer_unref(copy);
		gst_buffer_set_size(buffer, SIZE);
		assert_int_equal(fill_in_place(buffer), 0);
		if (!has_meta)
			add_meta(buffer);
	}
	gst_buffer_unref(buffer);
}

/* They hold the slot, and are copied. */
static void parts_and_copies_of_a_slot(void **state)
{
	GstBuffer *buffer = acquire(NULL);
	GstBuffer *deep = gst_buffer_copy_deep(buffer);
	GstBuffer *whole = gst_buffer_copy_region(buffer, GST_BUFFER_COPY_ALL, 0, SIZE);
	GstBuffer *parts = gst_buffer_copy_region(buffer, GST_BUFFER_COPY_ALL, 0, LUMA);

	(void)state;
	parts = gst_buffer_append(
		parts, gst_buffer_copy_region(buffer, GST_BUFFER_COPY_MEMORY, LUMA, 2 * CHROMA));
	gst_buffer_unref(buffer);
	assert_false(is_slot(deep));
	assert_int_equal(copy_and_check(deep), 0);
	gst_buffer_unref(deep);
	assert_int_equal(gst_buffer_n_memory(parts), 2);
	assert_true(is_slot(parts));
	assert_int_equal(copy_and_check(parts), 0);
	add_meta(parts);
	assert_int_equal(copy_and_check(parts), 0);
	gst_buffer_unref(parts);
	assert_int_equal(copy_and_check(whole), 0);
	gst_buffer_unref(whole);
}

static void a_plane_in_two_memories(void **state)
{
	GstBuffer *buffer = acquire(NULL);
	GstBuffer *parts = gst_buffer_copy_region(buffer, GST_BUFFER_COPY_ALL, 0, LUMA / 2);

	(void)state;
	parts = gst_buffer_append(parts, gst_buffer_copy_region(buffer, GST_BUFFER_COPY_MEMORY,
	                                                        LUMA / 2, SIZE - LUMA / 2));
	gst_buffer_unref(buffer);
	assert_int_equal(copy_and_check(parts), 0);
	add_meta(parts);
	assert_int_equal(copy_and_check(parts), 0);
	gst_buffer_unref(parts);
}

/* Slots begin with a page and with plane 0, and have old content. */
static void pools_give_what_upstream_asks_for(void **state)
{
	static const GstAllocationParams in_slots[] = { { 0, 15, 0, 0, { NULL } },
		                                        { 0, 4095, 0, 32, { NULL } } };
	static const GstAllocationParams elsewhere[] = {
		{ 0, 8191, 0, 0, { NULL } },
		{ 0, 15, 16, 0, { NULL } },
		{ GST_MEMORY_FLAG_ZERO_PADDED, 15, 0, 16, { NULL } },
	};
	GstBuffer *buffer;
	GstMapInfo map;

	(void)state;
	for (guint i = 0; i < G_N_ELEMENTS(in_slots); i++) {
		buffer = acquire(&in_slots[i]);
		assert_true(is_slot(buffer));
		gst_buffer_unref(buffer);
	}
	for (guint i = 0; i < G_N_ELEMENTS(elsewhere); i++) {
		buffer = acquire(&elsewhere[i]);
		assert_false(is_slot(buffer));
		assert_int_equal(memory_of(buffer)->offset, elsewhere[i].prefix);
		assert_true(gst_buffer_map(buffer, &map, GST_MAP_READ));
		assert_int_equal((gsize)map.data & elsewhere[i].align & ~elsewhere[i].prefix, 0);
		gst_buffer_unmap(buffer, &map);
		gst_buffer_unref(buffer);
	}
}

/* GStreamer's unlock() comes once, perhaps before caps do. */
static void interruptions_outlast_opening(void **state)
{
	struct gst_shmflip_channel *interrupted = gst_shmflip_channel_new();
	struct shmflip_producer_options options;
	struct shmflip_stream stream;

	(void)state;
	shmflip_init(&options);
	options.channel = "other";
	shmflip_init(&stream);
	stream.width = WIDTH;
	stream.height = HEIGHT;
	gst_shmflip_channel_interrupt(interrupted, GST_SHMFLIP_UNLOCK);
	assert_int_equal(gst_shmflip_channel_wait_viewers(interrupted, 1), -ENOTCONN);
	assert_int_equal(gst_shmflip_channel_open(interrupted, &options), 0);
	assert_int_equal(gst_shmflip_channel_wait_viewers(interrupted, 1), -ENOTCONN);
	gst_shmflip_channel_begin(interrupted, &stream);
	assert_int_equal(gst_shmflip_channel_wait_viewers(interrupted, 1), -ECANCELED);
	/* The end of one interruption is not that of another. */
	gst_shmflip_channel_interrupt(interrupted, GST_SHMFLIP_TO_PLAY);
	gst_shmflip_channel_resume(interrupted, GST_SHMFLIP_TO_PLAY);
	assert_int_equal(gst_shmflip_channel_wait_viewers(interrupted, 1), -ECANCELED);
	gst_shmflip_channel_close(interrupted);
	gst_shmflip_channel_unref(interrupted);
}

/* ---- The channel moves to other memory ---- */

static guint reserved;
static gboolean interrupts;

static gboolean move_while_mapping(GstVideoMeta *meta, guint plane, GstMapInfo *map, gpointer *data,
                                   gint *stride, GstMapFlags flags)
{
	if (plane == 0 && reserved < 6) {
		gst_shmflip_channel_reserve(channel, ++reserved);
		if (interrupts)
			gst_shmflip_channel_interrupt(channel, GST_SHMFLIP_UNLOCK);
	}
	return gst_buffer_map(meta->buffer, map, flags) &&
	       (*data = map->data + meta->offset[plane], *stride = meta->stride[plane]);
}

static gboolean unmap(GstVideoMeta *meta, guint plane, GstMapInfo *map)
{
	(void)plane;
	gst_buffer_unmap(meta->buffer, map);
	return TRUE;
}

/* While it is copied, upstream wants more slots. */
static GstBuffer *create_moving(void)
{
	GstBuffer *buffer = gst_buffer_new_allocate(NULL, SIZE, NULL);
	GstVideoMeta *meta = gst_buffer_add_video_meta(buffer, GST_VIDEO_FRAME_FLAG_NONE,
	                                               GST_VIDEO_FORMAT_I420, WIDTH, HEIGHT);

	gst_buffer_memset(buffer, 0, 7, SIZE);
	meta->map = move_while_mapping;
	meta->unmap = unmap;
	reserved = 3;
	return buffer;
}

static void assert_counts(guint64 published, guint64 copied)
{
	struct gst_shmflip_counts counts;

	gst_shmflip_channel_counts(channel, &counts);
	assert_int_equal(counts.published, published);
	assert_int_equal(counts.copied, copied);
}

static int send_buffer(GstBuffer *buffer)
{
	struct gst_shmflip_sender sender = { .channel = channel, .info = info };

	return gst_shmflip_sender_send(&sender, buffer, GST_CLOCK_TIME_NONE);
}

static void a_copy_is_made_again_in_other_memory(void **state)
{
	GstBuffer *buffer = create_moving();

	(void)state;
	interrupts = FALSE;
	assert_int_equal(send_buffer(buffer), 0);
	assert_int_equal(reserved, 6);
	assert_counts(1, 1);
	gst_buffer_unref(buffer);
}

/* The copy that could not be published is given up, and its slot is free. */
static void an_interrupted_copy_is_sent_once(void **state)
{
	GstBuffer *buffer = create_moving();

	(void)state;
	interrupts = TRUE;
	for (int i = 0; i < 3; i++) {
		assert_int_equal(send_buffer(buffer), -ECANCELED);
		assert_counts(0, 0);
		gst_shmflip_channel_resume(channel, GST_SHMFLIP_UNLOCK);
	}
	assert_int_equal(send_buffer(buffer), 0);
	assert_counts(1, 1);
	gst_buffer_unref(buffer);
}

/* The library moves by itself. A slot that was lent before that is copied. */
static void a_slot_of_deleted_files_is_copied(void **state)
{
	GstBuffer *buffer = acquire(NULL);
	struct shmflip_frame *frame;

	(void)state;
	assert_true(is_slot(buffer));
	assert_int_equal(unlink(in_directory("default.lock")), 0);
	sleep_ms(150); /* the library looks every 100 ms */
	assert_int_equal(gst_shmflip_channel_loan(channel, &frame), 0);
	shmflip_frame_release(frame);
	assert_non_null(gst_shmflip_channel_frame_of(channel, memory_of(buffer)));
	assert_int_equal(send_buffer(buffer), 0);
	assert_counts(1, 1);
	gst_buffer_unref(buffer);
}

#define WITH_CHANNEL(test) cmocka_unit_test_setup_teardown(test, open_channel, close_channel)

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		WITH_CHANNEL(short_buffers_are_refused),
		WITH_CHANNEL(parts_and_copies_of_a_slot),
		WITH_CHANNEL(a_plane_in_two_memories),
		WITH_CHANNEL(pools_give_what_upstream_asks_for),
		WITH_CHANNEL(interruptions_outlast_opening),
		WITH_CHANNEL(a_copy_is_made_again_in_other_memory),
		WITH_CHANNEL(an_interrupted_copy_is_sent_once),
		WITH_CHANNEL(a_slot_of_deleted_files_is_copied),
	};

	gst_init(&argc, &argv);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
