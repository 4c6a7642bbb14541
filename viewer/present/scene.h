/* SPDX-License-Identifier: MIT
 *
 * How a window should look, except for the frame itself: where the picture lies, what is behind it,
 * whether it is stale, and which panels lie over it. The caller makes a scene for each drawing. The
 * data that it points to lives as long as the call. */
#ifndef SHMFLIP_VIEWER_PRESENT_SCENE_H
#define SHMFLIP_VIEWER_PRESENT_SCENE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "geometry.h"

#define SCENE_PANELS_MAX 4

/* Visible beside the picture, and through its transparent parts. */
struct background {
	bool checker;    /* squares of two greys, from the window's upper left corner */
	uint32_t colour; /* 0xRRGGBB, if there is no checker */
};

#define CHECKER_SQUARE 16 /* pixels of the window */
#define CHECKER_LIGHT 0x999999
#define CHECKER_DARK 0x666666

/* The colour of the window's pixel at x, y, as 0xFFRRGGBB. */
uint32_t background_at(struct background background, int x, int y);

/* A stale picture is dimmed. A grey bar along the lower edge of the window marks it even if it is
 * black. Panels lie over both. */
#define STALE_DIM_ALPHA 128
#define STALE_BAR_GREY 160
#define STALE_BAR_PIXELS 6

/* An image of text. */
struct panel {
	struct area area;       /* in the window's pixels; may extend beyond the window */
	const uint32_t *pixels; /* 0xFFRRGGBB, opaque; area.width pixels per row */
	uint64_t revision;      /* equal revisions, of any panels, mean equal pixels */
};

struct scene {
	struct size window; /* in pixels */

	/* Source, in the frame's pixels, is scaled to target, in the window's. Target may extend
	 * beyond the window on each side, by less than 64 pixels of the frame. */
	struct area source;
	struct area target;
	bool smooth; /* false: each pixel of the window has the colour of one pixel of the frame */

	/* The window may have lost what was drawn before: draw all of it. False: what the last
	 * scene has in common with this one is still there. */
	bool damaged;

	struct background background;
	bool stale;
	struct panel panels[SCENE_PANELS_MAX]; /* later ones lie over earlier ones */
	size_t panel_count;
};

#endif
