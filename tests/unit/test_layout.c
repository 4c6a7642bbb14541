/* SPDX-License-Identifier: MIT */
#include "support.h"

#include "layout.h"

static struct layout_fixed good_header(uint64_t *segment_bytes)
{
	struct layout_fixed fixed = {
		.slots = 3, .slot_bytes = 5000, .policy = SHMFLIP_POLICY_LATEST, .first_frame = 1
	};

	layout_mark_segment(&fixed.mark);
	assert_int_equal(layout_compute(&fixed, segment_bytes), 0);
	return fixed;
}

static void layout_aligns_to_pages(void **state)
{
	uint64_t bytes;
	struct layout_fixed fixed = good_header(&bytes);

	(void)state;
	assert_int_equal(fixed.slot_bytes, 8192);
	assert_int_equal(fixed.pixels_offset, 4096);
	assert_int_equal(bytes, 4096 + 3 * 8192);
	fixed.slots = SHMFLIP_SLOTS_MAX;
	assert_int_equal(layout_compute(&fixed, &bytes), 0);
	assert_int_equal(fixed.pixels_offset, 20480);
}

static void impossible_layouts_are_refused(void **state)
{
	static const struct {
		uint32_t slots;
		uint64_t slot_bytes;
		int error;
	} bad[] = {
		{ 1, 4096, -EINVAL },
		{ 65, 4096, -EINVAL },
		{ 2, 0, -EINVAL },
		{ 2, UINT64_MAX, -EOVERFLOW },
		{ 2, INT64_MAX - 4096, -EOVERFLOW },
		{ 64, UINT64_C(1) << 58, -EOVERFLOW },
		{ 64, (UINT64_C(1) << 57) - 1, -EOVERFLOW },
	};
	uint64_t bytes = 42;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct layout_fixed fixed = { .slots = bad[i].slots,
			                      .slot_bytes = bad[i].slot_bytes };

		assert_int_equal(layout_compute(&fixed, &bytes), bad[i].error);
	}
	assert_int_equal(bytes, 42);
}

static void header_is_checked_against_its_segment(void **state)
{
	uint64_t bytes;
	struct layout_fixed good = good_header(&bytes), bad;

	(void)state;
	assert_int_equal(layout_check_segment(&good, bytes), 0);
	assert_int_equal(layout_check_segment(&good, bytes + 1), 0);
	assert_int_equal(layout_check_segment(&good, bytes - 1), -EPROTO);
#define WITH(field, value)                                                                         \
	do {                                                                                       \
		bad = good;                                                                        \
		bad.field = (value);                                                               \
		assert_int_equal(layout_check_segment(&bad, bytes), -EPROTO);                      \
	} while (0)
	WITH(mark.magic[0], 'S');
	WITH(mark.bytes, 0);
	WITH(pixels_offset, 0);
	WITH(pixels_offset, UINT64_MAX);
	WITH(slot_bytes, good.slot_bytes + 1);
	WITH(slot_bytes, UINT64_MAX - 4095);
	WITH(slot_bytes, 0);
	WITH(slots, 0);
	WITH(slots, 4);
	WITH(slots, 65);
	WITH(slots, UINT32_MAX);
	WITH(policy, 0);
	WITH(policy, 3);
	WITH(first_frame, 0);
	WITH(first_frame, LAYOUT_FRAME_END);
	WITH(first_frame, UINT64_MAX);
#undef WITH
}

static void other_version_is_reported(void **state)
{
	uint64_t bytes;
	struct layout_fixed fixed = good_header(&bytes);

	(void)state;
	fixed.mark.version = 77;
	assert_int_equal(layout_check_segment(&fixed, bytes), -EPROTONOSUPPORT);
	assert_non_null(strstr(shmflip_error_detail(), "77"));
	assert_non_null(strstr(shmflip_error_detail(), "speaks 1"));
}

