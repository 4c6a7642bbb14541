/* SPDX-License-Identifier: MIT
 *
 * Frames have a life of their own, on both sides. */
#include "handles.h"

static struct shmflip_frame *loan_square(struct shmflip_producer *producer, uint32_t value)
{
	struct shmflip_frame *frame;

	assert_int_equal(shmflip_producer_loan(producer, &frame, 0), 0);
	fill_square(frame, value);
	return frame;
}

/* Published, and not released. */
static struct shmflip_frame *keep_square(struct shmflip_producer *producer, uint32_t value)
{
	struct shmflip_frame *frame = loan_square(producer, value);

	assert_int_equal(shmflip_frame_publish(frame), 0);
	return frame;
}

static const struct shmflip_frame *acquire(struct shmflip_viewer *viewer)
{
	const struct shmflip_frame *frame;

	assert_int_equal(shmflip_viewer_acquire(viewer, &frame, 1000), 0);
	return frame;
}

/* ---- Longer than the handle ---- */

static void frames_outlive_their_producer(void **state)
{
	struct shmflip_producer *producer = create(SHMFLIP_POLICY_LATEST, 3, 0);
	struct shmflip_frame *kept = keep_square(producer, 1), *lent = loan_square(producer, 2);

	(void)state;
	shmflip_producer_close(producer);
	/* Another producer does not get their memory. */
	producer = create(SHMFLIP_POLICY_LATEST, 3, 0);
	for (uint32_t i = 10; i < 20; i++)
		assert_int_equal(publish_square(producer, i, 0), 0);
	assert_int_equal(square_value(kept), 1);
	assert_int_equal(square_value(lent), 2);
	assert_int_equal(kept->sequence, 1);
	assert_int_equal(kept->stream->width, SIDE);
	assert_int_equal(shmflip_frame_publish(lent), -ESTALE);
	assert_int_equal(shmflip_frame_reuse(kept), -ESTALE);
	shmflip_producer_close(producer);
	assert_int_equal(square_value(lent), 2);
	shmflip_frame_release(lent);
	assert_int_equal(square_value(kept), 1);
	shmflip_frame_release(kept);
}

static void frames_outlive_their_viewer(void **state)
{
	struct shmflip_producer *producer = create(SHMFLIP_POLICY_LATEST, 4, -1);
	struct shmflip_viewer *viewer = attach_viewer(SHMFLIP_VIEW_AUTO);
	const struct shmflip_frame *held[2];
	uint32_t viewers;

	(void)state;
	for (uint32_t i = 0; i < 2; i++) {
		assert_int_equal(publish_square(producer, i + 1, 0), 0);
		held[i] = acquire(viewer);
	}
	shmflip_viewer_close(viewer);
	assert_int_equal(shmflip_producer_viewers(producer, &viewers), 0);
	assert_int_equal(viewers, 0);
	for (uint32_t i = 10; i < 30; i++)
		assert_int_equal(publish_square(producer, i, 0), 0);
	assert_int_equal(square_value(held[0]), 1);
	shmflip_producer_close(producer);
	for (uint32_t i = 0; i < 2; i++) {
		assert_int_equal(square_value(held[i]), i + 1);
		assert_int_equal(held[i]->sequence, i + 1);
		assert_int_equal(held[i]->stream->rate_num, 30);
		assert_int_equal(shmflip_frame_segment(held[i])->offset_bytes[0] % LAYOUT_PAGE, 0);
		shmflip_frame_release(held[i]);
	}
}

/* The slot of a frame that a closed viewer holds is free as soon as the frame is released. */
static void release_after_close_frees_the_slot(void **state)
{
	struct shmflip_producer *producer = create(SHMFLIP_POLICY_LATEST, 2, -1);
	struct shmflip_viewer *viewer = attach_viewer(SHMFLIP_VIEW_AUTO);
	const struct shmflip_frame *held;

	(void)state;
	assert_int_equal(publish_square(producer, 1, 0), 0);
	held = acquire(viewer);
	shmflip_viewer_close(viewer);
	assert_int_equal(publish_square(producer, 2, 0), 0);
	assert_int_equal(publish_square(producer, 3, 0), -EAGAIN);
	shmflip_frame_release(held);
	assert_int_equal(publish_square(producer, 3, 0), 0);
	shmflip_producer_close(producer);
}

