/* SPDX-License-Identifier: MIT
 *
 * What libpng found before the first IDAT, as the fast path wants to know it. Pure; any thread. */
#ifndef SHMFLIP_PNG_FAST_FORMAT_H
#define SHMFLIP_PNG_FAST_FORMAT_H

#include <png.h>

#include "png_fast.h"

/* Adds all but the sizes. False: no picture for the fast path. */
bool png_fast_format_init(struct png_fast_format *kind, png_structp png, png_infop info);

#endif
