/* SPDX-License-Identifier: MIT
 *
 * For tests of the public handles: a producer and viewers of the channel "test", in the directory
 * of make_directory(). */
#ifndef SHMFLIP_TEST_HANDLES_H
#define SHMFLIP_TEST_HANDLES_H

#include "support.h"

#include <fcntl.h>

#include "layout.h"
#include "shmflip.h"

#define WITH_DIRECTORY(test) cmocka_unit_test_setup_teardown(test, make_directory, remove_directory)

static inline struct shmflip_producer *create(uint32_t policy, uint32_t slots, int64_t lease_ms)
{
	struct shmflip_stream stream = square_stream(slots);
	struct shmflip_producer_options options;
	struct shmflip_producer *producer = NULL;
	int error;

	shmflip_init(&options);
	options.channel = "test";
	options.policy = policy;
	options.lease_ms = lease_ms;
	error = shmflip_producer_open(&options, &stream, &producer);
	if (error)
		fprintf(stderr, "open: %s\n", shmflip_error_detail());
	assert_int_equal(error, 0);
	return producer;
}

static inline struct shmflip_viewer *open_viewer(uint32_t view)
{
	struct shmflip_viewer *viewer = NULL;

	assert_int_equal(open_view(view, 0, &viewer), 0);
	return viewer;
}

static inline struct shmflip_viewer *attach_viewer(uint32_t view)
{
	struct shmflip_viewer *viewer = open_viewer(view);

	assert_int_equal(shmflip_viewer_attach(viewer, 5000), 0);
	return viewer;
}

static inline void assert_counts(struct shmflip_viewer *viewer, uint64_t acquired, uint64_t missed)
{
	struct shmflip_counts counts = viewer_counts(viewer);

	assert_int_equal(counts.acquired, acquired);
	assert_int_equal(counts.missed, missed);
	assert_int_equal(counts.published, acquired + missed);
}

/* Once, however often the viewer asks. */
static inline void assert_end_is_told_once(struct shmflip_viewer *viewer, int expected)
{
	const struct shmflip_frame *frame;

	assert_int_equal(shmflip_viewer_acquire(viewer, &frame, 1000), expected);
	assert_true(*shmflip_error_detail());
	assert_int_equal(shmflip_viewer_acquire(viewer, &frame, 0), -EAGAIN);
	assert_int_equal(shmflip_viewer_acquire(viewer, &frame, 30), -EAGAIN);
	assert_int_equal(shmflip_viewer_attach(viewer, 0), -EAGAIN);
	assert_int_equal(shmflip_viewer_wait(viewer, 30), -EAGAIN);
}

struct count_job {
	uint32_t view;
	uint64_t frames;
	int holding; /* how many frames it holds at once, up to 8 */
};

/* A viewer, for a process of its own. Returns 0 if it took its frames, whole and in order, until
 * the stream's end. */
static inline int view_until_end(void *argument)
{
	const struct count_job *job = argument;
	struct shmflip_viewer *viewer = attach_viewer(job->view);
	const struct shmflip_frame *held[8] = { NULL };
	struct shmflip_counts counts;
	uint64_t last = 0;
	int error, next = 0;

	for (;;) {
		shmflip_frame_release(held[next]);
		held[next] = NULL;
		error = shmflip_viewer_acquire(viewer, &held[next], 5000);
		if (error)
			break;
		if (square_value(held[next]) != held[next]->sequence ||
		    held[next]->sequence <= last)
			return 1;
		if (job->view == SHMFLIP_VIEW_EVERY && held[next]->sequence != last + 1)
			return 2;
		last = held[next]->sequence;
		next = (next + 1) % job->holding;
	}
	for (int i = 0; i < job->holding; i++) {
		if (held[i] && square_value(held[i]) != held[i]->sequence)
			return 3;
		shmflip_frame_release(held[i]);
	}
	counts = viewer_counts(viewer);
	shmflip_viewer_close(viewer);
	if (error != -ENODATA)
		return 4;
	return last == job->frames && counts.published == job->frames ? 0 : 5;
}

static inline struct channel_record read_channel_file(void)
{
	struct channel_record record;
	int fd = open(in_directory("test"), O_RDONLY);

	assert_true(fd >= 0);
	assert_int_equal(read(fd, &record, sizeof(record)), sizeof(record));
	close(fd);
	return record;
}

static inline void write_channel_file(const void *bytes, size_t size)
{
	int fd = open(in_directory("test"), O_WRONLY | O_TRUNC);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, size), size);
	close(fd);
}

/* A new viewer gets this error, and its detail contains word. NULL: any detail. */
static inline void assert_attach_fails(int expected, const char *word)
{
	struct shmflip_viewer *viewer = open_viewer(SHMFLIP_VIEW_AUTO);
	const struct shmflip_frame *frame;

	assert_int_equal(shmflip_viewer_acquire(viewer, &frame, 30), expected);
	if (word)
		assert_non_null(strstr(shmflip_error_detail(), word));
	shmflip_viewer_close(viewer);
}

/* The header of the producer's segment, writable. */
static inline struct layout_header *header_of(struct shmflip_producer *producer)
{
	struct shmflip_frame *frame;
	uint8_t *pixels;
	uint64_t offset;

	assert_int_equal(shmflip_producer_loan(producer, &frame, 0), 0);
	pixels = shmflip_frame_writable(frame, 0);
	offset = shmflip_frame_segment(frame)->offset_bytes[0];
	shmflip_frame_release(frame);
	return (struct layout_header *)(pixels - offset);
}

/* The record of the newest frame. */
static inline struct layout_slot *newest_record(const struct layout_header *header)
{
	return layout_record(header, &header->fixed, layout_latest_slot(header->latest));
}

#endif
