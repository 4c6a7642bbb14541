/* SPDX-License-Identifier: MIT
 *
 * The layout of segment and files: sizes, versions, and what a reader refuses. */
#include "support.h"

#include "layout.h"

static struct layout_fixed good_header(uint64_t *segment_bytes)
{
	struct layout_fixed fixed = {
		.slots = 3,
		.slot_bytes = 5000,
		.frame_metadata_bytes = 256,
		.stream_bytes = sizeof(struct layout_stream),
		.policy = SHMFLIP_POLICY_LATEST,
		.backing = LAYOUT_SYSV,
		.producer = 1,
		.generation = 1,
		.first_frame = 1,
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
	assert_int_equal(fixed.mark.bytes, sizeof(struct layout_header));
	assert_int_equal(fixed.record_bytes, sizeof(struct layout_slot));
	assert_int_equal(fixed.slot_bytes, 8192);
	assert_int_equal(fixed.pixels_offset, 4096);
	assert_int_equal(bytes, 4096 + 3 * 8192);
	fixed.slots = SHMFLIP_SLOTS_MAX;
	assert_int_equal(layout_compute(&fixed, &bytes), 0);
	assert_int_equal(fixed.pixels_offset, 53248);
	assert_int_equal(bytes, 53248 + 64 * 8192);
}

/* Metadata counts, for each frame and for the stream. */
static void metadata_has_room_before_the_pixels(void **state)
{
	uint64_t bytes;
	struct layout_fixed fixed = good_header(&bytes);

	(void)state;
	fixed.frame_metadata_bytes = SHMFLIP_FRAME_METADATA_MAX;
	fixed.stream_bytes = sizeof(struct layout_stream) + SHMFLIP_STREAM_METADATA_MAX;
	assert_int_equal(layout_compute(&fixed, &bytes), 0);
	assert_true(layout_stream_offset(&fixed) >=
	            layout_metadata_offset(&fixed, 2) + SHMFLIP_FRAME_METADATA_MAX);
	assert_true(fixed.pixels_offset >= layout_stream_offset(&fixed) + fixed.stream_bytes);
	assert_int_equal(fixed.pixels_offset % LAYOUT_PAGE, 0);
	assert_int_equal(layout_check_segment(&fixed, bytes), 0);
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
	uint64_t bytes, good_bytes;
	const struct layout_fixed good = good_header(&good_bytes);

	(void)state;
	bytes = 42;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct layout_fixed fixed = good;

		fixed.slots = bad[i].slots;
		fixed.slot_bytes = bad[i].slot_bytes;
		assert_int_equal(layout_compute(&fixed, &bytes), bad[i].error);
	}
	assert_int_equal(bytes, 42);
}

#define ASSERT_WITH(field, value, error)                                                           \
	do {                                                                                       \
		struct layout_fixed bad_ = good;                                                   \
		bad_.field = (value);                                                              \
		assert_int_equal(layout_check_segment(&bad_, bytes), error);                       \
	} while (0)

static void header_is_checked_against_its_segment(void **state)
{
	uint64_t bytes;
	const struct layout_fixed good = good_header(&bytes);

	(void)state;
	assert_int_equal(layout_check_segment(&good, bytes), 0);
	assert_int_equal(layout_check_segment(&good, bytes + 1), 0);
	assert_int_equal(layout_check_segment(&good, bytes - 1), -EPROTO);
	ASSERT_WITH(mark.magic[0], 'S', -EPROTO);
	ASSERT_WITH(pixels_offset, 0, -EPROTO);
	ASSERT_WITH(pixels_offset, good.pixels_offset + 1, -EPROTO);
	ASSERT_WITH(pixels_offset, good.pixels_offset + LAYOUT_PAGE, -EPROTO);
	ASSERT_WITH(pixels_offset, UINT64_MAX, -EPROTO);
	ASSERT_WITH(pixels_offset, UINT64_MAX - 4095, -EPROTO);
	ASSERT_WITH(slot_bytes, good.slot_bytes + 1, -EPROTO);
	ASSERT_WITH(slot_bytes, UINT64_MAX - 4095, -EPROTO);
	ASSERT_WITH(slot_bytes, UINT64_C(1) << 62, -EPROTO);
	ASSERT_WITH(slot_bytes, 0, -EPROTO);
	ASSERT_WITH(slots, 0, -EPROTO);
	ASSERT_WITH(slots, 1, -EPROTO);
	ASSERT_WITH(slots, 4, -EPROTO);
	ASSERT_WITH(slots, 65, -EPROTO);
	ASSERT_WITH(slots, UINT32_MAX, -EPROTO);
	ASSERT_WITH(policy, 0, -EPROTO);
	ASSERT_WITH(policy, 3, -EPROTO);
	ASSERT_WITH(first_frame, 0, -EPROTO);
	ASSERT_WITH(first_frame, LAYOUT_FRAME_END, -EPROTO);
	ASSERT_WITH(first_frame, UINT64_MAX, -EPROTO);
}

