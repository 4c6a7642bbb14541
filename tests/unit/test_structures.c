/* SPDX-License-Identifier: MIT
 *
 * Structures that callers hand in: those of an older program are shorter, those of a newer one
 * longer. */
#include "handles.h"

/* As a newer header has it. */
#define LONGER(structure)                                                                          \
	struct {                                                                                   \
		struct structure known;                                                            \
		uint64_t tail[4];                                                                  \
	}

static int open_with(const struct shmflip_producer_options *options,
                     const struct shmflip_stream *stream)
{
	struct shmflip_producer *producer = NULL;
	int error = shmflip_producer_open(options, stream, &producer);

	assert_int_equal(producer != NULL, error == 0);
	shmflip_producer_close(producer);
	return error;
}

static struct shmflip_producer_options test_options(void)
{
	struct shmflip_producer_options options;

	shmflip_init(&options);
	options.channel = "test";
	return options;
}

static void sizes_must_be_set(void **state)
{
	static const size_t bad[] = { 0, 1, sizeof(size_t) - 1 };
	struct shmflip_producer *producer = create(SHMFLIP_POLICY_LATEST, 2, 0);
	struct shmflip_viewer *viewer = NULL;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct shmflip_producer_options options = test_options();
		struct shmflip_stream stream = square_stream(2);
		struct shmflip_viewer_options view = { .size = bad[i], .channel = "test" };
		struct shmflip_counts counts = { .size = bad[i] };
		struct shmflip_layout layout = { .size = bad[i] };

		options.size = bad[i];
		assert_int_equal(open_with(&options, &stream), -EINVAL);
		options.size = sizeof(options);
		stream.size = bad[i];
		assert_int_equal(open_with(&options, &stream), -EINVAL);
		assert_int_equal(shmflip_producer_configure(producer, &stream), -EINVAL);
		assert_int_equal(shmflip_viewer_open(&view, &viewer), -EINVAL);
		assert_int_equal(shmflip_producer_counts(producer, &counts), -EINVAL);
		assert_int_equal(shmflip_format_layout(SHMFLIP_R8, 1, 1, &layout), -EINVAL);
		assert_true(*shmflip_error_detail());
	}
	assert_null(viewer);
	assert_int_equal(producer_counts(producer).generations, 1);
	shmflip_producer_close(producer);
}

/* A producer that does not clean up either: nothing is done. */
static void size_of_removed_must_be_set(void **state)
{
	struct shmflip_producer *producer = create(SHMFLIP_POLICY_LATEST, 2, 0);
	struct shmflip_removed removed = { .files = 7 };
	char lock[256];

	(void)state;
	snprintf(lock, sizeof(lock), "%s", in_directory("other.lock"));
	shmflip_producer_close(producer);
	close(open(lock, O_CREAT | O_RDWR, 0600));
	assert_int_equal(shmflip_channel_clean(NULL, "other", &removed), -EINVAL);
	assert_int_equal(removed.files, 7);
	assert_int_equal(access(lock, F_OK), 0);
	shmflip_init(&removed);
	assert_int_equal(shmflip_channel_clean(NULL, "other", &removed), 0);
	assert_int_equal(removed.files, 1);
}

/* What an older program does not have is 0. */
static void fields_beyond_the_size_are_not_read(void **state)
{
	struct shmflip_producer_options options = test_options();
	struct shmflip_stream stream = square_stream(2);
	struct shmflip_viewer_options view = { .size = offsetof(struct shmflip_viewer_options,
		                                                flags),
		                               .channel = "test",
		                               .flags = UINT32_MAX };
	struct shmflip_viewer *viewer;

	(void)state;
	options.size = offsetof(struct shmflip_producer_options, policy);
	options.policy = 99;
	stream.size = offsetof(struct shmflip_stream, frame_metadata_bytes);
	stream.frame_metadata_bytes = UINT32_MAX;
	stream.metadata_count = UINT32_MAX;
	assert_int_equal(open_with(&options, &stream), 0);
	assert_int_equal(shmflip_viewer_open(&view, &viewer), 0);
	shmflip_viewer_close(viewer);
}