/* ---- Discarded ---- */

static void release_without_publishing_discards(void **state)
{
	struct shmflip_producer *producer = create(SHMFLIP_POLICY_LATEST, 2, 0);
	struct shmflip_viewer *viewer = attach_viewer(SHMFLIP_VIEW_AUTO);
	const struct shmflip_frame *frame;

	(void)state;
	assert_int_equal(publish_square(producer, 1, 0), 0);
	for (uint32_t i = 0; i < 10; i++)
		shmflip_frame_release(loan_square(producer, 99));
	assert_takes(viewer, 1, 0);
	assert_int_equal(shmflip_viewer_acquire(viewer, &frame, 0), -EAGAIN);
	assert_int_equal(publish_square(producer, 2, 0), 0);
	frame = acquire(viewer);
	assert_int_equal(frame->sequence, 2);
	assert_int_equal(square_value(frame), 2);
	shmflip_frame_release(frame);
	assert_counts(viewer, 2, 0);
	assert_int_equal(producer_counts(producer).discarded, 10);
	assert_int_equal(producer_counts(producer).published, 2);
	shmflip_viewer_close(viewer);
	shmflip_producer_close(producer);
}

/* ---- Kept ---- */

static void published_frame_is_kept_until_its_release(void **state)
{
	struct shmflip_producer *producer = create(SHMFLIP_POLICY_LATEST, 3, 0);
	struct shmflip_viewer *viewer = attach_viewer(SHMFLIP_VIEW_AUTO);
	struct shmflip_frame *kept = keep_square(producer, 7);
	const uint8_t *pixels = kept->plane[0].pixels;
	struct shmflip_frame *frames[2];

	(void)state;
	assert_int_equal(kept->sequence, 1);
	for (uint32_t i = 1; i <= 100; i++) {
		struct shmflip_frame *frame = loan_square(producer, 100 + i);

		assert_ptr_not_equal(frame->plane[0].pixels, pixels);
		assert_int_equal(shmflip_frame_publish(frame), 0);
		shmflip_frame_release(frame);
		assert_int_equal(square_value(kept), 7);
		assert_takes(viewer, 100 + i, 0);
	}
	shmflip_frame_release(kept);
	for (uint32_t i = 0; i < 2; i++)
		frames[i] = loan_square(producer, i);
	assert_true(frames[0]->plane[0].pixels == pixels || frames[1]->plane[0].pixels == pixels);
	for (uint32_t i = 0; i < 2; i++)
		shmflip_frame_release(frames[i]);
	shmflip_viewer_close(viewer);
	shmflip_producer_close(producer);
}

static void caller_with_all_slots_does_not_wait_for_itself(void **state)
{
	struct shmflip_producer *producer = create(SHMFLIP_POLICY_LOSSLESS, 4, -1);
	struct shmflip_frame *out[4], *none = NULL;

	(void)state;
	out[0] = loan_square(producer, 0);
	out[1] = keep_square(producer, 1);
	/* The newest frame's slot counts once, kept or not. */
	out[2] = keep_square(producer, 2);
	out[3] = loan_square(producer, 3);
	assert_int_equal(shmflip_producer_loan(producer, &none, -1), -ENOBUFS);
	assert_true(*shmflip_error_detail());
	assert_null(none);
	shmflip_frame_release(out[2]);
	assert_int_equal(shmflip_producer_loan(producer, &none, -1), -ENOBUFS);
	shmflip_frame_release(out[1]);
	out[1] = loan_square(producer, 4);
	assert_int_equal(shmflip_producer_loan(producer, &none, -1), -ENOBUFS);
	shmflip_frame_release(out[0]);
	shmflip_frame_release(out[1]);
	shmflip_frame_release(out[3]);
	shmflip_producer_close(producer);
}

/* ---- Lent again ---- */

