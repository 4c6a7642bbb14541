/* SPDX-License-Identifier: MIT
 *
 * Rows of indices into a palette, of 1 to 8 bits, to 32-bit pixels. Grey of few bits is such a palette.
 * The rows are unfiltered where they lie, which may be in the same memory as the pixels, as
 * png_unfilter.h says. Pure; any thread. */
#ifndef SHMFLIP_PNG_EXPAND_H
#define SHMFLIP_PNG_EXPAND_H

#include <stdbool.h>
#include <stdint.h>

#include "png_fast.h"

/* False: there is a filter or a colour that does not exist; the pixels are undefined then. *opaque: every
 * pixel's alpha is 255. Zeros: as many as a row has bytes. */
bool png_expand(const struct png_fast_format *kind, const uint8_t *zeros, uint8_t *raw,
                uint8_t *pixels, bool *opaque);

#endif
