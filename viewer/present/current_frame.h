/* SPDX-License-Identifier: MIT
 *
 * The current picture of a presenter that reads pixels in this process: that of a frame that it
 * holds, or the copy of a frame that it has released.
 *
 * A presenter whose state starts with a struct current_frame uses the functions that take a state
 * as its own: see struct presenter. Zero-initialise all but host. Main thread. */
#ifndef SHMFLIP_VIEWER_PRESENT_CURRENT_FRAME_H
#define SHMFLIP_VIEWER_PRESENT_CURRENT_FRAME_H

#include <stdbool.h>
#include <stdint.h>

#include "geometry.h"
#include "picture.h"

struct presenter_host;

struct current_frame {
	struct presenter_host *host;
	struct picture picture;
	bool held; /* the picture is not a copy of this presenter's */
	uint32_t *copy;
};

/* Call when a picture is on screen: reports its frame unless it is a copy, holds it, and releases
 * the last one. */
void current_frame_replace(struct current_frame *current, const struct picture *picture);

/* Copies the pixels first. -ENOMEM, with the reason in host. */
int current_frame_release_slot(void *state);
int current_frame_read(void *state, struct area area, uint32_t *pixels);
bool current_frame_take_back(void *state, struct picture *picture);

void current_frame_finish(struct current_frame *current);

#endif
