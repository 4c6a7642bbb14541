/* SPDX-License-Identifier: MIT
 *
 * For tests of fork(): what a process has, and what its children inherit. */
#ifndef SHMFLIP_TEST_INHERITED_H
#define SHMFLIP_TEST_INHERITED_H

#include "handles.h"

static struct shmflip_producer *producer;
static struct shmflip_viewer *viewer;
static struct shmflip_frame *lent, *kept;
static const struct shmflip_frame *acquired;

static inline void take_frames(void)
{
	viewer = attach_viewer(SHMFLIP_VIEW_NEWEST);
	assert_int_equal(shmflip_producer_loan(producer, &kept, 0), 0);
	fill_square(kept, 1);
	assert_int_equal(shmflip_frame_publish(kept), 0);
	assert_int_equal(shmflip_viewer_acquire(viewer, &acquired, 1000), 0);
	assert_int_equal(shmflip_producer_loan(producer, &lent, 0), 0);
	fill_square(lent, 2);
}

static inline void open_all(uint32_t slots)
{
	producer = create(SHMFLIP_POLICY_LATEST, slots, -1);
	take_frames();
}

static inline void release_frames(void)
{
	shmflip_frame_release(lent);
	shmflip_frame_release(kept);
	shmflip_frame_release(acquired);
}

static inline void close_handles(void)
{
	shmflip_viewer_close(viewer);
	shmflip_producer_close(producer);
}

/* In a child: returns 1 where something else happens. */
#define REQUIRE(condition)                                                                         \
	do {                                                                                       \
		if (!(condition)) {                                                                \
			fprintf(stderr, "line %d: %s\n", __LINE__, #condition);                    \
			return 1;                                                                  \
		}                                                                                  \
	} while (0)

/* Each function of the producer fails. */
static inline int use_producer(void)
{
	struct shmflip_stream stream = square_stream(5);
	struct shmflip_frame *frame = NULL;
	struct shmflip_counts counts;
	uint32_t viewers = 77;

	shmflip_init(&counts);
	REQUIRE(shmflip_producer_loan(producer, &frame, -1) == -ECHILD && !frame);
	REQUIRE(shmflip_producer_configure(producer, &stream) == -ECHILD);
	REQUIRE(shmflip_producer_end(producer, 0) == -ECHILD);
	REQUIRE(shmflip_producer_viewers(producer, &viewers) == -ECHILD && viewers == 77);
	REQUIRE(shmflip_producer_wait_viewers(producer, 1, -1) == -ECHILD);
	REQUIRE(shmflip_producer_counts(producer, &counts) == -ECHILD);
	shmflip_producer_count_dropped(producer);
	return 0;
}

#endif
