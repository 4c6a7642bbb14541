/* SPDX-License-Identifier: MIT
 *
 * Frames that show every tear: each word of the pixels, padding included, each field of the
 * description, and the metadata follow from the producer's number and the frame's. No two frames
 * share a word. A frame that is published again has a new sequence number, and pixels that follow
 * from the number that it was drawn under. Any thread; nothing blocks. */
#ifndef SHMFLIP_TESTS_CRASH_FRAMES_H
#define SHMFLIP_TESTS_CRASH_FRAMES_H

#include <stdbool.h>

#include "shmflip.h"

/* Returns the number of the producer that made the frame; never 0. */
static inline uint64_t frames_producer(const struct shmflip_frame *frame)
{
	return (uint64_t)frame->presentation_ns;
}

/* A stream of such frames, with slots of a page or more. *producer is its metadata. */
void frames_set_stream(struct shmflip_stream *stream, struct shmflip_metadata *metadata,
                       const uint64_t *producer);

/* Describes a lent frame that is to have this sequence number. Its size also follows from the two
 * numbers: one row up to a whole slot. Adds metadata: there is room for a few items, so do not
 * describe a reused frame again and again. */
void frames_describe(struct shmflip_frame *frame, uint64_t producer, uint64_t sequence);

/* Writes one half, 0 or 1, of the pixels that frames_describe() described. */
void frames_draw(struct shmflip_frame *frame, int half);

/* Gives a reused frame, or a copy, another sequence number. The pixels stay. */
void frames_renumber(struct shmflip_frame *frame, uint64_t sequence);

/* Copies description and pixels of a frame that could not be published to a lent one. Returns
 * false if they do not fit its slot. */
bool frames_copy(struct shmflip_frame *to, const struct shmflip_frame *from);

/* Checks that pixels, description and metadata are all of this one frame; a torn frame is a fault.
 * when: added to the fault's line. */
void frames_check_whole(const struct shmflip_frame *frame, const char *when);

#endif
