/* SPDX-License-Identifier: MIT
 *
 * A separate connection to the X server of a window, and what that server supports. The connection
 * that SDL made the window with never sees events or errors of this one.
 *
 * Functions that return int write the reason of a failure to host. Any thread may send requests.
 * Only one thread may wait for events. */
#ifndef SHMFLIP_VIEWER_PRESENT_X11_DISPLAY_H
#define SHMFLIP_VIEWER_PRESENT_X11_DISPLAY_H

#include <stdint.h>
#include <xcb/render.h>
#include <xcb/xcb.h>

#define X11_DEPTH 24       /* of windows and opaque pictures */
#define X11_DEPTH_ALPHA 32 /* of pictures with alpha */
#define X11_SIDE_MAX 32766 /* of pictures: RENDER draws no larger ones */
#define X11_PIXEL_BYTES 4  /* of both depths */

struct presenter_host;

struct x11_display {
	struct presenter_host *host;
	xcb_connection_t *connection;
	xcb_window_t window;
	xcb_window_t root;                    /* of the window's screen; outlives the window */
	xcb_gcontext_t gc;                    /* for drawables of X11_DEPTH */
	xcb_render_pictformat_t opaque;       /* 8 bits each of red, green, blue; X11_DEPTH */
	xcb_render_pictformat_t alpha;        /* the same and 8 bits of alpha; X11_DEPTH_ALPHA */
	xcb_render_pictformat_t alpha_opaque; /* alpha ignored; X11_DEPTH_ALPHA */
};

/* Connects to the server called name.
 *
 *   -ENODEV   no connection, or no such window
 *   -ENOTSUP  the server lacks a feature, which the reason names */
int x11_display_init(struct x11_display *display, struct presenter_host *host, const char *name,
                     xcb_window_t window);

/* Blocks until the server has answered a checked request. -EIO, with a reason that starts with
 * what. */
int x11_check(const struct x11_display *display, xcb_void_cookie_t cookie, const char *what);

/* The server frees everything that was created over this connection. */
void x11_display_finish(struct x11_display *display);

#endif
