/* SPDX-License-Identifier: MIT
 *
 * Metadata of frames and streams, and formats that a viewer did not ask for. */
#include "handles.h"

#define USER SHMFLIP_METADATA_USER

enum { ICC_BYTES = 100001 };

static uint8_t profile[ICC_BYTES];

/* Room for 32 bytes a frame. */
static int open_with_metadata(struct shmflip_producer **producer)
{
	const struct shmflip_metadata items[] = { { SHMFLIP_METADATA_ICC, ICC_BYTES, profile },
		                                  { USER + 5, 3, "abc" } };
	struct shmflip_stream stream = square_stream(3);
	struct shmflip_producer_options options;

	for (size_t i = 0; i < ICC_BYTES; i++)
		profile[i] = (uint8_t)(i * 7);
	shmflip_init(&options);
	options.channel = "test";
	stream.frame_metadata_bytes = 32;
	stream.metadata_count = 2;
	stream.metadata = items;
	return shmflip_producer_open(&options, &stream, producer);
}

static void assert_item(const struct shmflip_frame *frame, uint32_t type, const void *data,
                        uint32_t bytes)
{
	uint32_t found_bytes = 77;
	const void *found = shmflip_frame_metadata(frame, type, &found_bytes);

	assert_non_null(found);
	assert_int_equal(found_bytes, bytes);
	assert_int_equal((uintptr_t)found % 8, 0);
	assert_memory_equal(found, data, bytes);
}

static void assert_no_item(const struct shmflip_frame *frame, uint32_t type)
{
	uint32_t bytes = 77;

	assert_null(shmflip_frame_metadata(frame, type, &bytes));
	assert_int_equal(bytes, 0);
}

static int add(struct shmflip_frame *frame, uint32_t type, const void *data, uint32_t bytes)
{
	const struct shmflip_metadata item = { type, bytes, data };

	return shmflip_frame_add_metadata(frame, &item);
}

static void assert_all_items(const struct shmflip_frame *frame)
{
	assert_item(frame, USER + 1, "hello", 5);
	/* The frame's comes before the stream's. */
	assert_item(frame, USER + 5, "own", 3);
	assert_item(frame, SHMFLIP_METADATA_ICC, profile, ICC_BYTES);
	assert_no_item(frame, USER + 2);
	assert_no_item(frame, 0);
}

static void metadata_arrives(void **state)
{
	const struct shmflip_frame *frame;
	struct shmflip_producer *producer;
	struct shmflip_viewer *viewer;
	struct shmflip_frame *lent;
	char text[] = "hello";

	(void)state;
	assert_int_equal(open_with_metadata(&producer), 0);
	viewer = attach_viewer(SHMFLIP_VIEW_AUTO);
	assert_int_equal(shmflip_producer_loan(producer, &lent, 0), 0);
	assert_item(lent, USER + 5, "abc", 3);
	assert_int_equal(add(lent, USER + 1, text, 5), 0);
	text[0] = 'y';
	assert_int_equal(add(lent, USER + 5, "own", 3), 0);
	assert_all_items(lent);
	assert_int_equal(shmflip_frame_publish(lent), 0);
	assert_all_items(lent);
	assert_int_equal(shmflip_viewer_acquire(viewer, &frame, 1000), 0);
	assert_all_items(frame);
	assert_int_equal(frame->stream->metadata_count, 2);
	assert_int_equal(frame->stream->metadata[1].type, USER + 5);
	assert_int_equal(frame->stream->metadata[1].bytes, 3);
	assert_memory_equal(frame->stream->metadata[1].data, "abc", 3);
	/* As long as the frame. */
	shmflip_viewer_close(viewer);
	assert_int_equal(publish_square(producer, 1, 0), 0);
	shmflip_producer_close(producer);
	assert_all_items(frame);
	assert_all_items(lent);
	shmflip_frame_release(frame);
	shmflip_frame_release(lent);
}

