/* SPDX-License-Identifier: MIT
 *
 * Renders text as a small opaque image: light on dark, with a margin, in one column or two side by
 * side. Lines are separated by \n. Uses pango and the system's sans-serif font. Main thread. */
#ifndef SHMFLIP_VIEWER_OVERLAY_TEXT_H
#define SHMFLIP_VIEWER_OVERLAY_TEXT_H

#include <stdint.h>

#include "present/geometry.h"

struct text_image {
	struct size size;
	uint32_t *pixels; /* 0xFFRRGGBB, size.width per row; free() it */
};

/* right NULL: one column. If the image would exceed room, uses a smaller font, then one column with
 * long lines wrapped, and only then a font that is too small to read.
 *
 *   -ENOSPC  no font is small enough
 *   -ENOMEM  no memory */
int text_render(const char *left, const char *right, double font_pixels, struct size room,
                struct text_image *out);

/* Frees the memory that pango keeps. */
void text_finish(void);

#endif
