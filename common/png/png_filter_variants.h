/* SPDX-License-Identifier: MIT
 *
 * The variants of png_filter for one instruction set each. Call one only on a processor that has
 * its instruction set: png_filter.c checks that. */
#ifndef SHMFLIP_PNG_FILTER_VARIANTS_H
#define SHMFLIP_PNG_FILTER_VARIANTS_H

#include "png_filter.h"

void png_filter_sse41(enum png_filter filter, const uint8_t *row, const uint8_t *above,
                      size_t bytes, unsigned step, uint8_t *out);
void png_filter_avx2(enum png_filter filter, const uint8_t *row, const uint8_t *above, size_t bytes,
                     unsigned step, uint8_t *out);
void png_filter_neon(enum png_filter filter, const uint8_t *row, const uint8_t *above, size_t bytes,
                     unsigned step, uint8_t *out);
void png_pack_sse41(const uint8_t *bgra, size_t pixels, unsigned channels, uint8_t *out);
void png_pack_avx2(const uint8_t *bgra, size_t pixels, unsigned channels, uint8_t *out);
void png_pack_neon(const uint8_t *bgra, size_t pixels, unsigned channels, uint8_t *out);

#endif
