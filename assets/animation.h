/* SPDX-License-Identifier: MIT
 *
 * The sample animation: a test card in motion. Its frames are numbered from 0 and loop without a
 * seam. What each part shows when a display gets it wrong: the line around the edge, a cropped or
 * scaled picture; the bars, swapped channels; the grey steps, a wrong gamma; the upright line that
 * crosses the picture and the running stripes, tearing; the number and the hand, a missing frame. */
#ifndef SHMFLIP_ASSETS_ANIMATION_H
#define SHMFLIP_ASSETS_ANIMATION_H

#include "animation_loop.h"
#include "canvas.h"

#include <math.h>

/* Draws a frame over all of a canvas of the scene's size. */
void animation_draw(struct canvas *canvas, int frame);

#endif