/* The parts between the header and the pixels. */
static void parts_of_the_segment_are_checked(void **state)
{
	uint64_t bytes;
	const struct layout_fixed good = good_header(&bytes);

	(void)state;
	ASSERT_WITH(mark.bytes, 0, -EPROTO);
	ASSERT_WITH(mark.bytes, sizeof(struct layout_header) - 1, -EPROTO);
	ASSERT_WITH(mark.bytes, sizeof(struct layout_header) - 64, -EPROTO);
	ASSERT_WITH(mark.bytes, sizeof(struct layout_header) + 1, -EPROTO);
	ASSERT_WITH(mark.bytes, UINT32_MAX - 63, -EPROTO);
	ASSERT_WITH(record_bytes, 0, -EPROTO);
	ASSERT_WITH(record_bytes, sizeof(struct layout_slot) - 64, -EPROTO);
	ASSERT_WITH(record_bytes, sizeof(struct layout_slot) + 1, -EPROTO);
	ASSERT_WITH(record_bytes, UINT32_MAX - 63, -EPROTO);
	ASSERT_WITH(frame_metadata_bytes, UINT32_MAX - 7, -EPROTO);
	ASSERT_WITH(frame_metadata_bytes, 1024, -EPROTO);
	ASSERT_WITH(frame_metadata_bytes, 257, -EPROTO);
	ASSERT_WITH(frame_metadata_bytes, SHMFLIP_FRAME_METADATA_MAX + 8, -EPROTO);
	ASSERT_WITH(stream_bytes, 0, -EPROTO);
	ASSERT_WITH(stream_bytes, sizeof(struct layout_stream) - 8, -EPROTO);
	ASSERT_WITH(stream_bytes, 4096, -EPROTO);
	ASSERT_WITH(stream_bytes, UINT32_MAX, -EPROTO);
}

/* ---- Later and earlier libraries ---- */

/* A later library writes longer structures, and offers features that readers may ignore. */
static void longer_structures_are_accepted(void **state)
{
	uint64_t bytes;
	struct layout_fixed fixed = good_header(&bytes);

	(void)state;
	fixed.mark.bytes += 64;
	fixed.record_bytes += 128;
	fixed.features_optional = UINT32_MAX;
	fixed.pixels_offset += LAYOUT_PAGE;
	assert_int_equal(layout_check_segment(&fixed, bytes + LAYOUT_PAGE), 0);
	assert_int_equal(layout_check_segment(&fixed, bytes + LAYOUT_PAGE - 1), -EPROTO);
	/* Longer records reach beyond the pixels' start. */
	fixed.record_bytes = 4096;
	assert_int_equal(layout_check_segment(&fixed, bytes + LAYOUT_PAGE), -EPROTO);
}

static void assert_detail(const char *word)
{
	if (!strstr(shmflip_error_detail(), word))
		fail_msg("\"%s\" does not say \"%s\"", shmflip_error_detail(), word);
}