static void metadata_has_limits(void **state)
{
	struct shmflip_producer *producer;
	struct shmflip_frame *frame;

	(void)state;
	assert_int_equal(open_with_metadata(&producer), 0);
	assert_int_equal(shmflip_producer_loan(producer, &frame, 0), 0);
	assert_int_equal(add(frame, USER, NULL, 1), -EINVAL);
	assert_int_equal(add(frame, USER, "123456789012345678901234567890", 25), -ENOSPC);
	assert_int_equal(add(frame, USER, "x", UINT32_MAX), -ENOSPC);
	assert_int_equal(add(frame, USER, "x", UINT32_MAX - 7), -ENOSPC);
	assert_int_equal(add(frame, USER, "first", 5), 0);
	assert_int_equal(add(frame, USER + 2, "second!!", 8), 0);
	assert_int_equal(add(frame, USER + 1, NULL, 0), -ENOSPC);
	assert_no_item(frame, USER + 1);
	/* The same type again takes the old one's place. */
	assert_int_equal(add(frame, USER, "other", 5), 0);
	assert_item(frame, USER, "other", 5);
	assert_item(frame, USER + 2, "second!!", 8);
	assert_int_equal(add(frame, USER, "123456789", 9), -ENOSPC);
	assert_item(frame, USER, "other", 5);
	shmflip_frame_release(frame);
	assert_int_equal(shmflip_producer_loan(producer, &frame, 0), 0);
	assert_int_equal(add(frame, USER + 1, NULL, 0), 0);
	assert_item(frame, USER + 1, "", 0);
	assert_int_equal(add(frame, USER, "123456789012345678901234", 16), 0);
	shmflip_frame_release(frame);
	shmflip_producer_close(producer);
}

static void room_is_256_bytes_by_default(void **state)
{
	struct shmflip_producer *producer = create(SHMFLIP_POLICY_LATEST, 2, 0);
	struct shmflip_frame *frame;
	char data[256] = { 0 };

	(void)state;
	assert_int_equal(shmflip_producer_loan(producer, &frame, 0), 0);
	assert_int_equal(add(frame, USER, data, 249), -ENOSPC);
	assert_int_equal(add(frame, USER, data, 248), 0);
	shmflip_frame_release(frame);
	shmflip_producer_close(producer);
}

static void too_much_stream_metadata_is_refused(void **state)
{
	struct shmflip_producer *producer = create(SHMFLIP_POLICY_LATEST, 2, 0);
	struct shmflip_stream stream = square_stream(2);
	struct shmflip_metadata items[2] = { { USER, SHMFLIP_STREAM_METADATA_MAX / 2, NULL },
		                             { USER, SHMFLIP_STREAM_METADATA_MAX / 2 + 1, NULL } };
	uint8_t *data = calloc(1, SHMFLIP_STREAM_METADATA_MAX);

	(void)state;
	stream.metadata = items;
	stream.metadata_count = 1;
	assert_int_equal(shmflip_producer_configure(producer, &stream), -EINVAL);
	items[0].data = items[1].data = data;
	stream.metadata_count = 2;
	assert_int_equal(shmflip_producer_configure(producer, &stream), -EINVAL);
	stream.metadata = NULL;
	assert_int_equal(shmflip_producer_configure(producer, &stream), -EINVAL);
	stream.metadata = items;
	items[1].bytes = UINT32_MAX;
	assert_int_equal(shmflip_producer_configure(producer, &stream), -EINVAL);
	assert_int_equal(producer_counts(producer).generations, 1);
	items[1].bytes = 8;
	assert_int_equal(shmflip_producer_configure(producer, &stream), 0);
	assert_int_equal(producer_counts(producer).generations, 2);
	/* The same content elsewhere is the same stream, other content is not. */
	items[1].data = data + 8;
	assert_int_equal(shmflip_producer_configure(producer, &stream), 0);
	assert_int_equal(producer_counts(producer).generations, 2);
	data[8] = 1;
	assert_int_equal(shmflip_producer_configure(producer, &stream), 0);
	assert_int_equal(producer_counts(producer).generations, 3);
	free(data);
	shmflip_producer_close(producer);
}

