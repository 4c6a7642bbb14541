/* SPDX-License-Identifier: MIT
 *
 * Drawing of a scene in memory, with cairo: what the surface presenter shows, and by the same library
 * that an X server scales with. Any thread. */
#ifndef VIEWER_CANVAS_H
#define VIEWER_CANVAS_H

#include <stdint.h>

#include "scene.h"

/* Pixels as 0x--RRGGBB, or as 0xAARRGGBB premultiplied where that matters. */
struct raster {
	uint8_t *pixels;
	struct size size;
	int stride_bytes;
};

/* Draws the scene with this picture into a target of the window's size. Neither overlaps the other.
 * NULL, or what is wrong: a static text. */
const char *canvas_draw(const struct raster *target, const struct raster *picture, bool opaque,
                        const struct scene *scene);

#endif
