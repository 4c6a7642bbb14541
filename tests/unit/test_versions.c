/* SPDX-License-Identifier: MIT
 *
 * Producers of other versions of the layout, and of later libraries with this version. */
#include "handles.h"

#include <sys/shm.h>

static void assert_both_versions_are_named(uint32_t version)
{
	char words[32];

	snprintf(words, sizeof(words), "version %u", version);
	assert_attach_fails(-EPROTONOSUPPORT, words);
	assert_attach_fails(-EPROTONOSUPPORT, "version 2");
}

/* A segment of its own, without a key, marked for removal. */
static void *create_segment(size_t bytes, int *id)
{
	void *base;

	*id = shmget(IPC_PRIVATE, bytes, 0600);
	assert_true(*id >= 0);
	base = shmat(*id, NULL, 0);
	shmctl(*id, IPC_RMID, NULL);
	assert_true(base != (void *)-1);
	return base;
}

/* ---- Other versions ---- */

static void channel_of_another_version_is_refused(void **state)
{
	static const uint32_t versions[] = { 1, 3 };
	struct shmflip_producer *producer = create(SHMFLIP_POLICY_LATEST, 2, 0);
	const struct channel_record good = read_channel_file();
	const struct shmflip_status *status;

	(void)state;
	for (int i = 0; i < 2; i++) {
		struct channel_record other = good;

		other.mark.version = versions[i];
		write_channel_file(&other, sizeof(other));
		assert_both_versions_are_named(versions[i]);
		assert_int_equal(shmflip_channel_status(NULL, "test", &status), 0);
		assert_int_equal(status->state, SHMFLIP_RUNNING);
		assert_int_equal(status->error, -EPROTONOSUPPORT);
		assert_int_equal(status->channel->pid, getpid());
		assert_null(status->channel->stream);
		shmflip_status_free(status);
	}
	write_channel_file(&good, sizeof(good));
	shmflip_producer_close(producer);
}

static void segment_of_another_version_is_refused(void **state)
{
	struct shmflip_producer *producer = create(SHMFLIP_POLICY_LATEST, 2, 0);
	const struct channel_record good = read_channel_file();
	struct channel_record other = good;
	struct layout_mark *mark = create_segment(LAYOUT_PAGE, &other.segment_id);

	(void)state;
	layout_mark_segment(mark);
	mark->version = 1;
	mark->bytes = 192;
	write_channel_file(&other, sizeof(other));
	assert_both_versions_are_named(1);
	shmdt(mark);
	write_channel_file(&good, sizeof(good));
	shmflip_producer_close(producer);
}

/* ---- Later libraries ---- */

static void required_features_are_refused(void **state)
{
	struct shmflip_producer *producer = create(SHMFLIP_POLICY_LATEST, 2, 0);
	struct layout_header *header = header_of(producer);

	(void)state;
	header->fixed.features_required = UINT32_C(1) << 31;
	assert_attach_fails(-EPROTONOSUPPORT, "feature");
	header->fixed.features_required = 0;
	header->fixed.backing = 2;
	assert_attach_fails(-EPROTONOSUPPORT, "memory of a kind (2)");
	header->fixed.backing = LAYOUT_SYSV;
	assert_attach_fails(-EAGAIN, NULL);
	shmflip_producer_close(producer);
}

static void optional_features_are_ignored(void **state)
{
	struct shmflip_producer *producer = create(SHMFLIP_POLICY_LATEST, 2, 0);
	struct layout_header *header = header_of(producer);
	struct shmflip_viewer *viewer;

	(void)state;
	header->fixed.features_optional = UINT32_MAX;
	viewer = attach_viewer(SHMFLIP_VIEW_AUTO);
	assert_int_equal(publish_square(producer, 1, 0), 0);
	assert_takes(viewer, 1, 1000);
	shmflip_viewer_close(viewer);
	shmflip_producer_close(producer);
}

static void longer_channel_file_is_read(void **state)
{
	struct shmflip_producer *producer = create(SHMFLIP_POLICY_LATEST, 2, 0);
	struct {
		struct channel_record known;
		uint64_t tail;
	} longer = { .known = read_channel_file(), .tail = UINT64_MAX };
	struct shmflip_viewer *viewer;

	(void)state;
	longer.known.mark.bytes = sizeof(longer);
	write_channel_file(&longer, sizeof(longer));
	viewer = attach_viewer(SHMFLIP_VIEW_AUTO);
	shmflip_viewer_close(viewer);
	shmflip_producer_close(producer);
}