static void stream_arrives(void **state)
{
	struct shmflip_producer *producer = create(SHMFLIP_POLICY_LATEST, 3, 0);
	struct shmflip_viewer *viewer = attach_viewer(SHMFLIP_VIEW_AUTO);
	struct shmflip_stream stream = square_stream(3);
	const struct shmflip_frame *frame;

	(void)state;
	stream.fourcc = SHMFLIP_ARGB8888;
	stream.rate_num = 30000;
	stream.rate_den = 1001;
	stream.aspect_num = 16;
	stream.aspect_den = 11;
	stream.colour = (struct shmflip_colour){ 1, 2, 3, 2, 4, 5, 600 };
	assert_int_equal(shmflip_producer_configure(producer, &stream), 0);
	assert_int_equal(publish_square(producer, 1, 0), 0);
	assert_int_equal(shmflip_viewer_acquire(viewer, &frame, 1000), 0);
	for (int side = 0; side < 2; side++) {
		const struct shmflip_stream *got =
			side ? shmflip_viewer_channel(viewer)->stream : frame->stream;

		assert_int_equal(got->size, sizeof(*got));
		assert_int_equal(got->fourcc, SHMFLIP_ARGB8888);
		assert_int_equal(got->width, SIDE);
		assert_int_equal(got->height, SIDE);
		assert_int_equal(got->slots, 3);
		assert_true(got->slot_bytes >= SQUARE_BYTES);
		assert_int_equal(got->rate_num, 30000);
		assert_int_equal(got->rate_den, 1001);
		assert_int_equal(got->aspect_num, 16);
		assert_int_equal(got->aspect_den, 11);
		assert_memory_equal(&got->colour, &stream.colour, sizeof(got->colour));
		assert_int_equal(got->frame_metadata_bytes, 256);
		assert_int_equal(got->metadata_count, 0);
	}
	shmflip_frame_release(frame);
	shmflip_viewer_close(viewer);
	shmflip_producer_close(producer);
}

/* ---- Formats ---- */

static void publish_in(struct shmflip_producer *producer, uint32_t fourcc)
{
	struct shmflip_frame *frame;

	assert_int_equal(shmflip_producer_loan(producer, &frame, 0), 0);
	frame->fourcc = fourcc;
	assert_int_equal(shmflip_frame_layout(frame), 0);
	assert_int_equal(shmflip_frame_publish(frame), 0);
	shmflip_frame_release(frame);
}

/* A viewer that knows only two formats must not take other memory for them. */
static void formats_are_asked_for(void **state)
{
	struct shmflip_producer *producer = create(SHMFLIP_POLICY_LATEST, 2, -1);
	struct shmflip_viewer *viewer = attach_viewer(SHMFLIP_VIEW_NEWEST), *any;
	const struct shmflip_frame *frame = NULL;

	(void)state;
	assert_int_equal(open_view(0, SHMFLIP_VIEWER_ANY_FORMAT, &any), 0);
	publish_in(producer, SHMFLIP_NV12);
	assert_int_equal(shmflip_viewer_acquire(viewer, &frame, 1000), -EBADMSG);
	assert_null(frame);
	if (!strstr(shmflip_error_detail(), "NV12"))
		fail_msg("%s", shmflip_error_detail());
	assert_int_equal(shmflip_viewer_acquire(viewer, &frame, 0), -EAGAIN);
	assert_counts(viewer, 0, 1);
	assert_int_equal(shmflip_viewer_acquire(any, &frame, 1000), 0);
	assert_int_equal(frame->fourcc, SHMFLIP_NV12);
	shmflip_frame_release(frame);
	/* The refused frame's slot is free again. */
	publish_in(producer, SHMFLIP_XBGR8888);
	assert_int_equal(shmflip_viewer_acquire(viewer, &frame, 1000), -EBADMSG);
	publish_in(producer, SHMFLIP_ARGB8888);
	assert_int_equal(shmflip_viewer_acquire(viewer, &frame, 1000), 0);
	shmflip_frame_release(frame);
	assert_int_equal(publish_square(producer, 1, 0), 0);
	assert_takes(viewer, 1, 1000);
	assert_counts(viewer, 2, 2);
	shmflip_viewer_close(any);
	shmflip_viewer_close(viewer);
	shmflip_producer_close(producer);
}

