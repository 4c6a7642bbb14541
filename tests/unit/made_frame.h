/* SPDX-License-Identifier: MIT
 *
 * Frames that no library handed out, for tests of what shows and releases them. Functions of the
 * library must not get one. */
#ifndef SHMFLIP_TEST_MADE_FRAME_H
#define SHMFLIP_TEST_MADE_FRAME_H

#include "shmflip.h"

enum { MADE_FRAMES = 1024 };

/* The same for the same number; the last 1024 differ. */
static inline const struct shmflip_frame *made_frame(uint64_t sequence)
{
	static struct shmflip_frame frames[MADE_FRAMES];
	struct shmflip_frame *frame = &frames[sequence % MADE_FRAMES];

	frame->sequence = sequence;
	return frame;
}

#endif
