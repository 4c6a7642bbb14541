/* SPDX-License-Identifier: MIT
 *
 * The picture that a presenter shows: a frame that it holds, or a copy of one that it has given back.
 * Main thread. Zero-initialise but for host. */
#ifndef VIEWER_PICTURE_H
#define VIEWER_PICTURE_H

#include <stdbool.h>
#include <stdint.h>

#include "geometry.h"
#include "shmflip.h"

struct presenter_host;

struct picture {
	struct presenter_host *host;
	struct shmflip_frame frame; /* its pixels are those of the copy, once there is one */
	bool held;
	uint8_t *copy;
};

/* Holds a frame in place of what was before. */
void picture_take(struct picture *picture, const struct shmflip_frame *frame);

/* Gives the frame back, after making a copy. -ENOMEM, with the reason in host. */
int picture_keep(struct picture *picture);

/* As struct presenter's. */
bool picture_yield(struct picture *picture, struct shmflip_frame *frame);
int picture_read(const struct picture *picture, struct area area, uint32_t *pixels);

void picture_finish(struct picture *picture);

#endif
