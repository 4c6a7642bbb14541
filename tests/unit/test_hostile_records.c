/* SPDX-License-Identifier: MIT
 *
 * Records in the segment that no correct producer writes. A damaged frame costs that frame only. A
 * damaged stream is not attached to. */
#include "handles.h"

#define USER SHMFLIP_METADATA_USER

enum { ROOM = 64 };

static struct shmflip_producer *producer;
static struct shmflip_viewer *viewer;
static struct layout_header *header;
static uint64_t damaged;

/* The stream's and each frame's metadata are one item of 8 bytes. */
static int set_up(void **state)
{
	const struct shmflip_metadata item = { USER, 8, "12345678" };
	struct shmflip_stream stream = square_stream(3);
	struct shmflip_producer_options options;

	shmflip_init(&options);
	options.channel = "test";
	stream.slot_bytes = 2 * SQUARE_BYTES;
	stream.frame_metadata_bytes = ROOM;
	stream.metadata_count = 1;
	stream.metadata = &item;
	if (make_directory(state) || shmflip_producer_open(&options, &stream, &producer) ||
	    open_view(SHMFLIP_VIEW_NEWEST, SHMFLIP_VIEWER_ANY_FORMAT, &viewer) ||
	    shmflip_viewer_attach(viewer, 1000))
		return -1;
	header = header_of(producer);
	damaged = 0;
	return 0;
}

static int tear_down(void **state)
{
	shmflip_viewer_close(viewer);
	shmflip_producer_close(producer);
	return remove_directory(state);
}

/* ---- Frames ---- */

static struct layout_slot *publish(uint32_t fourcc)
{
	const struct shmflip_metadata item = { USER, 8, "12345678" };
	struct shmflip_frame *frame;

	assert_int_equal(shmflip_producer_loan(producer, &frame, 0), 0);
	frame->fourcc = fourcc;
	assert_int_equal(shmflip_frame_layout(frame), 0);
	assert_int_equal(shmflip_frame_add_metadata(frame, &item), 0);
	assert_int_equal(shmflip_frame_publish(frame), 0);
	shmflip_frame_release(frame);
	return newest_record(header);
}

static void assert_frame_is_refused(void)
{
	const struct shmflip_frame *frame = NULL;

	assert_int_equal(shmflip_viewer_acquire(viewer, &frame, 0), -EBADMSG);
	assert_null(frame);
	assert_non_null(strstr(shmflip_error_detail(), "damaged"));
	assert_counts(viewer, 0, ++damaged);
}

#define ASSERT_REFUSED(format, field, value)                                                       \
	do {                                                                                       \
		publish(format)->field = (value);                                                  \
		assert_frame_is_refused();                                                         \
	} while (0)

/* It is like what a viewer that has seen no frame knows of the slot. */
static void empty_record_is_refused(void **state)
{
	struct layout_slot *record = publish(SHMFLIP_XRGB8888);

	(void)state;
	record->fourcc = record->planes = 0;
	memset(&record->geometry, 0, sizeof(record->geometry));
	assert_frame_is_refused();
}

static void damaged_values_are_refused(void **state)
{
	const uint32_t format = SHMFLIP_XRGB8888;

	(void)state;
	ASSERT_REFUSED(format, geometry.width, 0);
	ASSERT_REFUSED(format, geometry.height, 0);
	ASSERT_REFUSED(format, geometry.width, UINT32_MAX);
	ASSERT_REFUSED(format, geometry.height, 1 << 30);
	ASSERT_REFUSED(format, fourcc, 0);
	ASSERT_REFUSED(format, fourcc, SHMFLIP_ABGR16161616);
	ASSERT_REFUSED(format, orientation, 9);
	ASSERT_REFUSED(format, geometry.colour.range, 3);
	ASSERT_REFUSED(format, geometry.colour.siting, 200);
	ASSERT_REFUSED(format, published_ns, INT64_MAX);
	ASSERT_REFUSED(format, published_ns, SHMFLIP_NO_TIME);
	ASSERT_REFUSED(format, captured_ns, LAYOUT_TIME_END);
	ASSERT_REFUSED(format, presentation_ns, -LAYOUT_TIME_END);
	ASSERT_REFUSED(format, duration_ns, INT64_MIN + 1);
	ASSERT_REFUSED(format, decode_ns, INT64_MAX);
	ASSERT_REFUSED(format, source_bytes, SHMFLIP_SOURCE_MAX + 1);
	ASSERT_REFUSED(format, source_bytes, UINT8_MAX);
}

