/* SPDX-License-Identifier: MIT
 *
 * Sizes and areas, and how large a window for a picture should be. Pure functions. Sizes are in
 * pixels, and at least 1. */
#ifndef SHMFLIP_VIEWER_PRESENT_GEOMETRY_H
#define SHMFLIP_VIEWER_PRESENT_GEOMETRY_H

#include <stdbool.h>

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

bool size_equals(struct size a, struct size b);
bool area_equals(struct area a, struct area b);
bool area_intersects(struct area a, struct area b);

/* The least side of a window that is smaller than its picture: it can be held, and panels read. */
#define WINDOW_SIDE_MIN 128

/* The size for a window: the picture's, scaled down to the screen if the picture is larger. If one
 * side becomes less than WINDOW_SIDE_MIN, the window is longer there than the picture. */
struct size geometry_window(struct size picture, struct size screen);

/* Where a window lies after the shortest move that brings it onto the screen as a whole. If it is
 * too large, its upper left corner is on the screen. */
struct point geometry_moved_into(struct area window, struct area screen);

#endif
