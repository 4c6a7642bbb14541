/* SPDX-License-Identifier: MIT
 *
 * The sample animation: a moving test card. Its frames are numbered from 0 and loop without a seam.
 * Each part reveals a fault of a display:
 *
 *   line around the edge                    cropped or scaled picture
 *   bars                                    swapped channels
 *   grey steps                              wrong gamma
 *   vertical moving line, moving stripes    tearing
 *   number, hand                            missing frame */
#ifndef SHMFLIP_ASSETS_ANIMATION_H
#define SHMFLIP_ASSETS_ANIMATION_H

#include "animation_loop.h"
#include "canvas.h"

#include <math.h>

/* Draws a frame on the whole canvas, which must be ANIMATION_WIDTH x ANIMATION_HEIGHT. */
void animation_draw(struct canvas *canvas, int frame);

#endif
