/* SPDX-License-Identifier: MIT
 *
 * What a producer sets wrongly is refused, and the frame stays lent. */
#include "fields.h"

static void assert_refused(struct shmflip_frame *frame, int expected)
{
	int64_t before_ns = frame->published_ns;

	assert_int_equal(shmflip_frame_publish(frame), expected);
	assert_true(*shmflip_error_detail());
	assert_int_equal(frame->published_ns, before_ns);
}

#define ASSERT_REFUSED(field, value, error)                                                        \
	do {                                                                                       \
		const struct shmflip_frame before_ = *frame;                                       \
		frame->field = (value);                                                            \
		assert_refused(frame, error);                                                      \
		*frame = before_;                                                                  \
	} while (0)

static void wrong_fields_are_refused(void **state)
{
	struct shmflip_frame *frame = loan();
	const struct shmflip_frame *none;

	(void)state;
	ASSERT_REFUSED(width, 0, -EINVAL);
	ASSERT_REFUSED(height, 0, -EINVAL);
	ASSERT_REFUSED(fourcc, 0, -EINVAL);
	ASSERT_REFUSED(flags, 1 << 3, -EINVAL);
	ASSERT_REFUSED(flags, UINT32_C(1) << 31, -EINVAL);
	ASSERT_REFUSED(colour.range, 3, -EINVAL);
	ASSERT_REFUSED(orientation, 9, -EINVAL);
	ASSERT_REFUSED(colour, ((struct shmflip_colour){ .siting = 7 }), -EINVAL);
	ASSERT_REFUSED(planes, 0, -EINVAL);
	ASSERT_REFUSED(planes, 2, -EINVAL);
	ASSERT_REFUSED(planes, 5, -EINVAL);
	ASSERT_REFUSED(planes, UINT32_MAX, -EINVAL);
	assert_int_equal(shmflip_viewer_acquire(viewer, &none, 0), -EAGAIN);
	assert_int_equal(shmflip_frame_publish(frame), 0);
	shmflip_frame_release(frame);
	frame = NULL;
	assert_int_equal(shmflip_viewer_acquire(viewer, &none, 0), 0);
	shmflip_frame_release(none);
}

/* It is like what the library knows of a slot that had no frame yet. */
static void empty_frame_is_refused(void **state)
{
	struct shmflip_frame *frame = loan();

	(void)state;
	frame->fourcc = frame->planes = frame->width = frame->height = 0;
	memset(frame->plane, 0, sizeof(frame->plane));
	assert_refused(frame, -EINVAL);
	shmflip_frame_release(frame);
}

/* The difference of two times must not overflow: viewers compute a frame's age. */
static void wrong_times_are_refused(void **state)
{
	static const int64_t bad[] = { INT64_MAX, INT64_MIN + 1, LAYOUT_TIME_END,
		                       -LAYOUT_TIME_END };
	struct shmflip_frame *frame = loan();

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		ASSERT_REFUSED(captured_ns, bad[i], -EINVAL);
		ASSERT_REFUSED(presentation_ns, bad[i], -EINVAL);
		ASSERT_REFUSED(duration_ns, bad[i], -EINVAL);
		ASSERT_REFUSED(decode_ns, bad[i], -EINVAL);
	}
	frame->presentation_ns = -LAYOUT_TIME_END + 1;
	assert_int_equal(shmflip_frame_publish(frame), 0);
	shmflip_frame_release(frame);
}

static void wrong_planes_are_refused(void **state)
{
	struct shmflip_frame *frame = loan();
	const uint8_t *pixels = frame->plane[0].pixels;

	(void)state;
	ASSERT_REFUSED(plane[0].stride_bytes, 0, -EINVAL);
	ASSERT_REFUSED(plane[0].stride_bytes, SIDE * 4 - 4, -EINVAL);
	ASSERT_REFUSED(plane[0].stride_bytes, SIDE * 4 + 2, -EINVAL);
	ASSERT_REFUSED(plane[0].rows, SIDE - 1, -EINVAL);
	ASSERT_REFUSED(plane[0].rows, 0, -EINVAL);
	ASSERT_REFUSED(width, SIDE + 1, -EINVAL);
	ASSERT_REFUSED(width, 0x40000001, -EINVAL);
	ASSERT_REFUSED(height, SIDE + 1, -EINVAL);
	ASSERT_REFUSED(plane[0].stride_bytes, UINT32_MAX - 3, -EMSGSIZE);
	ASSERT_REFUSED(plane[0].stride_bytes, SIDE * 8 + 4, -EMSGSIZE);
	ASSERT_REFUSED(plane[0].rows, SIDE + 1, -EINVAL);
	ASSERT_REFUSED(plane[0].pixels, pixels + 8, -EINVAL);
	ASSERT_REFUSED(plane[0].pixels, pixels - 8, -EMSGSIZE);
	ASSERT_REFUSED(plane[0].pixels, pixels + SQUARE_BYTES + 8, -EMSGSIZE);
	ASSERT_REFUSED(plane[0].pixels, pixels + frame->slot_bytes, -EMSGSIZE);
	ASSERT_REFUSED(plane[0].pixels, NULL, -EMSGSIZE);
	/* The largest that fits. */
	frame->plane[0].stride_bytes = SIDE * 8;
	assert_int_equal(shmflip_frame_publish(frame), 0);
	shmflip_frame_release(frame);
}

