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
	struct shmflip_producer_options options = { .channel = "test",
		                                    .slots = slots,
		                                    .slot_bytes = SIDE * SIDE * 4,
		                                    .policy = policy,
		                                    .fps_milli = 30000,
		                                    .lease_ms = lease_ms };
	struct shmflip_producer *producer = NULL;
	int error = shmflip_producer_create(&options, &producer);

	if (error)
		fprintf(stderr, "create: %s\n", shmflip_error_detail());
	assert_int_equal(error, 0);
	return producer;
}

static inline struct shmflip_viewer *open_viewer(uint32_t view)
{
	struct shmflip_viewer_options options = { .channel = "test", .view = view };
	struct shmflip_viewer *viewer = NULL;

	assert_int_equal(shmflip_viewer_open(&options, &viewer), 0);
	return viewer;
}

static inline struct shmflip_viewer *attach_viewer(uint32_t view)
{
	struct shmflip_viewer *viewer = open_viewer(view);

	assert_int_equal(shmflip_viewer_wait_producer(viewer, 5000), 0);
	return viewer;
}

static inline void assert_counts(struct shmflip_viewer *viewer, uint64_t acquired, uint64_t missed)
{
	struct shmflip_viewer_stats stats;

	shmflip_viewer_stats(viewer, &stats);
	assert_int_equal(stats.acquired, acquired);
	assert_int_equal(stats.missed, missed);
	assert_int_equal(stats.published, acquired + missed);
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
	struct shmflip_frame held[8] = { 0 };
	struct shmflip_viewer_stats stats;
	uint64_t last = 0;
	int error, next = 0;

	for (;;) {
		struct shmflip_frame *frame = &held[next];

		shmflip_viewer_release(viewer, frame);
		error = shmflip_viewer_acquire(viewer, frame, 5000);
		if (error)
			break;
		if (square_value(frame) != frame->info.sequence || frame->info.sequence <= last)
			return 1;
		if (job->view == SHMFLIP_VIEW_EVERY && frame->info.sequence != last + 1)
			return 2;
		last = frame->info.sequence;
		next = (next + 1) % job->holding;
	}
	for (int i = 0; i < job->holding; i++) {
		if (held[i].hold && square_value(&held[i]) != held[i].info.sequence)
			return 3;
		shmflip_viewer_release(viewer, &held[i]);
	}
	shmflip_viewer_stats(viewer, &stats);
	shmflip_viewer_destroy(viewer);
	if (error != -ENODATA)
		return 4;
	return last == job->frames && stats.published == job->frames ? 0 : 5;
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
	struct shmflip_frame frame;

	assert_int_equal(shmflip_viewer_acquire(viewer, &frame, 30), expected);
	if (word)
		assert_non_null(strstr(shmflip_error_detail(), word));
	shmflip_viewer_destroy(viewer);
}

/* The header of the producer's segment, writable. */
static inline struct layout_header *header_of(struct shmflip_producer *producer)
{
	struct shmflip_loan loan;
	uint8_t *header;

	assert_int_equal(shmflip_producer_loan(producer, &loan, 0), 0);
	header = loan.pixels - LAYOUT_PAGE - loan.slot * loan.size_bytes;
	shmflip_producer_discard(producer, &loan);
	return (struct layout_header *)header;
}

#endif
