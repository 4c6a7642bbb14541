/* SPDX-License-Identifier: MIT
 *
 * Sizes and areas, and how large a window for a picture should be. Pure. Sizes in pixels,
 * all at least 1. */
#ifndef SHMFLIP_VIEWER_PRESENT_GEOMETRY_H
#define SHMFLIP_VIEWER_PRESENT_GEOMETRY_H

struct size {
	int width;
	int height;
};

struct point {
	int x;
	int y;
};

struct area {
	int x;
	int y;
	int width;
	int height;
};

/* The size for a window: the picture's, or what fits on the screen of it. */
struct size geometry_window(struct size picture, struct size screen);

#endif
