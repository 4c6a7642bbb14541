/* SPDX-License-Identifier: MIT
 *
 * An image in the X server's memory: a pixmap, and the RENDER pictures that read and draw it. A
 * zeroed struct holds no image. Main thread. */
#ifndef SHMFLIP_VIEWER_PRESENT_X11_IMAGE_H
#define SHMFLIP_VIEWER_PRESENT_X11_IMAGE_H

#include <stdint.h>
#include <xcb/render.h>

#include "geometry.h"

struct x11_display;

struct x11_image {
	xcb_pixmap_t pixmap;          /* 0: no image */
	xcb_render_picture_t picture; /* with alpha, if the depth has it */
	xcb_render_picture_t colours; /* alpha ignored; the same as picture if there is no alpha */
	xcb_gcontext_t gc;
	int width;
	int height;
	uint8_t depth; /* X11_DEPTH or X11_DEPTH_ALPHA */
};

/* Gives the image this size and depth. Sides are 1 to X11_SIDE_MAX. If either changes, the content
 * is undefined, and the call blocks until the server has answered.
 *
 *   -EIO  the server has no memory for it; no image exists */
int x11_image_resize(struct x11_image *image, const struct x11_display *display, int width,
                     int height, uint8_t depth);

/* Sends pixels of 32 bits to the upper left corner. For pixels that this process made, not for
 * frames. */
void x11_image_write(const struct x11_image *image, const struct x11_display *display,
                     const uint32_t *pixels, int width, int height);

/* Reads an area as 0xAARRGGBB. Alpha is 255 if the depth has none. The area is small enough for one
 * request. Blocks until the server has answered.
 *
 *   -EIO  the server did not return it */
int x11_image_read(const struct x11_image *image, const struct x11_display *display,
                   struct area area, uint32_t *pixels);

void x11_image_free(struct x11_image *image, const struct x11_display *display);

#endif
