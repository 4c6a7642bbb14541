/* SPDX-License-Identifier: MIT
 *
 * Which parts of a window a picture may be drawn to, so that what lies over it never flickers: those
 * that no panel covers. Pure. */
#ifndef SHMFLIP_VIEWER_PRESENT_X11_CLIP_H
#define SHMFLIP_VIEWER_PRESENT_X11_CLIP_H

#include <stddef.h>

#include "geometry.h"
#include "scene.h"

/* Rectangles at most: each panel makes up to four of one. */
#define CLIP_MAX 256

_Static_assert(SCENE_PANELS_MAX <= 4, "CLIP_MAX is four to the power of the panels");

/* The part of an area within the window; a width or height of 0: none. */
struct area clip_to_window(struct area area, struct size window);

/* Cuts the panels out of an area. The rectangles do not overlap. Returns their number. */
size_t clip_around(struct area area, const struct panel *panels, size_t count,
                   struct area rectangles[CLIP_MAX]);

#endif
