/* SPDX-License-Identifier: MIT
 *
 * Words and numbers drawn with strokes of one thickness and round ends, from a font that has only
 * the letters that the sample pictures need. One thread. */
#ifndef ASSETS_LETTERING_H
#define ASSETS_LETTERING_H

#include "canvas.h"

struct lettering {
	float size; /* the height of an x, in pixels; digits and tall letters are 1.6 times that */
	float thickness; /* of a stroke, in pixels */
	float gap;       /* between two characters, as a share of size */
	struct colour colour;
};

/* Characters that the font lacks count as spaces. */
float lettering_width(const struct lettering *lettering, const char *text);
/* at: the left end of the line on which the letters stand. */
void lettering_draw(struct canvas *canvas, const struct lettering *lettering, const char *text,
                    struct point at);

#endif
