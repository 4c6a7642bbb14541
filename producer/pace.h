/* SPDX-License-Identifier: MIT
 *
 * When each frame is due: absolute times, so that errors do not add up. A producer that is late
 * by more than a frame continues at its rate from there, and does not hurry to catch up. Main
 * thread. */
#ifndef SHMFLIP_PRODUCER_PACE_H
#define SHMFLIP_PRODUCER_PACE_H

#include <stdint.h>

#include "input/frame_rate.h"

struct pace {
	int64_t start_ns;       /* when frame 0 was, or would have been, due */
	struct frame_rate rate; /* none: no pace, frames are always due */
};

/* Starts a pace at which frame index is due at now_ns. */
void pace_init(struct pace *pace, struct frame_rate rate, uint64_t index, int64_t now_ns);

/* The time from frame 0 to frame index; 0 without a pace. */
int64_t pace_offset_ns(const struct pace *pace, uint64_t index);

/* When frame index is due, by CLOCK_MONOTONIC. */
int64_t pace_due_ns(const struct pace *pace, uint64_t index);

/* If frame index was due more than a frame ago, delays it and all later frames. */
void pace_catch_up(struct pace *pace, uint64_t index, int64_t now_ns);

/* Sleeps until this time; returns at once if it is past.
 * -EINTR  the program was interrupted (cli.h) */
int pace_sleep_until(int64_t time_ns);

#endif
