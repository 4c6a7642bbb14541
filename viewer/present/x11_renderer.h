/* SPDX-License-Identifier: MIT
 *
 * Makes the X server draw a window: the background, the picture, and the panels over it.
 *
 * A picture that no other layer blends with goes to the window directly. Any other is first
 * composed in a back buffer, so that nothing flickers. Panels are sent once per revision, and the
 * picture is clipped around them: they cost nothing per frame.
 *
 * Main thread. Functions that return int return 0 or a negative errno, with the reason in the
 * display's host. */
#ifndef SHMFLIP_VIEWER_PRESENT_X11_RENDERER_H
#define SHMFLIP_VIEWER_PRESENT_X11_RENDERER_H

#include <stdbool.h>

#include "scene.h"
#include "x11_image.h"

struct x11_display;
struct x11_scaler;

struct x11_renderer {
	xcb_gcontext_t gc;           /* of the window, clipped around the panels */
	xcb_render_picture_t window; /* the same */
	struct x11_image back;       /* the back buffer */
	struct x11_image checker;
	struct x11_image panel[SCENE_PANELS_MAX];
	uint64_t revision[SCENE_PANELS_MAX]; /* of panel */
	struct scene last_scene;             /* its panels' pixels may be invalid */
	bool has_last_scene;
};

void x11_renderer_init(struct x11_renderer *renderer, const struct x11_display *display);

/* Whether the frame's pixels may be copied to the window, without scaling or blending. */
bool x11_renderer_is_direct(const struct scene *scene, bool alpha);

/* Starts to draw a scene. Returns whether more than the picture must be drawn: the scene differs
 * from the last, or all is set. In that case, call x11_renderer_end() after drawing the picture. */
bool x11_renderer_begin(struct x11_renderer *renderer, const struct x11_display *display,
                        const struct scene *scene, bool all);

/* Draws the picture from the server's memory, and what lies behind a transparent or stale one. */
int x11_renderer_draw(struct x11_renderer *renderer, const struct x11_display *display,
                      struct x11_scaler *scaler, const struct scene *scene);

/* Draws the panels, and the background beside the picture. */
int x11_renderer_end(struct x11_renderer *renderer, const struct x11_display *display,
                     const struct scene *scene, bool alpha);

#endif
