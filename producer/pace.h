/* SPDX-License-Identifier: MIT
 *
 * When each frame is due: by absolute times, so that no error adds up. Who is late by more than a
 * frame goes on at the asked rate from there, and does not hurry to make up for it. Main thread. */
#ifndef PRODUCER_PACE_H
#define PRODUCER_PACE_H

#include <stdint.h>

struct pace {
	int64_t start_ns;   /* when frame 0 was, or would have been, due */
	uint32_t fps_milli; /* frames in 1000 seconds; 0: no pace, and frames are always due */
};

/* Frame index is due now. */
void pace_init(struct pace *pace, uint32_t fps_milli, uint64_t index, int64_t now_ns);

/* From the start of the stream to frame index; 0 without a pace. */
int64_t pace_offset_ns(const struct pace *pace, uint64_t index);

/* When frame index is due, by CLOCK_MONOTONIC. */
int64_t pace_due_ns(const struct pace *pace, uint64_t index);

/* Puts off frame index and all behind it, if it was due more than a frame ago. */
void pace_catch_up(struct pace *pace, uint64_t index, int64_t now_ns);

/* Sleeps until this time; at once when it is past. -EINTR: the program was interrupted (cli.h). */
int pace_sleep_until(int64_t time_ns);

#endif
