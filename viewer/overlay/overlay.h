/* SPDX-License-Identifier: MIT
 *
 * The panels of text over the picture: what each says, and where they lie. A panel is drawn when its
 * text or the room for it changes, and only while it is shown. Main thread. */
#ifndef SHMFLIP_VIEWER_OVERLAY_OVERLAY_H
#define SHMFLIP_VIEWER_OVERLAY_OVERLAY_H

#include <stdbool.h>

#include "present/scene.h"

enum overlay_panel {
	OVERLAY_STALE,  /* at the lower edge, in the middle */
	OVERLAY_INFO,   /* upper left */
	OVERLAY_NOTICE, /* upper right */
	OVERLAY_HELP,   /* in the middle */
	OVERLAY_PANELS,
};

#define OVERLAY_TEXT_SIZE 1024

struct overlay; /* opaque */

struct overlay *overlay_create(void);

/* What a panel says from now on, in one column or two; left NULL: nothing, it goes away. Whether that
 * differs from before, so that the window has to be drawn again. */
bool overlay_say(struct overlay *overlay, enum overlay_panel panel, const char *left,
                 const char *right);

/* Whether there is any to add. */
bool overlay_is_shown(const struct overlay *overlay);

/* Adds the panels to a scene whose window's size is set. scale: 1 for a screen of some 96 dpi. The
 * pixels live until the next call. */
void overlay_arrange(struct overlay *overlay, double scale, struct scene *scene);

/* Takes NULL. */
void overlay_destroy(struct overlay *overlay);

#endif
