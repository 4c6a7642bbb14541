/* SPDX-License-Identifier: MIT
 *
 * The picture that a presenter shows: a frame that it holds, or a copy of one that it has given back.
 * Main thread. Zero-initialise but for host. */
#ifndef SHMFLIP_VIEWER_PRESENT_CURRENT_FRAME_H
#define SHMFLIP_VIEWER_PRESENT_CURRENT_FRAME_H

#include <stdbool.h>
#include <stdint.h>

#include "geometry.h"
#include "shmflip.h"

struct presenter_host;

struct current_frame {
	struct presenter_host *host;
	struct shmflip_frame frame; /* its pixels are those of the copy, once there is one */
	bool held;
	uint8_t *copy;
};

/* Holds a frame in place of what was before. */
void current_frame_set(struct current_frame *picture, const struct shmflip_frame *frame);

/* Gives the frame back, after making a copy. -ENOMEM, with the reason in host. */
int current_frame_copy(struct current_frame *picture);

/* As struct presenter's. */
bool current_frame_take_back(struct current_frame *picture, struct shmflip_frame *frame);
int current_frame_read(const struct current_frame *picture, struct area area, uint32_t *pixels);

void current_frame_finish(struct current_frame *picture);

#endif
