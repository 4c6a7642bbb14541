/* SPDX-License-Identifier: MIT
 *
 * What every case of steps.h works with: a producer and two viewers, one per view, through the
 * public API. A call must succeed at once or within the timeout; anything else is a fault. The
 * killer has one fixture, its victim another. Viewers that are NULL are left out everywhere. */
#ifndef SHMFLIP_TESTS_CRASH_FIXTURE_H
#define SHMFLIP_TESTS_CRASH_FIXTURE_H

#include <stdbool.h>

#include "shmflip.h"

enum view { NEWEST, EVERY, VIEWS };

struct crash_case;

struct fixture {
	const struct crash_case *crash_case;
	uint32_t slots;
	uint32_t policy;
	enum view victim_view; /* if the victim is a viewer */
	uint64_t number;       /* of the current producer; 0: none yet */
	uint64_t sequence;     /* of its newest frame */
	struct shmflip_producer *producer;
	struct shmflip_frame *kept; /* by the producer; NULL: none */
	struct shmflip_viewer *viewer[VIEWS];
	const struct shmflip_frame *held; /* by viewer[NEWEST]; NULL: none */
};

/* ---- The producer ---- */

void fixture_open_producer(struct fixture *fixture);
void fixture_publish(struct fixture *fixture);
void fixture_configure(struct fixture *fixture, uint64_t slot_bytes);

/* Ends the stream. The next loan begins another one. */
void fixture_end_stream(struct fixture *fixture, bool failed);

/* Opens the producer and publishes three frames. */
void fixture_start_producer(struct fixture *fixture);

/* Publishes if a slot is free. Returns whether one was. */
bool fixture_try_publish(struct fixture *fixture);

/* The two halves of fixture_publish(). */
struct shmflip_frame *fixture_loan(struct fixture *fixture);
void fixture_publish_loan(struct fixture *fixture, struct shmflip_frame *frame);

/* Publishes a frame without releasing it. */
void fixture_keep(struct fixture *fixture);

/* The two halves of publishing the kept frame again, with other pixels. begin draws half of them.
 * Returns whether the frame could be lent again; if not, it is released. */
bool fixture_begin_reuse(struct fixture *fixture);
void fixture_finish_reuse(struct fixture *fixture);

/* Closes the producer, and then releases the kept frame. Every viewer must see the end. */
void fixture_close_producer(struct fixture *fixture);

/* ---- The viewers ---- */

/* Returns an open viewer that belongs to no fixture. */
struct shmflip_viewer *fixture_new_viewer(enum view view);

void fixture_open_viewer(struct fixture *fixture, enum view view);
void fixture_attach_viewers(struct fixture *fixture);
void fixture_close_viewers(struct fixture *fixture);

/* viewer[NEWEST] takes a frame and keeps it. */
void fixture_hold_frame(struct fixture *fixture);

/* Every viewer takes the frame that was just published, and releases it. */
void fixture_take_newest(struct fixture *fixture);

/* Every viewer releases what it holds and takes the remaining frames. Then acquire must report the
 * producer's death, or, if or_end, its end. Frames of a stream that began meanwhile may come before
 * that. */
void fixture_expect_death(struct fixture *fixture, bool or_end);

/* Acquire has nothing for any viewer: neither a frame nor half a channel. */
void fixture_expect_no_frame(struct fixture *fixture);

#endif
