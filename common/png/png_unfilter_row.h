/* SPDX-License-Identifier: MIT
 *
 * Undoes the filter of one row with vectors: see png_unfilter_simd.h. */
#ifndef SHMFLIP_PNG_UNFILTER_ROW_H
#define SHMFLIP_PNG_UNFILTER_ROW_H

#include <string.h>

#include "png_unfilter.h"

#ifdef __aarch64__
#include "png_vec_neon.h"
#else
#include "png_vec_x86.h"
#endif
#include "png_vec_wide.h"

/* Each kind of pixel has its own copy of the code, in which the kind is a constant. With checks in
 * them, so many copies take a compiler half a minute. */
#ifdef UNFILTER_FEW_COPIES
#define INLINE static inline
#else
#define INLINE static inline __attribute__((always_inline))
#endif

enum { BLOCK_PIXELS = 4, BLOCK_BYTES = 16 };
#define BLOCKS_OF(width) (((size_t)(width) + BLOCK_PIXELS - 1) / BLOCK_PIXELS)

/* Where the bytes of a block's four pixels are, in the order blue, green, red, alpha. 255: there is
 * no alpha, it becomes 0. */
static const uint8_t block_orders[4][BLOCK_BYTES] = {
	{ 0, 0, 0, 255, 1, 1, 1, 255, 2, 2, 2, 255, 3, 3, 3, 255 },
	{ 0, 0, 0, 1, 2, 2, 2, 3, 4, 4, 4, 5, 6, 6, 6, 7 },
	{ 2, 1, 0, 255, 5, 4, 3, 255, 8, 7, 6, 255, 11, 10, 9, 255 },
	{ 2, 1, 0, 3, 6, 5, 4, 7, 10, 9, 8, 11, 14, 13, 12, 15 },
};

INLINE vec load_block(const uint8_t *raw, unsigned channels)
{
	vec block = channels == 1   ? vec_load_4(raw)
	            : channels == 2 ? vec_load_8(raw)
	                            : vec_load(raw);

	return vec_shuffle(block, vec_load(block_orders[channels - 1]));
}

INLINE void store_block(uint8_t *pixels, vec block, unsigned channels)
{
	if (channels & 1)
		block = vec_or(block, vec_set_32(0xff000000));
	vec_store(pixels, block);
}

/* The same for WIDE_BLOCKS blocks at once. */
INLINE wide load_wide(const uint8_t *raw, unsigned channels)
{
	vec order = vec_load(block_orders[channels - 1]);

	return wide_shuffle(wide_of(vec_load(raw), vec_load(raw + (size_t)BLOCK_PIXELS * channels)),
	                    wide_of(order, order));
}

INLINE void store_wide(uint8_t *pixels, wide blocks, unsigned channels)
{
	if (channels & 1)
		blocks = wide_or(blocks, wide_set_32(0xff000000));
	wide_store(pixels, blocks);
}

INLINE vec undo_paeth(vec x, vec a, vec b, vec c)
{
	vec lo = vec_min(a, b), hi = vec_max(a, b);
	vec to_lo = vec_sub_saturated(hi, c), to_hi = vec_sub_saturated(c, lo);
	vec is_lo = vec_less_or_equal(vec_add_saturated(to_lo, to_lo), to_hi);
	vec is_hi = vec_less_or_equal(vec_add_saturated(to_hi, to_hi), to_lo);
	vec other = vec_select(is_hi, vec_add(x, hi), vec_add(x, c));

	return vec_select(is_lo, vec_add(x, lo), other);
}

INLINE void undo_none(const uint8_t *raw, uint8_t *out, size_t blocks, unsigned channels)
{
	for (size_t i = 0; i < blocks; i += WIDE_BLOCKS)
		store_wide(out + i * BLOCK_BYTES,
		           load_wide(raw + i * BLOCK_PIXELS * channels, channels), channels);
}

INLINE void undo_up(const uint8_t *raw, const uint8_t *above, uint8_t *out, size_t blocks,
                    unsigned channels)
{
	for (size_t i = 0; i < blocks; i += WIDE_BLOCKS) {
		wide blocks_above = wide_load(above + i * BLOCK_BYTES);
		wide x = load_wide(raw + i * BLOCK_PIXELS * channels, channels);

		store_wide(out + i * BLOCK_BYTES, wide_add(x, blocks_above), channels);
	}
}

