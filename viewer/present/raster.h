/* SPDX-License-Identifier: MIT
 *
 * Draws a scene in memory with cairo, for the surface presenter. Cairo scales with pixman, as X
 * servers do. Any thread. */
#ifndef SHMFLIP_VIEWER_PRESENT_RASTER_H
#define SHMFLIP_VIEWER_PRESENT_RASTER_H

#include <stdint.h>

#include "scene.h"

struct raster {
	uint8_t *pixels; /* 0x--RRGGBB, or 0xAARRGGBB */
	struct size size;
	int stride_bytes;
};

/* What the alpha of a picture means. */
enum raster_alpha {
	RASTER_OPAQUE, /* nothing: the picture is opaque */
	/* Colours are not multiplied by alpha. Not for smooth scenes: scaling would mix the colours
	 * of transparent pixels into visible ones. */
	RASTER_STRAIGHT,
	RASTER_PREMULTIPLIED, /* colours are multiplied by alpha */
};

/* Draws the scene with this picture into target, which has the window's size and is opaque. The two
 * must not overlap. Returns NULL, or why it failed, as a static string. */
const char *raster_draw_scene(const struct raster *target, const struct raster *picture,
                              enum raster_alpha alpha, const struct scene *scene);

#endif
