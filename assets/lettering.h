/* SPDX-License-Identifier: MIT
 *
 * Draws text with strokes of one thickness and round ends. The font has only the characters that
 * the sample animation needs. One thread. */
#ifndef SHMFLIP_ASSETS_LETTERING_H
#define SHMFLIP_ASSETS_LETTERING_H

#include "canvas.h"

struct lettering {
	float size; /* height of an x in pixels; digits and tall letters are 1.6 times as high */
	float thickness; /* of a stroke, in pixels */
	float gap;       /* between two characters, as a fraction of size */
	struct colour colour;
};

/* Characters that the font lacks count as spaces. */
float lettering_width(const struct lettering *lettering, const char *text);
/* at: the left end of the baseline. */
void lettering_draw(struct canvas *canvas, const struct lettering *lettering, const char *text,
                    struct point at);

#endif
