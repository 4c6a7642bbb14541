/* SPDX-License-Identifier: MIT
 *
 * All that a presenter needs to know of how a window is to look, but for the frame itself: where the
 * picture lies, what is behind it, whether it is stale, and which panels lie over it. Made anew for
 * each drawing; what it points to lives as long as the call. */
#ifndef SHMFLIP_VIEWER_PRESENT_SCENE_H
#define SHMFLIP_VIEWER_PRESENT_SCENE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "geometry.h"

#define SCENE_PANELS_MAX 4

/* What shows beside the picture, and through it where it is transparent. */
struct background {
	bool checker;    /* squares of two greys, from the window's upper left corner */
	uint32_t colour; /* 0xRRGGBB, where there is no checker */
};

#define CHECKER_SQUARE 16 /* pixels of the window */
#define CHECKER_LIGHT 0x999999
#define CHECKER_DARK 0x666666

/* The colour of the window's pixel there, as 0xFFRRGGBB. */
uint32_t background_at(struct background background, int x, int y);

/* A stale picture is dimmed, and has a grey bar along the lower edge of the window, which marks a
 * black picture too. Panels lie over both. */
#define STALE_VEIL_ALPHA 128
#define STALE_BAR_GREY 160
#define STALE_BAR_PIXELS 6

/* A picture with text. */
struct panel {
	struct area area;       /* in the window's pixels; may stick out of it */
	const uint32_t *pixels; /* 0xFFRRGGBB, opaque; area.width to a row */
	uint64_t revision;      /* of the pixels: equal ones are the same picture, of all panels */
};

struct scene {
	struct size window; /* its size in pixels */

	/* source, a part of the frame in its pixels, fills target, in the window's. Target may stick
	 * out of the window on each side, by less than 64 pixels of the frame. */
	struct area source;
	struct area target;
	bool smooth; /* else each pixel of the window has the colour of one of the frame's */

	struct background background;
	bool stale;
	struct panel panels[SCENE_PANELS_MAX]; /* later ones lie over earlier ones */
	size_t panel_count;
};

#endif
