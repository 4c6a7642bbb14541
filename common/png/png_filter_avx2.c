/* SPDX-License-Identifier: MIT */
#include "png_filter_simd.h"
#include "png_filter_variants.h"

void png_filter_avx2(enum png_filter filter, const uint8_t *row, const uint8_t *above, size_t bytes,
                     unsigned step, uint8_t *out)
{
	filter_any(filter, row, above, bytes, step, out);
}

void png_pack_avx2(const uint8_t *bgra, size_t pixels, unsigned channels, uint8_t *out)
{
	pack_any(bgra, pixels, channels, out);
}
