/* SPDX-License-Identifier: MIT
 *
 * Where the frames of a channel belong in a video of constant rate, whose time is that of their
 * publication. Pure: the caller passes times.
 *
 * All times are the caller's, also if the producer's clock differs from it by a constant, as in
 * another time namespace: timeline_place translates. */
#ifndef SHMFLIP_TOOLS_TIMELINE_H
#define SHMFLIP_TOOLS_TIMELINE_H

#include <stdbool.h>
#include <stdint.h>

struct timeline {
	double interval_ns; /* from a frame to the next */
	int64_t start_ns;   /* the time of the video's first frame */
	uint64_t frames;    /* of the video so far: the caller counts */
	int64_t delay_ns;   /* the least from publication until taking, by both clocks */
};

/* rate_num / rate_den: frames per second, above 0. */
void timeline_init(struct timeline *timeline, uint32_t rate_num, uint32_t rate_den,
                   int64_t start_ns);

/* The time of a frame, by its times of publication (the producer's clock) and of taking. The frame
 * that was taken soonest until now counts as taken at once: so neither the difference of the clocks
 * nor the age of the first frame matters. Call it for each frame, in order. */
int64_t timeline_place(struct timeline *timeline, int64_t published_ns, int64_t taken_ns);

/* How many frames are missing before a frame of this time. As in ffmpeg, 0 up to 1.1 frames: times
 * are not exact. */
uint64_t timeline_gap(const struct timeline *timeline, int64_t time_ns);

/* Whether the video has more than 1.1 frames too many for a frame of this time. */
bool timeline_is_ahead(const struct timeline *timeline, int64_t time_ns);

/* How many frames are missing if none was published until now. One less than it seems, because a
 * frame may be on its way. */
uint64_t timeline_overdue(const struct timeline *timeline, int64_t now_ns);

/* Leaves out the time up to time_ns. Returns how much that is. */
int64_t timeline_skip(struct timeline *timeline, int64_t time_ns);

/* The time of so many frames. */
int64_t timeline_length_ns(const struct timeline *timeline, uint64_t frames);

#endif
