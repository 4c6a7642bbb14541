/* SPDX-License-Identifier: MIT
 *
 * Where the frames of a channel belong in a video of constant rate, whose time is that of their
 * publication. Pure: the caller passes times. */
#ifndef SHMFLIP_TOOLS_TIMELINE_H
#define SHMFLIP_TOOLS_TIMELINE_H

#include <stdbool.h>
#include <stdint.h>

struct timeline {
	uint32_t fps_milli;
	int64_t start_ns; /* the time of the video's first frame */
	uint64_t frames;  /* of the video so far: the caller counts */
};

/* fps_milli: at least 1. */
void timeline_init(struct timeline *timeline, uint32_t fps_milli, int64_t start_ns);

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