INLINE void undo_sub(const uint8_t *raw, uint8_t *out, size_t blocks, unsigned channels)
{
	vec left = vec_set_32(0);

	for (size_t i = 0; i < blocks;
	     i++, raw += (size_t)BLOCK_PIXELS * channels, out += BLOCK_BYTES) {
		vec sum = load_block(raw, channels);

		sum = vec_add(sum, vec_shift_lanes_up(sum, 1));
		sum = vec_add(sum, vec_shift_lanes_up(sum, 2));
		left = vec_add(sum, vec_repeat_lane(left, 3));
		store_block(out, left, channels);
	}
}

/* Returns the first lanes of four vectors. */
INLINE vec join_lanes(const vec of[4])
{
	return vec_zip_64_low(vec_zip_32_low(of[0], of[1]), vec_zip_32_low(of[2], of[3]));
}

INLINE void undo_average_row(const uint8_t *raw, const uint8_t *above, uint8_t *out, size_t blocks,
                             unsigned channels)
{
	vec ones = vec_set_32(0xffffffff), left = ones, done[BLOCK_PIXELS];

	for (size_t i = 0; i < blocks;
	     i++, raw += (size_t)BLOCK_PIXELS * channels, out += BLOCK_BYTES) {
		vec x = load_block(raw, channels);
		vec b = vec_xor(vec_load(above + i * BLOCK_BYTES), ones);

		for (int k = 0; k < BLOCK_PIXELS; k++) {
			left = vec_sub(vec_average_up(left, b), x);
			done[k] = left;
			x = vec_shift_lanes_down(x, 1);
			b = vec_shift_lanes_down(b, 1);
		}
		store_block(out, vec_xor(join_lanes(done), ones), channels);
	}
}

INLINE void undo_paeth_row(const uint8_t *raw, const uint8_t *above, uint8_t *out, size_t blocks,
                           unsigned channels)
{
	vec left = vec_set_32(0), corner = left, done[BLOCK_PIXELS];

	for (size_t i = 0; i < blocks;
	     i++, raw += (size_t)BLOCK_PIXELS * channels, out += BLOCK_BYTES) {
		vec x = load_block(raw, channels), b = vec_load(above + i * BLOCK_BYTES);

		for (int k = 0; k < BLOCK_PIXELS; k++) {
			left = undo_paeth(x, left, b, corner);
			done[k] = left;
			corner = b;
			x = vec_shift_lanes_down(x, 1);
			b = vec_shift_lanes_down(b, 1);
		}
		store_block(out, join_lanes(done), channels);
	}
}

INLINE void undo_row(const uint8_t *raw, const uint8_t *above, uint8_t *out, size_t blocks,
                     unsigned channels)
{
	switch (*raw++) {
	case FILTER_NONE:
		undo_none(raw, out, blocks, channels);
		break;
	case FILTER_SUB:
		undo_sub(raw, out, blocks, channels);
		break;
	case FILTER_UP:
		undo_up(raw, above, out, blocks, channels);
		break;
	case FILTER_AVERAGE:
		undo_average_row(raw, above, out, blocks, channels);
		break;
	default:
		undo_paeth_row(raw, above, out, blocks, channels);
	}
}

/* Checks whole blocks, and then the remaining pixels. */
INLINE bool is_opaque(const uint8_t *pixels, uint32_t width)
{
	vec all = vec_set_32(UINT32_MAX);
	uint8_t bytes[BLOCK_BYTES];
	uint32_t x = 0;

	for (; width - x >= BLOCK_PIXELS; x += BLOCK_PIXELS)
		all = vec_and(all, vec_load(pixels + 4 * (size_t)x));
	vec_store(bytes, all);
	for (; x < width; x++)
		bytes[3] &= pixels[4 * (size_t)x + 3];
	return (bytes[3] & bytes[7] & bytes[11] & bytes[15]) == 255;
}

#endif
