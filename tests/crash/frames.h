/* SPDX-License-Identifier: MIT
 *
 * Frames from which any tear shows: every word of pixels, padding included, and every field of the
 * description follow from the producer's number and the frame's sequence, and no two frames share a
 * word. Any thread; nothing blocks. */
#ifndef SHMFLIP_CRASH_FRAMES_H
#define SHMFLIP_CRASH_FRAMES_H

#include <stdbool.h>

#include "shmflip.h"

/* How a producer is told from those before and after it; not 0. */
static inline uint64_t frames_producer(const struct shmflip_frame *frame)
{
	return (uint64_t)frame->info.presentation_ns;
}

/* Describes this frame, of a size of its own between one row and a whole slot. */
void frames_describe(struct shmflip_frame_info *info, uint64_t producer, uint64_t sequence,
                     uint64_t slot_bytes);

/* Writes one half, 0 or 1, of the pixels of a frame described so. */
void frames_draw(uint8_t *pixels, const struct shmflip_frame_info *info, uint64_t sequence,
                 int half);

/* Whether all of it, pixels and description, is this one frame. */
bool frames_is_whole(const struct shmflip_frame *frame);

#endif
