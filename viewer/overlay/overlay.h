/* SPDX-License-Identifier: MIT
 *
 * The panels of text over the picture: their text and their position. A panel is rendered only
 * while it is shown, and only when its text, the scale or the window's size has changed. Main
 * thread. */
#ifndef SHMFLIP_VIEWER_OVERLAY_OVERLAY_H
#define SHMFLIP_VIEWER_OVERLAY_OVERLAY_H

#include <stdbool.h>

#include "present/scene.h"

enum overlay_panel {
	OVERLAY_STALE,  /* middle of the lower edge */
	OVERLAY_INFO,   /* upper left */
	OVERLAY_NOTICE, /* upper right */
	OVERLAY_HELP,   /* middle */
	OVERLAY_PANELS,
};

#define OVERLAY_TEXT_SIZE 1024

struct overlay; /* opaque */

/* NULL: no memory. */
struct overlay *overlay_create(void);

/* Sets a panel's text, in one column or two. left NULL hides the panel, right NULL means one
 * column. Returns whether this is a change, after which the window must be drawn again. */
bool overlay_set_text(struct overlay *overlay, enum overlay_panel which, const char *left,
                      const char *right);

/* Whether any panel is shown. */
bool overlay_is_shown(const struct overlay *overlay);

/* Adds the shown panels to a scene whose window size is set. scale: 1 for a screen of about 96 dpi.
 * Panels lie within the window, and not over each other: one that has no place is left out. Their
 * pixels live until the next call on this overlay. */
void overlay_add_to_scene(struct overlay *overlay, double scale, struct scene *scene);

/* Ignores NULL. */
void overlay_destroy(struct overlay *overlay);

#endif
