/* SPDX-License-Identifier: MIT
 *
 * Sizes and areas, and how large a window for a picture should be. Pure functions. Sizes are in
 * pixels, and at least 1. */
#ifndef SHMFLIP_VIEWER_PRESENT_GEOMETRY_H
#define SHMFLIP_VIEWER_PRESENT_GEOMETRY_H

#include <stdbool.h>
#include <stdint.h>

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

/* A picture's size, and how many pixels of a window are a pixel of the picture at zoom 1: one for
 * its shorter side. So no pixel is lost. */
struct extent {
	struct size size;
	double across; /* at least 1 */
	double down;   /* at least 1; one of the two is 1 */
};

/* The limit for how much longer than wide, or wider than long, a pixel is shown. */
#define PIXEL_ASPECT_MAX 16

/* The extent of a picture whose pixels have this ratio of width : height. They are square if a
 * number is 0, if the ratio is beyond PIXEL_ASPECT_MAX, or if it differs from 1 by less than
 * 1/200: that comes from rounding, and would only blur. */
struct extent geometry_extent(struct size size, uint32_t aspect_num, uint32_t aspect_den);

/* Its size at zoom 1. */
struct size geometry_actual(struct extent extent);

/* The least side of a window that is smaller than its picture: it can be held, and panels read. */
#define WINDOW_SIDE_MIN 128

/* The size for a window: the picture's, scaled down to the screen if the picture is larger. If one
 * side becomes less than WINDOW_SIDE_MIN, the window is longer there than the picture. */
struct size geometry_window(struct size picture, struct size screen);

/* Where a window lies after the shortest move that brings it onto the screen as a whole. If it is
 * too large, its upper left corner is on the screen. */
struct point geometry_moved_into(struct area window, struct area screen);

#endif