/* As the header, but with longer structures, and everything behind them moved. */
static struct layout_fixed lengthen(const struct layout_fixed *fixed)
{
	struct layout_fixed longer = *fixed;

	longer.mark.bytes += 64;
	longer.record_bytes += 192;
	longer.pixels_offset += 2 * LAYOUT_PAGE;
	return longer;
}

static void copy_to_longer(struct layout_header *to, const struct layout_header *from)
{
	const struct layout_fixed fixed = from->fixed, longer = lengthen(&fixed);
	const uint8_t *old = (const uint8_t *)from;
	uint8_t *header = (uint8_t *)to, *records = header + longer.mark.bytes;
	uint8_t *metadata = records + (size_t)longer.slots * longer.record_bytes;
	size_t metadata_bytes = (size_t)fixed.slots * fixed.frame_metadata_bytes;

	memset(header, 0xee, longer.pixels_offset);
	memcpy(header, old, fixed.mark.bytes);
	to->fixed = longer;
	for (uint32_t slot = 0; slot < fixed.slots; slot++)
		memcpy(records + (size_t)slot * longer.record_bytes,
		       old + layout_record_offset(&fixed, slot), fixed.record_bytes);
	memcpy(metadata, old + layout_metadata_offset(&fixed, 0), metadata_bytes);
	memcpy(metadata + metadata_bytes, old + layout_stream_offset(&fixed), fixed.stream_bytes);
	memcpy(header + longer.pixels_offset, old + fixed.pixels_offset,
	       fixed.slots * fixed.slot_bytes);
}

static void publish_with_metadata(struct shmflip_producer *producer)
{
	const struct shmflip_metadata item = { SHMFLIP_METADATA_USER + 1, 5, "frame" };
	struct shmflip_frame *frame;

	assert_int_equal(shmflip_producer_loan(producer, &frame, 0), 0);
	fill_square(frame, 7);
	frame->source = "later.png";
	frame->value_scale = 2;
	assert_int_equal(shmflip_frame_add_metadata(frame, &item), 0);
	assert_int_equal(shmflip_frame_publish(frame), 0);
	shmflip_frame_release(frame);
}

static void assert_frame_is_read(void)
{
	struct shmflip_viewer *viewer = attach_viewer(SHMFLIP_VIEW_AUTO);
	const struct shmflip_frame *frame;
	uint32_t bytes;

	assert_int_equal(shmflip_viewer_acquire(viewer, &frame, 1000), 0);
	assert_int_equal(square_value(frame), 7);
	assert_string_equal(frame->source, "later.png");
	assert_true(frame->value_scale == 2);
	assert_memory_equal(shmflip_frame_metadata(frame, SHMFLIP_METADATA_USER + 1, &bytes),
	                    "frame", 5);
	assert_memory_equal(shmflip_frame_metadata(frame, SHMFLIP_METADATA_USER + 2, &bytes),
	                    "stream", 6);
	shmflip_frame_release(frame);
	shmflip_viewer_close(viewer);
}

static void longer_structures_are_read(void **state)
{
	const struct shmflip_metadata item = { SHMFLIP_METADATA_USER + 2, 6, "stream" };
	struct shmflip_producer *producer = create(SHMFLIP_POLICY_LATEST, 2, 0);
	struct shmflip_stream stream = square_stream(3);
	struct channel_record good, later;
	struct layout_header *header, *copy;
	struct layout_fixed longer;

	(void)state;
	stream.metadata_count = 1;
	stream.metadata = &item;
	assert_int_equal(shmflip_producer_configure(producer, &stream), 0);
	good = later = read_channel_file();
	header = header_of(producer);
	publish_with_metadata(producer);
	assert_frame_is_read();
	longer = lengthen(&header->fixed);
	copy = create_segment(longer.pixels_offset + longer.slots * longer.slot_bytes,
	                      &later.segment_id);
	copy_to_longer(copy, header);
	write_channel_file(&later, sizeof(later));
	assert_frame_is_read();
	shmdt(copy);
	write_channel_file(&good, sizeof(good));
	shmflip_producer_close(producer);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_DIRECTORY(channel_of_another_version_is_refused),
		WITH_DIRECTORY(segment_of_another_version_is_refused),
		WITH_DIRECTORY(required_features_are_refused),
		WITH_DIRECTORY(optional_features_are_ignored),
		WITH_DIRECTORY(longer_channel_file_is_read),
		WITH_DIRECTORY(longer_structures_are_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
