/* SPDX-License-Identifier: MIT
 *
 * The size and the length of the sample animation, and the phase of a frame in its loop. */
#ifndef SHMFLIP_ANIMATION_LOOP_H
#define SHMFLIP_ANIMATION_LOOP_H

#include <math.h>

enum { ANIMATION_WIDTH = 640, ANIMATION_HEIGHT = 360, ANIMATION_FRAMES = 40 };

#define TURN (2 * (float)M_PI)

/* Returns the position of a frame in the loop, from 0 to 1. */
static inline float animation_phase(int frame)
{
	return (float)frame / ANIMATION_FRAMES;
}

#endif
