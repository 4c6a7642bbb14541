/* SPDX-License-Identifier: MIT
 *
 * The parts of a window that no panel covers. The picture is drawn only there, so that panels never
 * flicker. Pure functions. */
#ifndef SHMFLIP_VIEWER_PRESENT_X11_CLIP_H
#define SHMFLIP_VIEWER_PRESENT_X11_CLIP_H

#include <stddef.h>

#include "geometry.h"
#include "scene.h"

/* The most rectangles: each panel splits a rectangle into up to four. */
#define CLIP_MAX 256

_Static_assert(SCENE_PANELS_MAX <= 4, "CLIP_MAX is four to the power of the panels");

/* The part of an area within the window. A width or height of 0 means none. */
struct area clip_to_window(struct area area, struct size window);

/* Subtracts the panels from an area. The rectangles do not overlap. Returns their number. */
size_t clip_around(struct area area, const struct panel *panels, size_t count,
                   struct area rectangles[CLIP_MAX]);

#endif
