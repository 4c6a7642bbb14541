/* SPDX-License-Identifier: MIT
 *
 * Which part of a picture a window shows, and how large. Keys and mouse move it. Pure. Sizes and
 * positions are in pixels of the picture or of the window, as stated. Sizes are at least 1. A zoom
 * is window pixels for the shorter side of a picture's pixel. */
#ifndef SHMFLIP_VIEWER_VIEWPORT_H
#define SHMFLIP_VIEWER_VIEWPORT_H

#include <stdbool.h>

#include "present/geometry.h"

#define ZOOM_MIN (1.0 / 64)
#define ZOOM_MAX 64.0

enum scale {
	SCALE_FIT,     /* as large as the window allows */
	SCALE_ACTUAL,  /* 1:1 */
	SCALE_INTEGER, /* the largest whole multiple that fits the window, else the largest 1/n */
};

struct viewport {
	enum scale scale;
	double zoom; /* chosen by the user; 0: by scale */
	double x, y; /* the picture's point in the middle of the window: 0 to 1 of each side */
};

struct placement {
	struct area source; /* of the picture */
	struct area target; /* of the window; exceeds each side by up to 64 picture pixels */
	bool smooth;
};

void viewport_init(struct viewport *viewport, enum scale scale);

double viewport_zoom(const struct viewport *viewport, struct extent picture, struct size window);

struct placement viewport_place(const struct viewport *viewport, struct extent picture,
                                struct size window);

/* Finds the pixel of the picture at a point of the window. False: there is none. */
bool viewport_find(const struct viewport *viewport, struct extent picture, struct size window,
                   struct point at, struct point *found);

/* Moves by so many steps to larger (steps > 0) or smaller zooms of ... 1/2, 3/4, 1, 3/2, 2, 3, 4
 * ... The same pixel of the picture stays at the given point of the window. */
void viewport_step(struct viewport *viewport, struct extent picture, struct size window, int steps,
                   struct point about);

/* Zooms about the middle of the window. 0: by scale. */
void viewport_set_zoom(struct viewport *viewport, double zoom);

/* Moves the picture by so many window pixels, but not past its edges. */
void viewport_pan(struct viewport *viewport, struct extent picture, struct size window,
                  struct point by);

#endif