static void damaged_planes_are_refused(void **state)
{
	const uint32_t format = SHMFLIP_XRGB8888;

	(void)state;
	ASSERT_REFUSED(format, planes, 0);
	ASSERT_REFUSED(format, planes, 2);
	ASSERT_REFUSED(format, planes, 5);
	ASSERT_REFUSED(format, planes, UINT8_MAX);
	ASSERT_REFUSED(format, geometry.stride_bytes[0], 0);
	ASSERT_REFUSED(format, geometry.stride_bytes[0], SIDE * 4 - 4);
	ASSERT_REFUSED(format, geometry.stride_bytes[0], SIDE * 4 + 2);
	ASSERT_REFUSED(format, geometry.stride_bytes[0], UINT32_MAX - 3);
	ASSERT_REFUSED(format, geometry.rows[0], 0);
	ASSERT_REFUSED(format, geometry.rows[0], UINT32_MAX);
	ASSERT_REFUSED(format, geometry.offset_units[0], 1);
	ASSERT_REFUSED(format, geometry.offset_units[0], UINT32_MAX);
	ASSERT_REFUSED(SHMFLIP_YUV420, geometry.offset_units[1], 0);
	ASSERT_REFUSED(SHMFLIP_YUV420, geometry.offset_units[1], SIDE * SIDE / 8 - 1);
	ASSERT_REFUSED(SHMFLIP_YUV420, geometry.offset_units[2], 2 * SQUARE_BYTES / 8 - 1);
	ASSERT_REFUSED(SHMFLIP_YUV420, geometry.offset_units[2], UINT32_MAX);
	ASSERT_REFUSED(SHMFLIP_YUV420, geometry.stride_bytes[2], UINT32_MAX - 3);
	ASSERT_REFUSED(SHMFLIP_YUV420, planes, 2);
}

/* Another code's planes are the producer's own, and yet lie within the slot. */
static void damaged_planes_of_unknown_formats_are_refused(void **state)
{
	struct layout_slot *record;

	(void)state;
	for (int damage = 0; damage < 4; damage++) {
		record = publish(SHMFLIP_YUV420);
		record->fourcc = 0x44434241;
		if (damage == 0)
			record->geometry.rows[1] = 0;
		else if (damage == 1)
			record->geometry.offset_units[2] = record->geometry.offset_units[1];
		else if (damage == 2)
			record->geometry.rows[2] = UINT32_MAX;
		else
			record->planes = 4;
		assert_frame_is_refused();
	}
}

static void damaged_metadata_is_refused(void **state)
{
	static const uint32_t item_sizes[] = { 9, 16, UINT32_MAX, UINT32_MAX - 7, INT32_MAX };
	const uint32_t format = SHMFLIP_XRGB8888;

	(void)state;
	ASSERT_REFUSED(format, metadata_bytes, 7);
	ASSERT_REFUSED(format, metadata_bytes, 15);
	ASSERT_REFUSED(format, metadata_bytes, ROOM + 8);
	ASSERT_REFUSED(format, metadata_bytes, ROOM + 16);
	ASSERT_REFUSED(format, metadata_bytes, UINT32_MAX);
	for (size_t i = 0; i < sizeof(item_sizes) / sizeof(item_sizes[0]); i++) {
		uint32_t slot, *item;

		publish(format);
		slot = layout_latest_slot(header->latest);
		item = (uint32_t *)((uint8_t *)header +
		                    layout_metadata_offset(&header->fixed, slot));
		assert_int_equal(item[0], USER);
		assert_int_equal(item[1], 8);
		item[1] = item_sizes[i];
		assert_frame_is_refused();
	}
}