static void planes_that_overlap_are_refused(void **state)
{
	struct shmflip_frame *frame = loan();
	const uint8_t *pixels = frame->plane[0].pixels;

	(void)state;
	frame->fourcc = SHMFLIP_YUV420;
	assert_int_equal(shmflip_frame_layout(frame), 0);
	assert_int_equal(frame->planes, 3);
	ASSERT_REFUSED(planes, 2, -EINVAL);
	ASSERT_REFUSED(planes, 1, -EINVAL);
	ASSERT_REFUSED(plane[1].pixels, pixels, -EINVAL);
	ASSERT_REFUSED(plane[1].pixels, frame->plane[1].pixels - 8, -EINVAL);
	ASSERT_REFUSED(plane[1].pixels, frame->plane[1].pixels + 8, -EINVAL);
	ASSERT_REFUSED(plane[2].pixels, frame->plane[2].pixels + 4, -EINVAL);
	ASSERT_REFUSED(plane[2].pixels, pixels + frame->slot_bytes - 8, -EMSGSIZE);
	ASSERT_REFUSED(plane[2].rows, SIDE / 2 - 1, -EINVAL);
	ASSERT_REFUSED(plane[1].stride_bytes, SIDE / 2 - 4, -EINVAL);
	frame->plane[2].pixels += 8;
	assert_int_equal(shmflip_frame_publish(frame), 0);
	shmflip_frame_release(frame);
}

static void frame_that_does_not_fit_keeps_its_layout(void **state)
{
	struct shmflip_frame *frame = loan();

	(void)state;
	frame->height = 3 * SIDE;
	assert_int_equal(shmflip_frame_layout(frame), -EMSGSIZE);
	assert_int_equal(frame->plane[0].rows, SIDE);
	/* A program's mistake makes the slot no larger. */
	frame->slot_bytes = UINT64_MAX;
	assert_int_equal(shmflip_frame_layout(frame), -EMSGSIZE);
	frame->width = UINT32_MAX;
	assert_int_equal(shmflip_frame_layout(frame), -EOVERFLOW);
	frame->width = 0;
	assert_int_equal(shmflip_frame_layout(frame), -EINVAL);
	frame->width = SIDE;
	frame->fourcc = 0x44434241;
	assert_int_equal(shmflip_frame_layout(frame), -EINVAL);
	frame->fourcc = SHMFLIP_XRGB8888;
	frame->height = 2 * SIDE;
	assert_int_equal(shmflip_frame_layout(frame), 0);
	assert_int_equal(frame->plane[0].rows, 2 * SIDE);
	assert_int_equal(shmflip_frame_publish(frame), 0);
	shmflip_frame_release(frame);
}

/* ---- Published, and acquired ---- */

static void published_frame_cannot_be_changed(void **state)
{
	struct shmflip_metadata item = { SHMFLIP_METADATA_USER, 0, NULL };
	struct shmflip_frame *frame = loan(), *acquired;

	(void)state;
	acquired = (struct shmflip_frame *)(uintptr_t)publish_and_acquire(frame);
	assert_int_equal(shmflip_frame_publish(frame), -EINVAL);
	assert_null(shmflip_frame_writable(frame, 0));
	assert_int_equal(shmflip_frame_layout(frame), -EINVAL);
	assert_int_equal(shmflip_frame_add_metadata(frame, &item), -EINVAL);
	assert_null(shmflip_frame_writable(acquired, 0));
	assert_int_equal(shmflip_frame_publish(acquired), -EINVAL);
	assert_int_equal(shmflip_frame_reuse(acquired), -EINVAL);
	assert_int_equal(shmflip_frame_layout(acquired), -EINVAL);
	assert_int_equal(shmflip_frame_add_metadata(acquired, &item), -EINVAL);
	assert_int_equal(producer_counts(producer).published, 1);
	shmflip_frame_release(acquired);
	shmflip_frame_release(frame);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		BOTH(wrong_fields_are_refused),
		BOTH(empty_frame_is_refused),
		BOTH(wrong_times_are_refused),
		BOTH(wrong_planes_are_refused),
		BOTH(planes_that_overlap_are_refused),
		BOTH(frame_that_does_not_fit_keeps_its_layout),
		BOTH(published_frame_cannot_be_changed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
