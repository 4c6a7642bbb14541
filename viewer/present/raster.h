/* SPDX-License-Identifier: MIT
 *
 * Drawing of a scene in memory, with cairo: what the surface presenter shows, and by the same library
 * that an X server scales with. Any thread. */
#ifndef SHMFLIP_VIEWER_PRESENT_RASTER_H
#define SHMFLIP_VIEWER_PRESENT_RASTER_H

#include <stdint.h>

#include "scene.h"

struct raster {
	uint8_t *pixels; /* 0x--RRGGBB, or 0xAARRGGBB */
	struct size size;
	int stride_bytes;
};

/* What a picture's alpha means. */
enum raster_alpha {
	RASTER_OPAQUE, /* nothing */
	RASTER_STRAIGHT, /* colours are as without it; not for smooth scenes, where it would mix hidden
	                    * ones into the others */
	RASTER_PREMULTIPLIED, /* colours have been multiplied by it */
};

/* Draws the scene with this picture into a target of the window's size, which is opaque, in one go.
 * Neither overlaps the other. NULL, or what is wrong: a static text. */
const char *raster_draw_scene(const struct raster *target, const struct raster *picture,
                              enum raster_alpha alpha, const struct scene *scene);

#endif
