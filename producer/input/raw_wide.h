/* SPDX-License-Identifier: MIT
 *
 * Rows of 16-bit samples: from the big-endian ones of PNM to the channel's formats. Pure; any
 * thread. */
#ifndef SHMFLIP_PRODUCER_INPUT_RAW_WIDE_H
#define SHMFLIP_PRODUCER_INPUT_RAW_WIDE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Converts pixels of 1 sample to R16, of 2 to 4 samples to AB48, with white for alpha that is not
 * there. With 1 or 4 samples, the input may lie at the output. Returns whether all pixels are
 * opaque. */
bool raw_wide_row(const uint8_t *in, uint8_t *out, size_t width, unsigned samples, uint16_t white);

/* Blends pixels of AB48 onto a colour, 0xRRGGBB, which makes them opaque. */
void raw_wide_flatten(uint8_t *pixels, size_t width, uint32_t background, uint16_t white);

#endif
