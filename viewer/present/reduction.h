/* SPDX-License-Identifier: MIT
 *
 * A picture that is larger than a drawing library can take, made smaller for one drawing: the
 * visible part of it, at about the size at which the window shows it. Any thread. */
#ifndef SHMFLIP_VIEWER_PRESENT_REDUCTION_H
#define SHMFLIP_VIEWER_PRESENT_REDUCTION_H

#include <stdbool.h>
#include <stdint.h>

#include "picture.h"
#include "scene.h"

/* A picture and a scene that look the same as those they were made from. */
struct reduction {
	struct picture picture; /* its pixels are the reduction's */
	struct scene scene;
	uint32_t *pixels;
};

/* Whether a side of the picture is longer than side_max. */
bool reduction_is_needed(const struct picture_info *info, int side_max);

/* Makes no side longer than side_max. Where that takes fewer pixels, each is the mean of a block,
 * weighted by alpha. -ENOMEM: there is no reduction. */
int reduction_init(struct reduction *reduction, const struct picture *picture,
                   const struct scene *scene, int side_max);

void reduction_finish(struct reduction *reduction);

#endif
