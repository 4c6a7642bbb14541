/* SPDX-License-Identifier: MIT
 *
 * Text as a small opaque picture: one column, or two side by side; lines end in \n, but for the last.
 * Light on dark, with a margin. By pango, in the system's sans-serif font. Main thread. */
#ifndef SHMFLIP_VIEWER_OVERLAY_TEXT_H
#define SHMFLIP_VIEWER_OVERLAY_TEXT_H

#include <stdint.h>

#include "present/geometry.h"

struct text_image {
	struct size size;
	uint32_t *pixels; /* 0xFFRRGGBB, size.width to a row; free() it */
};

/* Smaller than asked for where the picture would exceed room, as far as it stays legible; right may
 * be NULL. 0 or -ENOMEM. */
int text_render(const char *left, const char *right, double font_pixels, struct size room,
                struct text_image *out);

/* Frees what the libraries keep. */
void text_finish(void);

#endif
