/* SPDX-License-Identifier: MIT
 *
 * What libpng found before the first IDAT, as the fast path wants to know it. Pure; any thread. */
#ifndef PRODUCER_PNG_KIND_H
#define PRODUCER_PNG_KIND_H

#include <png.h>

#include "png_fast.h"

/* Adds all but the sizes. False: no picture for the fast path. */
bool png_kind_find(struct png_kind *kind, png_structp png, png_infop info);

#endif
