/* SPDX-License-Identifier: MIT
 *
 * Which part of a picture a window shows, and how large: what keys and mouse move. Pure. Sizes and
 * positions in pixels, of the picture or of the window as said; sizes are at least 1. A zoom is
 * window pixels to a picture pixel. */
#ifndef VIEWER_VIEWPORT_H
#define VIEWER_VIEWPORT_H

#include <stdbool.h>

#include "present/geometry.h"

#define ZOOM_MIN (1.0 / 64)
#define ZOOM_MAX 64.0

enum scale {
	SCALE_FIT,     /* as large as the window allows */
	SCALE_ACTUAL,  /* 1:1 */
	SCALE_INTEGER, /* the largest whole multiple that fits the window, or a whole fraction */
};

struct viewport {
	enum scale scale;
	double zoom; /* chosen by hand; 0: by scale */
	double x, y; /* the point in the middle of the window: 0 to 1, of the picture's sides */
};

struct placement {
	struct area source; /* of the picture */
	struct area target; /* of the window, and up to 64 picture pixels beyond each side of it */
	bool smooth;
};

void viewport_init(struct viewport *viewport, enum scale scale);

double viewport_zoom(const struct viewport *viewport, struct size picture, struct size window);

struct placement viewport_place(const struct viewport *viewport, struct size picture,
                                struct size window);

/* The pixel of the picture at a point of the window; false: there is none. */
bool viewport_find(const struct viewport *viewport, struct size picture, struct size window,
                   struct point at, struct point *found);

/* Takes the next larger (steps > 0) or smaller zooms of ... 1/2, 3/4, 1, 3/2, 2, 3, 4 ..., while the
 * given point of the window stays over what it is over. */
void viewport_step(struct viewport *viewport, struct size picture, struct size window, int steps,
                   struct point about);

/* To a zoom, about the middle of the window; 0: as scale says. */
void viewport_set_zoom(struct viewport *viewport, double zoom);

/* Moves the picture by so much, as far as there is more of it to see. */
void viewport_pan(struct viewport *viewport, struct size picture, struct size window,
                  struct point by);

#endif
