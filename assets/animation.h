/* SPDX-License-Identifier: MIT
 *
 * The sample animation: a test card in motion. Its frames are numbered from 0 and loop without a
 * seam. What each part shows when a display gets it wrong: the line around the edge, a cropped or
 * scaled picture; the bars, swapped channels; the grey steps, a wrong gamma; the upright line that
 * crosses the picture and the running stripes, tearing; the number and the hand, a missing frame. */
#ifndef ASSETS_SCENE_H
#define ASSETS_SCENE_H

#include "canvas.h"

#include <math.h>

enum { SCENE_WIDTH = 640, SCENE_HEIGHT = 360, SCENE_FRAMES = 40 };

#define TURN (2 * (float)M_PI)

/* How far into the loop a frame is, from 0 to 1. */
float scene_phase(int frame);

/* Draws a frame over all of a canvas of the scene's size. */
void scene_draw(struct canvas *canvas, int frame);

#endif
