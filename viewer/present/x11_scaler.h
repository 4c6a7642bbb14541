/* SPDX-License-Identifier: MIT
 *
 * A frame's picture in the X server's memory, and the server's drawing it at any size.
 *
 * Enlarged, smoothness is bilinear. Reduced, the picture is first halved, each pixel the mean of
 * four, as often as it is at least twice too large; bilinear filtering does what is left. So no
 * pixel is passed over, as it would be by bilinear filtering alone. Where there is alpha, colours
 * are multiplied by it first, else those of transparent pixels would show at edges.
 *
 * All of this is done by the server, in the order of the requests. Main thread. */
#ifndef SHMFLIP_VIEWER_PRESENT_X11_SCALER_H
#define SHMFLIP_VIEWER_PRESENT_X11_SCALER_H

#include <stdbool.h>

#include "geometry.h"
#include "x11_image.h"

#define X11_HALVES_MAX 14 /* of the largest side to 2 */

struct x11_scaler {
	struct x11_image raw;  /* the frame's pixels as they came */
	struct x11_image flat; /* the same, multiplied by their alpha, if there is any */
	struct x11_image half[X11_HALVES_MAX];
	int halves; /* of raw as it is now */
	bool flattened;
};

/* Makes room for the pixels of a frame in raw, for the caller to put there. -EIO: there is none. */
int x11_scaler_fit(struct x11_scaler *picture, struct x11_display *display, struct size size,
                   bool alpha);

/* Draws source, a part of the picture, so that it would fill target; does so in visible only, which
 * is a part of target. Blends if there is alpha. -EIO: the server has not enough memory. */
int x11_scaler_draw(struct x11_scaler *picture, struct x11_display *display,
                    xcb_render_picture_t onto, struct area source, struct area target,
                    struct area visible, bool smooth);

bool x11_scaler_has_alpha(const struct x11_scaler *picture);

#endif
