/* SPDX-License-Identifier: MIT
 *
 * The dial of the sample animation: a hand that turns once per loop, behind it a fan of one
 * blade per frame, two dots on the rim, and the frame's number. */
#ifndef SHMFLIP_ASSETS_DIAL_H
#define SHMFLIP_ASSETS_DIAL_H

#include "canvas.h"

void dial_draw(struct canvas *canvas, int frame);

#endif
