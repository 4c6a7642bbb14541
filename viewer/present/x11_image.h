/* SPDX-License-Identifier: MIT
 *
 * A picture in the X server's memory: a pixmap, and how RENDER may look at it. Zeroed it is none.
 * Main thread. */
#ifndef SHMFLIP_VIEWER_PRESENT_X11_IMAGE_H
#define SHMFLIP_VIEWER_PRESENT_X11_IMAGE_H

#include <stdint.h>
#include <xcb/render.h>

struct x11_display;

struct x11_image {
	xcb_pixmap_t pixmap;          /* 0: there is none */
	xcb_render_picture_t picture; /* with alpha, if it has any */
	xcb_render_picture_t colours; /* without; the same as picture, if it has none */
	xcb_gcontext_t gc;
	int width;
	int height;
	uint8_t depth; /* X11_DEPTH or X11_DEPTH_ALPHA */
};

/* Makes it be of this size and depth, undefined in content if it was another. Sides of 1 to
 * X11_SIDE_MAX. Waits for the server's answer if so. -EIO: the server has no memory for it; then
 * there is none. */
int x11_image_fit(struct x11_image *image, struct x11_display *display, int width, int height,
                  uint8_t depth);

/* Writes pixels of 32 bits to the upper left corner, for those that this process has made itself. */
void x11_image_write(const struct x11_image *image, const struct x11_display *display,
                     const uint32_t *pixels, int width, int height);

void x11_image_free(struct x11_image *image, const struct x11_display *display);

#endif