static void kept_frame_is_published_again(void **state)
{
	struct shmflip_producer *producer = create(SHMFLIP_POLICY_LATEST, 3, 0);
	struct shmflip_viewer *viewer = attach_viewer(SHMFLIP_VIEW_AUTO);
	struct shmflip_frame *kept = loan_square(producer, 7);
	const struct shmflip_frame *held;
	const uint8_t *pixels = kept->plane[0].pixels;

	(void)state;
	assert_int_equal(shmflip_frame_reuse(kept), -EINVAL);
	kept->presentation_ns = 77;
	kept->source = "again";
	assert_int_equal(shmflip_frame_publish(kept), 0);
	assert_int_equal(shmflip_frame_reuse(kept), -EAGAIN);
	held = acquire(viewer);
	assert_int_equal(publish_square(producer, 8, 0), 0);
	assert_int_equal(shmflip_frame_reuse(kept), -EAGAIN);
	assert_null(shmflip_frame_writable(kept, 0));
	shmflip_frame_release(held);
	assert_int_equal(shmflip_frame_reuse(kept), 0);
	assert_int_equal(shmflip_frame_reuse(kept), -EINVAL);
	assert_ptr_equal(shmflip_frame_writable(kept, 0), pixels);
	assert_int_equal(kept->presentation_ns, 77);
	assert_int_equal(shmflip_frame_publish(kept), 0);
	assert_int_equal(kept->sequence, 3);
	held = acquire(viewer);
	assert_int_equal(held->sequence, 3);
	assert_int_equal(square_value(held), 7);
	assert_int_equal(held->presentation_ns, 77);
	assert_string_equal(held->source, "again");
	shmflip_frame_release(held);
	shmflip_frame_release(kept);
	assert_counts(viewer, 2, 1);
	shmflip_viewer_close(viewer);
	shmflip_producer_close(producer);
}

/* Viewers never see the frame while it is lent again. */
static void frame_lent_again_can_be_discarded(void **state)
{
	struct shmflip_producer *producer = create(SHMFLIP_POLICY_LATEST, 3, 0);
	struct shmflip_frame *kept = keep_square(producer, 7);
	struct shmflip_viewer *viewer;

	(void)state;
	assert_int_equal(publish_square(producer, 8, 0), 0);
	assert_int_equal(shmflip_frame_reuse(kept), 0);
	fill_square(kept, 9);
	shmflip_frame_release(kept);
	viewer = attach_viewer(SHMFLIP_VIEW_AUTO);
	assert_takes(viewer, 8, 1000);
	assert_int_equal(publish_square(producer, 10, 0), 0);
	assert_takes(viewer, 10, 1000);
	assert_counts(viewer, 2, 0);
	shmflip_viewer_close(viewer);
	shmflip_producer_close(producer);
}

/* ---- A change of stream with frames out ---- */

static void frames_survive_a_change_of_stream(void **state)
{
	struct shmflip_producer *producer = create(SHMFLIP_POLICY_LATEST, 4, 0);
	struct shmflip_viewer *viewer = attach_viewer(SHMFLIP_VIEW_AUTO);
	struct shmflip_frame *kept = keep_square(producer, 1), *lent = loan_square(producer, 2);
	struct shmflip_frame *copy;
	const struct shmflip_frame *held = acquire(viewer);
	struct shmflip_stream stream = square_stream(6);

	(void)state;
	assert_int_equal(shmflip_producer_configure(producer, &stream), 0);
	assert_int_equal(producer_counts(producer).generations, 2);
	assert_int_equal(shmflip_frame_publish(lent), -ESTALE);
	assert_int_equal(shmflip_frame_publish(lent), -ESTALE);
	assert_int_equal(shmflip_frame_reuse(kept), -ESTALE);
	assert_int_equal(square_value(lent), 2);
	copy = loan_square(producer, 0);
	memcpy(shmflip_frame_writable(copy, 0), lent->plane[0].pixels, SQUARE_BYTES);
	assert_int_equal(shmflip_frame_publish(copy), 0);
	assert_int_equal(copy->sequence, 2);
	shmflip_frame_release(copy);
	assert_takes(viewer, 2, 1000);
	for (uint32_t i = 10; i < 20; i++)
		assert_int_equal(publish_square(producer, i, 0), 0);
	assert_int_equal(square_value(held), 1);
	assert_int_equal(square_value(kept), 1);
	assert_int_equal(square_value(lent), 2);
	assert_int_equal(kept->stream->slots, 4);
	assert_int_equal(shmflip_viewer_channel(viewer)->slots, 6);
	shmflip_frame_release(lent);
	shmflip_frame_release(kept);
	shmflip_frame_release(held);
	shmflip_viewer_close(viewer);
	shmflip_producer_close(producer);
}

