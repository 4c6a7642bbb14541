/* SPDX-License-Identifier: MIT
 *
 * Frames per second, over the last second. Pure: the caller passes the times.
 *
 * Times are those at which frames were published, in every program. So all programs show the same
 * rate. Those at which frames arrive or are shown vary, and the first one is late. */
#ifndef SHMFLIP_CLI_RATE_H
#define SHMFLIP_CLI_RATE_H

#include <stdint.h>

#define RATE_SAMPLES 64

struct rate_sample {
	uint64_t frames; /* up to this one */
	int64_t published_ns;
};

/* Zero-initialise. */
struct rate {
	struct rate_sample samples[RATE_SAMPLES]; /* of the last two seconds */
	uint64_t count;                           /* samples so far */
	struct rate_sample last;
};

/* Call with each frame, or now and then with the newest: how many frames there were up to this one,
 * from any start. Leave a producer's first frame out: it is late, because decoding begins with
 * it. */
void rate_add(struct rate *rate, uint64_t frames, int64_t published_ns);

/* Whole frames over the time that they took, of about the last second. Once the next frame is
 * overdue, the rate that it would make if it came now: it never exceeds the real one.
 *
 *   -1  unknown: the frames so far span less than 0.45 s
 *   0   there was none for both two seconds and four mean intervals; the next one starts anew */
double rate_per_second(const struct rate *rate, int64_t now_ns);

#endif
