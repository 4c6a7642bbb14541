/* SPDX-License-Identifier: MIT
 *
 * For tests of what frames say: a producer of squares whose slots have room for two of them, and a
 * viewer that takes any format. */
#ifndef SHMFLIP_TEST_FIELDS_H
#define SHMFLIP_TEST_FIELDS_H

#include "handles.h"

static struct shmflip_producer *producer;
static struct shmflip_viewer *viewer;

static inline int set_up(void **state)
{
	struct shmflip_stream stream = square_stream(4);
	struct shmflip_producer_options options;

	shmflip_init(&options);
	options.channel = "test";
	stream.slot_bytes = 2 * SQUARE_BYTES;
	stream.colour = (struct shmflip_colour){ .primaries = 1, .transfer = 13, .range = 2 };
	return make_directory(state) || shmflip_producer_open(&options, &stream, &producer) ||
	       open_view(0, SHMFLIP_VIEWER_ANY_FORMAT, &viewer) ||
	       shmflip_viewer_attach(viewer, 1000);
}

static inline int tear_down(void **state)
{
	shmflip_viewer_close(viewer);
	shmflip_producer_close(producer);
	return remove_directory(state);
}

static inline struct shmflip_frame *loan(void)
{
	struct shmflip_frame *frame;

	assert_int_equal(shmflip_producer_loan(producer, &frame, 0), 0);
	return frame;
}

static inline const struct shmflip_frame *publish_and_acquire(struct shmflip_frame *lent)
{
	const struct shmflip_frame *frame;

	assert_int_equal(shmflip_frame_publish(lent), 0);
	assert_int_equal(shmflip_viewer_acquire(viewer, &frame, 1000), 0);
	return frame;
}

#define BOTH(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

#endif
