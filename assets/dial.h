/* SPDX-License-Identifier: MIT
 *
 * The dial of the sample animation: a hand that goes round once in the loop, with a fan of one blade
 * for each frame behind it, two dots that change places, and the frame's number. */
#ifndef ASSETS_DIAL_H
#define ASSETS_DIAL_H

#include "canvas.h"

void dial_draw(struct canvas *canvas, int frame);

#endif
