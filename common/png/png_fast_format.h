/* SPDX-License-Identifier: MIT
 *
 * Converts what libpng read before the first IDAT for the fast path. Pure; any thread. */
#ifndef SHMFLIP_PNG_FAST_FORMAT_H
#define SHMFLIP_PNG_FAST_FORMAT_H

#include <png.h>

#include "png_fast.h"

/* Sets everything but width, height, stride_bytes and fourcc. Returns false if the picture is not
 * for the fast path. */
bool png_fast_format_init(struct png_fast_format *format, png_structp png, png_infop info);

#endif
