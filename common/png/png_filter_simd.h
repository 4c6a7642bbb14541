/* SPDX-License-Identifier: MIT
 *
 * png_filter.h with vectors of 16 bytes, written once for all instruction sets, like
 * png_unfilter_simd.h: see there for how Paeth works in 8 bits. */
#ifndef SHMFLIP_PNG_FILTER_SIMD_H
#define SHMFLIP_PNG_FILTER_SIMD_H

#include "png_filter.h"

#ifdef __aarch64__
#include "png_vec_neon.h"
#else
#include "png_vec_x86.h"
#endif

#define INLINE static inline __attribute__((always_inline))

enum { VEC_BYTES = 16, VEC_PIXELS = 4 };

INLINE vec predict_paeth(vec a, vec b, vec c)
{
	vec lo = vec_min(a, b), hi = vec_max(a, b);
	vec to_lo = vec_sub_saturated(hi, c), to_hi = vec_sub_saturated(c, lo);
	vec is_lo = vec_less_or_equal(vec_add_saturated(to_lo, to_lo), to_hi);
	vec is_hi = vec_less_or_equal(vec_add_saturated(to_hi, to_hi), to_lo);

	return vec_select(is_lo, lo, vec_select(is_hi, hi, c));
}

INLINE vec predict(enum png_filter filter, vec a, vec b, vec c)
{
	switch (filter) {
	case FILTER_NONE:
		return vec_set_32(0);
	case FILTER_SUB:
		return a;
	case FILTER_UP:
		return b;
	case FILTER_AVERAGE:
		return vec_sub(vec_average_up(a, b),
		               vec_and(vec_xor(a, b), vec_set_32(0x01010101)));
	default:
		return predict_paeth(a, b, c);
	}
}

INLINE void filter_by(enum png_filter filter, const uint8_t *row, const uint8_t *above,
                      size_t bytes, unsigned step, uint8_t *out)
{
	for (size_t i = 0; i < bytes; i += VEC_BYTES) {
		vec predicted = predict(filter, vec_load(row + i - step), vec_load(above + i),
		                        vec_load(above + i - step));

		vec_store(out + i, vec_sub(vec_load(row + i), predicted));
	}
}

INLINE void filter_any(enum png_filter filter, const uint8_t *row, const uint8_t *above,
                       size_t bytes, unsigned step, uint8_t *out)
{
	switch (filter) {
	case FILTER_NONE:
		filter_by(FILTER_NONE, row, above, bytes, step, out);
		break;
	case FILTER_SUB:
		filter_by(FILTER_SUB, row, above, bytes, step, out);
		break;
	case FILTER_UP:
		filter_by(FILTER_UP, row, above, bytes, step, out);
		break;
	case FILTER_AVERAGE:
		filter_by(FILTER_AVERAGE, row, above, bytes, step, out);
		break;
	default:
		filter_by(FILTER_PAETH, row, above, bytes, step, out);
	}
}

/* Three channels: 12 bytes of each vector count, and what follows overwrites the rest. So the last
 * pixels have no vector. */
INLINE void pack_any(const uint8_t *bgra, size_t pixels, unsigned channels, uint8_t *out)
{
	static const uint8_t orders[2][VEC_BYTES] = {
		{ 2, 1, 0, 6, 5, 4, 10, 9, 8, 14, 13, 12, 255, 255, 255, 255 },
		{ 2, 1, 0, 3, 6, 5, 4, 7, 10, 9, 8, 11, 14, 13, 12, 15 },
	};
	vec order = vec_load(orders[channels - 3]);

	for (; pixels >= VEC_PIXELS + 2; pixels -= VEC_PIXELS) {
		vec_store(out, vec_shuffle(vec_load(bgra), order));
		bgra += VEC_BYTES;
		out += (size_t)VEC_PIXELS * channels;
	}
	for (; pixels; pixels--, bgra += 4, out += channels)
		png_pack_pixel(bgra, channels, out);
}

#endif
