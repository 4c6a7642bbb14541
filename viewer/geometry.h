/* SPDX-License-Identifier: MIT
 *
 * Where a picture goes in a window, and how large a window for it should be. Pure. Sizes in pixels,
 * all at least 1. */
#ifndef VIEWER_GEOMETRY_H
#define VIEWER_GEOMETRY_H

struct size {
	int width;
	int height;
};

struct area {
	int x;
	int y;
	int width;
	int height;
};

/* The largest area of the picture's proportions in the middle of a window: the whole window where
 * the sizes are equal, and never less than 1x1. */
struct area geometry_fit(struct size picture, struct size window);

/* The size for a window: the picture's, or what fits on the screen of it. */
struct size geometry_window(struct size picture, struct size screen);

#endif
