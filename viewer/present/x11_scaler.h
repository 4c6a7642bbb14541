/* SPDX-License-Identifier: MIT
 *
 * A frame's picture in the X server's memory, which the server draws at any size.
 *
 * Smooth enlarging filters bilinearly. Smooth reducing first halves the picture while it is at
 * least twice too large: each pixel becomes the mean of four. Bilinear filtering does the rest.
 * Bilinear filtering alone would skip pixels. If there is alpha, colours are multiplied by it
 * first: otherwise those of transparent pixels would show at edges.
 *
 * The server does all of this, in the order of the requests. Main thread. */
#ifndef SHMFLIP_VIEWER_PRESENT_X11_SCALER_H
#define SHMFLIP_VIEWER_PRESENT_X11_SCALER_H

#include <stdbool.h>

#include "geometry.h"
#include "x11_image.h"

struct x11_display;

#define X11_HALVES_MAX 14 /* from the largest side to 2 */

struct x11_scaler {
	struct x11_image raw;           /* the frame's pixels, unchanged */
	struct x11_image premultiplied; /* the same, multiplied by alpha; only if there is alpha */
	struct x11_image half[X11_HALVES_MAX];
	int halves;            /* how many of half are of the current raw */
	bool is_premultiplied; /* premultiplied is of the current raw */
};

/* Resizes raw for the pixels of a frame, which the caller then puts there. -EIO: the server has no
 * memory for it. */
int x11_scaler_prepare(struct x11_scaler *scaler, const struct x11_display *display,
                       struct size size, bool alpha);

/* Draws source, a part of the picture, scaled to target, but only visible, which is a part of
 * target. Blends if there is alpha. -EIO: the server has not enough memory. */
int x11_scaler_draw(struct x11_scaler *scaler, const struct x11_display *display,
                    xcb_render_picture_t onto, struct area source, struct area target,
                    struct area visible, bool smooth);

bool x11_scaler_has_alpha(const struct x11_scaler *scaler);

#endif
