/* SPDX-License-Identifier: MIT
 *
 * A window as the X server draws it: the picture, what is beside and behind it, the panels over it.
 * What changes from frame to frame is drawn to the window at once where no other layer lies over it,
 * and else to a copy of the window first, so nothing flickers. Panels are sent once for each
 * revision, and the picture is clipped around them: they cost a frame nothing.
 *
 * Main thread. Functions that can fail return 0 or a negative errno, with the display's reason. */
#ifndef SHMFLIP_VIEWER_PRESENT_X11_RENDERER_H
#define SHMFLIP_VIEWER_PRESENT_X11_RENDERER_H

#include <stdbool.h>

#include "scene.h"
#include "x11_image.h"

struct x11_display;
struct x11_scaler;

struct x11_renderer {
	xcb_gcontext_t gc;           /* of the window, but for its panels */
	xcb_render_picture_t window; /* the same */
	struct x11_image back;       /* the window's next content */
	struct x11_image checker;
	struct x11_image panel[SCENE_PANELS_MAX];
	uint64_t revision[SCENE_PANELS_MAX];
	struct scene drawn; /* last; the pixels of its panels may be gone */
	bool is_drawn;
};

void x11_renderer_init(struct x11_renderer *renderer, const struct x11_display *display);

/* Whether the picture may go to the window as it is, without any other drawing. */
bool x11_renderer_is_direct(const struct scene *scene, bool alpha);

/* Starts drawing a scene. Returns whether more than the picture is to be drawn: the scene is another
 * than the last, or all is to be drawn anyway. */
bool x11_renderer_begin(struct x11_renderer *renderer, const struct x11_display *display,
                        const struct scene *scene, bool all);

/* Draws the picture from the server's memory. */
int x11_renderer_draw(struct x11_renderer *renderer, struct x11_display *display,
                      struct x11_scaler *picture, const struct scene *scene);

/* Draws the rest. */
int x11_renderer_end(struct x11_renderer *renderer, struct x11_display *display,
                     const struct scene *scene, bool alpha);

#endif
