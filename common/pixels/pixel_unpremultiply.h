/* SPDX-License-Identifier: MIT
 *
 * Divides colours by the alpha that they were multiplied by (SHMFLIP_FRAME_PREMULTIPLIED): PNG, PAM
 * and the presenters have straight alpha. Pure; any thread. */
#ifndef SHMFLIP_PIXEL_UNPREMULTIPLY_H
#define SHMFLIP_PIXEL_UNPREMULTIPLY_H

#include "pixel_source.h"

/* The most bytes of a pixel with alpha. */
enum { UNPREMULTIPLY_BYTES_MAX = 8 };

/* Writes pixels that lie beside each other in the same format, with straight alpha. A colour
 * becomes colour * white / alpha, rounded to the nearest, halves up. Colours above alpha become
 * white. Where alpha is 0, they become 0. So colour * alpha / white, rounded, gives the same colour
 * again unless it was above alpha. source->premultiplied is true. in and out must not overlap. */
void pixel_unpremultiply(const struct pixel_source *source, const uint8_t *in, size_t pixels,
                         uint8_t *out);

#endif