static void longer_options_are_accepted_if_their_end_is_zero(void **state)
{
	LONGER(shmflip_producer_options) options = { .known = test_options() };
	LONGER(shmflip_stream) stream = { .known = square_stream(2) };
	LONGER(shmflip_viewer_options) view = { .known.channel = "test" };
	struct shmflip_viewer *viewer = NULL;

	(void)state;
	options.known.size = sizeof(options);
	stream.known.size = sizeof(stream);
	view.known.size = sizeof(view);
	assert_int_equal(open_with(&options.known, &stream.known), 0);
	assert_int_equal(shmflip_viewer_open(&view.known, &viewer), 0);
	shmflip_viewer_close(viewer);
	viewer = NULL;
	((uint8_t *)&view.tail[3])[7] = 1;
	assert_int_equal(shmflip_viewer_open(&view.known, &viewer), -EINVAL);
	assert_null(viewer);
	stream.tail[0] = 1;
	assert_int_equal(open_with(&options.known, &stream.known), -EINVAL);
	stream.tail[0] = 0;
	options.tail[3] = 1;
	assert_int_equal(open_with(&options.known, &stream.known), -EINVAL);
	assert_non_null(strstr(shmflip_error_detail(), "option"));
}

static void results_are_written_up_to_their_size(void **state)
{
	struct shmflip_producer *producer = create(SHMFLIP_POLICY_LATEST, 2, 0);
	struct shmflip_viewer *viewer = attach_viewer(SHMFLIP_VIEW_AUTO);
	LONGER(shmflip_counts) longer = { .tail = { 1, 2, 3, 4 } };
	struct shmflip_counts counts;

	(void)state;
	assert_int_equal(publish_square(producer, 1, 0), 0);
	assert_takes(viewer, 1, 1000);
	memset(&counts, 0x77, sizeof(counts));
	counts.size = offsetof(struct shmflip_counts, missed);
	assert_int_equal(shmflip_viewer_counts(viewer, &counts), 0);
	assert_int_equal(counts.size, offsetof(struct shmflip_counts, missed));
	assert_int_equal(counts.published, 1);
	assert_int_equal(counts.acquired, 1);
	assert_int_equal(counts.missed, UINT64_C(0x7777777777777777));
	assert_int_equal(counts.waited_ns, INT64_C(0x7777777777777777));

	longer.known.size = sizeof(longer);
	assert_int_equal(shmflip_producer_counts(producer, &longer.known), 0);
	assert_int_equal(longer.known.size, sizeof(longer));
	assert_int_equal(longer.known.published, 1);
	/* What this library does not know is 0. */
	for (int i = 0; i < 4; i++)
		assert_int_equal(longer.tail[i], 0);
	shmflip_viewer_close(viewer);
	shmflip_producer_close(producer);
}

static void layouts_are_written_up_to_their_size(void **state)
{
	struct shmflip_layout layout;

	(void)state;
	memset(&layout, 0x77, sizeof(layout));
	layout.size = offsetof(struct shmflip_layout, rows);
	assert_int_equal(shmflip_format_layout(SHMFLIP_R8, 64, 2, &layout), 0);
	assert_int_equal(layout.bytes, 128);
	assert_int_equal(layout.stride_bytes[0], 64);
	assert_int_equal(layout.rows[0], 0x77777777);
}

static void version_is_a_number(void **state)
{
	(void)state;
	assert_int_equal(shmflip_version(), SHMFLIP_VERSION);
	assert_int_equal(SHMFLIP_VERSION, SHMFLIP_VERSION_MAJOR << 16 | SHMFLIP_VERSION_MINOR << 8 |
	                                          SHMFLIP_VERSION_PATCH);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_DIRECTORY(sizes_must_be_set),
		WITH_DIRECTORY(size_of_removed_must_be_set),
		WITH_DIRECTORY(fields_beyond_the_size_are_not_read),
		WITH_DIRECTORY(longer_options_are_accepted_if_their_end_is_zero),
		WITH_DIRECTORY(results_are_written_up_to_their_size),
		cmocka_unit_test(layouts_are_written_up_to_their_size),
		cmocka_unit_test(version_is_a_number),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