static void unknown_features_are_refused(void **state)
{
	uint64_t bytes;
	const struct layout_fixed good = good_header(&bytes);

	(void)state;
	for (int bit = 0; bit < 32; bit++)
		if (!(LAYOUT_FEATURES_KNOWN >> bit & 1))
			ASSERT_WITH(features_required, UINT32_C(1) << bit, -EPROTONOSUPPORT);
	assert_detail("feature");
	ASSERT_WITH(backing, 0, -EPROTONOSUPPORT);
	ASSERT_WITH(backing, 2, -EPROTONOSUPPORT);
}

/* Also if everything else in it is unlike this version's. */
static void other_versions_are_reported(void **state)
{
	static const uint32_t versions[] = { 0, 1, 3, 77 };
	struct channel_record channel = { .producer = 1, .generation = 1 };
	struct lock_record lock = { .generation = 1 };
	struct layout_fixed segment = { .slots = 99 };
	char name[16];

	(void)state;
	layout_mark_channel(&channel.mark);
	layout_mark_lock(&lock.mark);
	layout_mark_segment(&segment.mark);
	channel.mark.bytes = lock.mark.bytes = segment.mark.bytes = 40;
	for (size_t i = 0; i < sizeof(versions) / sizeof(versions[0]); i++) {
		channel.mark.version = lock.mark.version = segment.mark.version = versions[i];
		snprintf(name, sizeof(name), "version %u", versions[i]);
		assert_int_equal(layout_check_channel(&channel, 40, "here"), -EPROTONOSUPPORT);
		assert_detail(name);
		assert_detail("speaks version 2");
		assert_int_equal(layout_check_lock(&lock, 40, "here"), -EPROTONOSUPPORT);
		assert_detail(name);
		assert_detail("speaks version 2");
		assert_int_equal(layout_check_segment(&segment, 4096), -EPROTONOSUPPORT);
		assert_detail(name);
		assert_detail("speaks version 2");
	}
}

static void files_are_checked(void **state)
{
	struct channel_record channel = { .producer = 5, .generation = 7 }, bad;
	struct lock_record lock = { .generation = 1 };

	(void)state;
	layout_mark_channel(&channel.mark);
	layout_mark_lock(&lock.mark);
	assert_int_equal(layout_check_channel(&channel, sizeof(channel), "here"), 0);
	assert_int_equal(layout_check_channel(&channel, sizeof(channel) - 1, "here"), -EPROTO);
	assert_int_equal(layout_check_lock(&lock, sizeof(lock), "here"), 0);
	assert_int_equal(layout_check_lock(&lock, sizeof(lock) - 1, "here"), -EPROTO);
	bad = channel;
	bad.producer = 8;
	assert_int_equal(layout_check_channel(&bad, sizeof(bad), "here"), -EPROTO);
	bad.producer = 0;
	assert_int_equal(layout_check_channel(&bad, sizeof(bad), "here"), -EPROTO);
	bad = channel;
	bad.segment_id = -1;
	assert_int_equal(layout_check_channel(&bad, sizeof(bad), "here"), -EPROTO);
	lock.generation = LAYOUT_GENERATION_END;
	assert_int_equal(layout_check_lock(&lock, sizeof(lock), "here"), -EPROTO);
	/* A later library's are longer. Only as many bytes as are known are read. */
	channel.mark.bytes += 16;
	assert_int_equal(layout_check_channel(&channel, sizeof(channel), "here"), 0);
	lock.generation = 1;
	lock.mark.bytes += 16;
	assert_int_equal(layout_check_lock(&lock, sizeof(lock), "here"), 0);
	channel.mark.bytes = sizeof(channel) - 8;
	assert_int_equal(layout_check_channel(&channel, sizeof(channel), "here"), -EPROTO);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(layout_aligns_to_pages),
		cmocka_unit_test(metadata_has_room_before_the_pixels),
		cmocka_unit_test(impossible_layouts_are_refused),
		cmocka_unit_test(header_is_checked_against_its_segment),
		cmocka_unit_test(parts_of_the_segment_are_checked),
		cmocka_unit_test(longer_structures_are_accepted),
		cmocka_unit_test(unknown_features_are_refused),
		cmocka_unit_test(other_versions_are_reported),
		cmocka_unit_test(files_are_checked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