/* The viewer goes on with the next frame. */
static void next_frame_is_taken(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < 5; i++) {
		publish(SHMFLIP_XRGB8888)->geometry.width = 0;
		assert_int_equal(
			shmflip_viewer_acquire(viewer, &(const struct shmflip_frame *){ NULL }, 0),
			-EBADMSG);
		assert_int_equal(publish_square(producer, i, 0), 0);
		assert_takes(viewer, i, 0);
	}
	assert_counts(viewer, 5, 5);
}

/* ---- A record that changes while a viewer reads it ---- */

/* The sanitizer copies memory by a function of its own: then nothing changes meanwhile. */
#ifdef __has_feature
#if __has_feature(address_sanitizer)
#define OTHER_MEMCPY true
#endif
#endif
#ifndef OTHER_MEMCPY
#define OTHER_MEMCPY false
#endif

enum { ITEM_BYTES = 16 }; /* type, size and 8 bytes */

static struct layout_slot *changing; /* NULL: not any more */

/* Volatile, lest the compiler calls memcpy for it. */
static void *(*volatile move)(void *, const void *, size_t) = memmove;

/* The library copies a frame's metadata by this function, after it has checked the rest. */
/* NOLINTNEXTLINE(readability-inconsistent-declaration-parameter-name) */
void *memcpy(void *restrict to, const void *restrict from, size_t bytes)
{
	if (changing && bytes == ITEM_BYTES && memcmp((const char *)from + 8, "12345678", 8) == 0) {
		changing->geometry.width = 1 << 20;
		changing->geometry.rows[0] = 1 << 20;
		changing = NULL;
	}
	return move(to, from, bytes);
}

static void only_the_checked_copy_is_used(void **state)
{
	const struct shmflip_frame *frame;

	(void)state;
	changing = publish(SHMFLIP_XRGB8888);
	assert_int_equal(shmflip_viewer_acquire(viewer, &frame, 0), 0);
	assert_true(!changing || OTHER_MEMCPY);
	assert_int_equal(frame->width, SIDE);
	assert_int_equal(frame->plane[0].rows, SIDE);
	shmflip_frame_release(frame);
}

/* ---- Streams ---- */

#define ASSERT_STREAM_REFUSED(field, value)                                                        \
	do {                                                                                       \
		struct layout_stream *record_ = stream_record();                                   \
		const struct layout_stream before_ = *record_;                                     \
		record_->field = (value);                                                          \
		assert_attach_fails(-EPROTO, "damaged");                                           \
		*record_ = before_;                                                                \
	} while (0)

static struct layout_stream *stream_record(void)
{
	return (struct layout_stream *)((uint8_t *)header + layout_stream_offset(&header->fixed));
}

static void damaged_streams_are_not_attached_to(void **state)
{
	static const uint32_t item_sizes[] = { 9, 16, UINT32_MAX, UINT32_MAX - 7, INT32_MAX };
	uint32_t *item = (uint32_t *)(stream_record() + 1);

	(void)state;
	ASSERT_STREAM_REFUSED(fourcc, 0);
	ASSERT_STREAM_REFUSED(width, 0);
	ASSERT_STREAM_REFUSED(height, 0);
	ASSERT_STREAM_REFUSED(rate_den, 0);
	ASSERT_STREAM_REFUSED(aspect_num, 4);
	ASSERT_STREAM_REFUSED(colour.range, 3);
	ASSERT_STREAM_REFUSED(metadata_bytes, 15);
	ASSERT_STREAM_REFUSED(metadata_bytes, 24);
	ASSERT_STREAM_REFUSED(metadata_bytes, UINT32_MAX);
	assert_int_equal(item[0], USER);
	for (size_t i = 0; i < sizeof(item_sizes) / sizeof(item_sizes[0]); i++) {
		item[1] = item_sizes[i];
		assert_attach_fails(-EPROTO, "damaged");
	}
	item[1] = 8;
	assert_attach_fails(-EAGAIN, NULL);
}

#define BOTH(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		BOTH(empty_record_is_refused),
		BOTH(damaged_values_are_refused),
		BOTH(damaged_planes_are_refused),
		BOTH(damaged_planes_of_unknown_formats_are_refused),
		BOTH(damaged_metadata_is_refused),
		BOTH(next_frame_is_taken),
		BOTH(only_the_checked_copy_is_used),
		BOTH(damaged_streams_are_not_attached_to),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