static void frame_is_checked_against_its_slot(void **state)
{
	static const struct {
		uint32_t width, height, stride_bytes, format;
		int error;
	} frames[] = {
		{ 4, 4, 16, SHMFLIP_FORMAT_XRGB8888, 0 },
		{ 4, 4, 16, SHMFLIP_FORMAT_ARGB8888, 0 },
		{ 1, 1, 4, SHMFLIP_FORMAT_ARGB8888, 0 },
		{ 0, 4, 16, SHMFLIP_FORMAT_XRGB8888, -EINVAL },
		{ 4, 0, 16, SHMFLIP_FORMAT_XRGB8888, -EINVAL },
		{ 4, 4, 16, 0, -EINVAL },
		{ 4, 4, 12, SHMFLIP_FORMAT_XRGB8888, -EINVAL },
		{ 4, 4, 18, SHMFLIP_FORMAT_XRGB8888, -EINVAL },
		{ UINT32_MAX, 1, 16, SHMFLIP_FORMAT_XRGB8888, -EINVAL },
		{ 0x40000001, 1, 16, SHMFLIP_FORMAT_XRGB8888, -EINVAL },
		{ 4, 5, 16, SHMFLIP_FORMAT_XRGB8888, -EMSGSIZE },
		{ 4, 4, 20, SHMFLIP_FORMAT_XRGB8888, -EMSGSIZE },
		{ 4, UINT32_MAX, 16, SHMFLIP_FORMAT_XRGB8888, -EMSGSIZE },
		{ 4, UINT32_MAX, UINT32_MAX - 3, SHMFLIP_FORMAT_XRGB8888, -EMSGSIZE },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(frames) / sizeof(frames[0]); i++) {
		struct shmflip_frame_info info = {
			.width = frames[i].width,
			.height = frames[i].height,
			.stride_bytes = frames[i].stride_bytes,
			.format = frames[i].format,
		};

		assert_int_equal(layout_check_frame(&info, 64), frames[i].error);
	}
}

/* The difference of two times must not overflow: viewers compute a frame's age. */
static void times_are_checked(void **state)
{
	static const int64_t bad[] = { INT64_MIN, INT64_MAX, LAYOUT_TIME_END, -LAYOUT_TIME_END };
	const struct shmflip_frame_info good = { .width = 4,
		                                 .height = 4,
		                                 .stride_bytes = 16,
		                                 .format = SHMFLIP_FORMAT_XRGB8888,
		                                 .presentation_ns = -1,
		                                 .published_ns = LAYOUT_TIME_END - 1 };

	(void)state;
	assert_int_equal(layout_check_frame(&good, 64), 0);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct shmflip_frame_info early = good, late = good, slow = good;

		early.presentation_ns = late.published_ns = slow.decode_ns = bad[i];
		assert_int_equal(layout_check_frame(&early, 64), -EINVAL);
		assert_int_equal(layout_check_frame(&late, 64), -EINVAL);
		assert_int_equal(layout_check_frame(&slow, 64), -EINVAL);
	}
}

static void frame_size_is_aligned_and_checked(void **state)
{
	uint32_t stride = 7;
	uint64_t size = 7;

	(void)state;
	assert_int_equal(shmflip_frame_size(0, 1, &stride, &size), -EINVAL);
	assert_int_equal(shmflip_frame_size(1, 0, &stride, &size), -EINVAL);
	assert_int_equal(shmflip_frame_size(UINT32_MAX, 1, &stride, &size), -EOVERFLOW);
	assert_int_equal(shmflip_frame_size(0x40000000, 1, &stride, &size), -EOVERFLOW);
	assert_int_equal(stride, 7);
	assert_int_equal(size, 7);
	assert_int_equal(shmflip_frame_size(1, 1, &stride, &size), 0);
	assert_int_equal(stride, 64);
	assert_int_equal(shmflip_frame_size(17, 3, &stride, &size), 0);
	assert_int_equal(stride, 128);
	assert_int_equal(size, 384);
	assert_int_equal(shmflip_frame_size(0x1fffff00, UINT32_MAX, &stride, &size), 0);
	assert_int_equal(size, UINT64_C(0x7ffffc00) * UINT32_MAX);
	assert_int_equal(shmflip_frame_size(0x3ffffff0, UINT32_MAX, &stride, &size), -EOVERFLOW);
}

static void description_survives_the_slot(void **state)
{
	struct shmflip_frame_info in = {
		.presentation_ns = 1, .published_ns = 2, .decode_ns = 3, .width = 4,
		.height = 5, .stride_bytes = 6, .format = 7, .flags = SHMFLIP_FRAME_LAST,
	}, out;
	struct layout_slot slot;

	(void)state;
	memset(in.source, 'x', sizeof(in.source));
	layout_write_info(&slot, &in);
	layout_read_info(&slot, 99, &out);
	assert_int_equal(out.sequence, 99);
	assert_int_equal(strlen(out.source), SHMFLIP_SOURCE_SIZE - 1);
	in.sequence = 99;
	in.source[sizeof(in.source) - 1] = '\0';
	assert_memory_equal(&in, &out, offsetof(struct shmflip_frame_info, source));
	assert_string_equal(in.source, out.source);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(layout_aligns_to_pages),
		cmocka_unit_test(impossible_layouts_are_refused),
		cmocka_unit_test(header_is_checked_against_its_segment),
		cmocka_unit_test(other_version_is_reported),
		cmocka_unit_test(frame_is_checked_against_its_slot),
		cmocka_unit_test(times_are_checked),
		cmocka_unit_test(frame_size_is_aligned_and_checked),
		cmocka_unit_test(description_survives_the_slot),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
