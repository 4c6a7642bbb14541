/* SPDX-License-Identifier: MIT
 *
 * The current frame of a presenter that reads pixels in this process: either a frame that it holds,
 * or the copy of a frame that it has released.
 *
 * A presenter whose state starts with a struct current_frame uses the functions that take a state
 * as its own: see struct presenter. Zero-initialise all but host. Main thread. */
#ifndef SHMFLIP_VIEWER_PRESENT_CURRENT_FRAME_H
#define SHMFLIP_VIEWER_PRESENT_CURRENT_FRAME_H

#include <stdbool.h>
#include <stdint.h>

#include "geometry.h"
#include "shmflip.h"

struct presenter_host;

struct current_frame {
	struct presenter_host *host;
	struct shmflip_frame frame; /* its pixels are the copy's, if there is one */
	bool held;
	uint8_t *copy;
};

/* Call when a frame is on screen: reports it unless it is a copy, holds it, and releases the last
 * one. */
void current_frame_replace(struct current_frame *current, const struct shmflip_frame *frame);

/* Copies the frame's pixels first. -ENOMEM, with the reason in host. */
int current_frame_release_slot(void *state);
int current_frame_read(void *state, struct area area, uint32_t *pixels);
bool current_frame_take_back(void *state, struct shmflip_frame *frame);

void current_frame_finish(struct current_frame *current);

#endif
