/* SPDX-License-Identifier: MIT
 *
 * Frames that show every tear: each word of the pixels, padding included, and each field of the
 * description follow from the producer's number and the frame's sequence number. No two frames
 * share a word. Any thread; nothing blocks. */
#ifndef SHMFLIP_TESTS_CRASH_FRAMES_H
#define SHMFLIP_TESTS_CRASH_FRAMES_H

#include "shmflip.h"

/* Returns the number of the producer that made the frame; never 0. */
static inline uint64_t frames_producer(const struct shmflip_frame *frame)
{
	return (uint64_t)frame->info.presentation_ns;
}

/* Describes this frame. Its size also follows from the two numbers: one row up to a whole slot. */
void frames_describe(struct shmflip_frame_info *info, uint64_t producer, uint64_t sequence,
                     uint64_t slot_bytes);

/* Writes one half, 0 or 1, of the pixels of a frame that frames_describe() described. */
void frames_draw(uint8_t *pixels, const struct shmflip_frame_info *info, uint64_t sequence,
                 int half);

/* Checks that pixels and description are all of this one frame; a torn frame is a fault. when:
 * added to the fault's line. */
void frames_check_whole(const struct shmflip_frame *frame, const char *when);

#endif