/* Then the producer lays the planes out. */
static void format_without_a_name_here_arrives(void **state)
{
	struct shmflip_producer *producer = create(SHMFLIP_POLICY_LATEST, 2, 0);
	const struct shmflip_frame *frame;
	struct shmflip_viewer *viewer;
	struct shmflip_frame *lent;

	(void)state;
	assert_int_equal(open_view(0, SHMFLIP_VIEWER_ANY_FORMAT, &viewer), 0);
	assert_int_equal(shmflip_producer_loan(producer, &lent, 0), 0);
	lent->fourcc = 0x44434241; /* 'ABCD' */
	lent->width = 1000;
	lent->height = 1;
	assert_int_equal(shmflip_frame_layout(lent), -EINVAL);
	lent->planes = 4;
	for (uint32_t i = 0; i < 4; i++) {
		lent->plane[i].pixels = lent->plane[0].pixels + 1024UL * i;
		lent->plane[i].stride_bytes = 100 + 4 * i;
		lent->plane[i].rows = 3 + i;
		memset(shmflip_frame_writable(lent, i), (int)i + 1, (100 + 4 * i) * (3 + i));
	}
	assert_int_equal(shmflip_frame_publish(lent), 0);
	shmflip_frame_release(lent);
	assert_int_equal(shmflip_viewer_acquire(viewer, &frame, 1000), 0);
	assert_int_equal(frame->fourcc, 0x44434241);
	assert_int_equal(frame->planes, 4);
	for (uint32_t i = 0; i < 4; i++) {
		assert_int_equal(frame->plane[i].stride_bytes, 100 + 4 * i);
		assert_int_equal(frame->plane[i].rows, 3 + i);
		for (uint32_t at = 0; at < (100 + 4 * i) * (3 + i); at++)
			assert_int_equal(frame->plane[i].pixels[at], i + 1);
	}
	shmflip_frame_release(frame);
	shmflip_viewer_close(viewer);
	shmflip_producer_close(producer);
}

/* Without a size in the stream, each frame says its own. */
static void stream_without_a_size_needs_a_slot_size(void **state)
{
	struct shmflip_producer *producer = create(SHMFLIP_POLICY_LATEST, 2, 0);
	struct shmflip_viewer *viewer = attach_viewer(SHMFLIP_VIEW_AUTO);
	struct shmflip_stream stream = square_stream(2);
	const struct shmflip_frame *frame;
	struct shmflip_frame *lent;

	(void)state;
	stream.width = stream.height = 0;
	assert_int_equal(shmflip_producer_configure(producer, &stream), -EINVAL);
	stream.slot_bytes = SQUARE_BYTES;
	assert_int_equal(shmflip_producer_configure(producer, &stream), 0);
	assert_int_equal(shmflip_producer_loan(producer, &lent, 0), 0);
	assert_int_equal(shmflip_frame_publish(lent), -EINVAL);
	lent->width = lent->height = SIDE;
	assert_int_equal(shmflip_frame_layout(lent), 0);
	fill_square(lent, 9);
	assert_int_equal(shmflip_frame_publish(lent), 0);
	shmflip_frame_release(lent);
	assert_int_equal(shmflip_viewer_acquire(viewer, &frame, 1000), 0);
	assert_int_equal(square_value(frame), 9);
	assert_int_equal(frame->stream->width, 0);
	shmflip_frame_release(frame);
	shmflip_viewer_close(viewer);
	shmflip_producer_close(producer);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_DIRECTORY(metadata_arrives),
		WITH_DIRECTORY(metadata_has_limits),
		WITH_DIRECTORY(room_is_256_bytes_by_default),
		WITH_DIRECTORY(too_much_stream_metadata_is_refused),
		WITH_DIRECTORY(stream_arrives),
		WITH_DIRECTORY(formats_are_asked_for),
		WITH_DIRECTORY(format_without_a_name_here_arrives),
		WITH_DIRECTORY(stream_without_a_size_needs_a_slot_size),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