static void same_stream_changes_nothing(void **state)
{
	struct shmflip_producer *producer = create(SHMFLIP_POLICY_LATEST, 4, 0);
	struct shmflip_stream same = square_stream(0);
	struct shmflip_frame *lent = loan_square(producer, 1);

	(void)state;
	assert_int_equal(shmflip_producer_configure(producer, &same), 0);
	same.fourcc = SHMFLIP_XRGB8888;
	same.slots = 4;
	same.slot_bytes = 1; /* less than a frame needs */
	assert_int_equal(shmflip_producer_configure(producer, &same), 0);
	assert_int_equal(producer_counts(producer).generations, 1);
	assert_int_equal(shmflip_frame_publish(lent), 0);
	shmflip_frame_release(lent);
	same.rate_num = 25;
	assert_int_equal(shmflip_producer_configure(producer, &same), 0);
	assert_int_equal(producer_counts(producer).generations, 2);
	shmflip_producer_close(producer);
}

static void bad_streams_leave_the_old_one(void **state)
{
	struct shmflip_producer *producer = create(SHMFLIP_POLICY_LATEST, 4, 0);
	struct shmflip_frame *lent = loan_square(producer, 1);
	struct shmflip_stream bad = square_stream(65);

	(void)state;
	assert_int_equal(shmflip_producer_configure(producer, &bad), -EINVAL);
	bad = square_stream(2);
	bad.width = 0;
	assert_int_equal(shmflip_producer_configure(producer, &bad), -EINVAL);
	bad = square_stream(2);
	bad.height = 0;
	assert_int_equal(shmflip_producer_configure(producer, &bad), -EINVAL);
	bad.width = 0;
	bad.slot_bytes = 0;
	assert_int_equal(shmflip_producer_configure(producer, &bad), -EINVAL);
	bad = square_stream(2);
	bad.width = bad.height = 0x30000000;
	assert_int_equal(shmflip_producer_configure(producer, &bad), -EOVERFLOW);
	bad = square_stream(2);
	bad.aspect_num = 4;
	assert_int_equal(shmflip_producer_configure(producer, &bad), -EINVAL);
	bad = square_stream(2);
	bad.frame_metadata_bytes = SHMFLIP_FRAME_METADATA_MAX + 1;
	assert_int_equal(shmflip_producer_configure(producer, &bad), -EINVAL);
	bad = square_stream(2);
	bad.colour.range = 3;
	assert_int_equal(shmflip_producer_configure(producer, &bad), -EINVAL);
	assert_int_equal(producer_counts(producer).generations, 1);
	assert_int_equal(shmflip_frame_publish(lent), 0);
	shmflip_frame_release(lent);
	shmflip_producer_close(producer);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_DIRECTORY(frames_outlive_their_producer),
		WITH_DIRECTORY(frames_outlive_their_viewer),
		WITH_DIRECTORY(release_after_close_frees_the_slot),
		WITH_DIRECTORY(release_without_publishing_discards),
		WITH_DIRECTORY(published_frame_is_kept_until_its_release),
		WITH_DIRECTORY(caller_with_all_slots_does_not_wait_for_itself),
		WITH_DIRECTORY(kept_frame_is_published_again),
		WITH_DIRECTORY(frame_lent_again_can_be_discarded),
		WITH_DIRECTORY(frames_survive_a_change_of_stream),
		WITH_DIRECTORY(same_stream_changes_nothing),
		WITH_DIRECTORY(bad_streams_leave_the_old_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
