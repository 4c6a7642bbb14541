/* SPDX-License-Identifier: MIT
 *
 * Expands rows of palette indices of 1 to 8 bits to 32-bit pixels. Grey of fewer than 8 bits is
 * such a palette. Unfilters the rows in place; they may share memory with the pixels, as
 * png_unfilter.h says. Pure; any thread. */
#ifndef SHMFLIP_PNG_EXPAND_H
#define SHMFLIP_PNG_EXPAND_H

#include <stdbool.h>
#include <stdint.h>

#include "png_fast.h"

/* zeros: at least as many as a row has bytes. Sets *opaque to whether every alpha is 255.
 * Returns false if a filter or a colour does not exist; the pixels are then undefined. */
bool png_expand(const struct png_fast_format *format, const uint8_t *zeros, uint8_t *raw,
                uint8_t *pixels, bool *opaque);

#endif
