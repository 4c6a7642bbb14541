/* SPDX-License-Identifier: MIT
 *
 * A connection of one's own to the X server that has a certain window, and what that server can do
 * for it. Beside the connection of whoever made the window: its events and errors stay here.
 *
 * After a failure there is one line on why in reason. Any thread may send requests; one alone waits
 * for events. */
#ifndef SHMFLIP_VIEWER_PRESENT_X11_DISPLAY_H
#define SHMFLIP_VIEWER_PRESENT_X11_DISPLAY_H

#include <stdint.h>
#include <xcb/render.h>
#include <xcb/xcb.h>

#define X11_DEPTH 24       /* of windows and opaque pictures */
#define X11_DEPTH_ALPHA 32 /* of pictures with alpha */
#define X11_SIDE_MAX 32766 /* of pictures; RENDER draws none that is larger */

struct x11_display {
	xcb_connection_t *connection;
	xcb_window_t window;
	xcb_window_t root;                    /* of its screen; outlives it */
	xcb_gcontext_t gc;                    /* for what has X11_DEPTH */
	uint8_t shm_event;                    /* of the completion of a put */
	xcb_render_pictformat_t opaque;       /* 8 bits each of red, green, blue, X11_DEPTH */
	xcb_render_pictformat_t alpha;        /* those and alpha, X11_DEPTH_ALPHA */
	xcb_render_pictformat_t alpha_opaque; /* the same, but passing over the alpha */
	char reason[160];
};

/* Connects to the server of that name. -ENODEV: it cannot be reached. -ENOTSUP: it can, but lacks
 * something; the reason says what. */
int x11_display_init(struct x11_display *display, const char *name, xcb_window_t window);

/* Writes the reason, as printf, and returns the error. */
__attribute__((format(printf, 3, 4))) int x11_fail(struct x11_display *display, int error,
                                                   const char *format, ...);

/* Waits for a checked request. 0, or a failure whose reason starts with what. */
int x11_check(struct x11_display *display, xcb_void_cookie_t cookie, const char *what);

/* The server frees whatever was made over this connection. */
void x11_display_finish(struct x11_display *display);

#endif
