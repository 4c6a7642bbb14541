/* SPDX-License-Identifier: MIT
 *
 * Undoing filters with vectors of 16 bytes, written once for all instruction sets. The
 * png_vec_ headers say what a vector is and how each operation is done; a source that is compiled for one of
 * the sets includes this. Any processor that has a byte shuffle and unsigned minimum and maximum will do.
 *
 * None, Sub and Up take four pixels at a time. Average and Paeth need the pixel to the left, so they go
 * pixel by pixel, with most of a vector idle; therefore four rows are done together where enough of them have
 * such filters. Each lane of a vector is then a pixel of another row. A row is a block of four pixels
 * behind the one above it, which has thus been finished just when it is needed.
 *
 * Paeth: of left (a), above (b) and corner (c), the nearest to a + b - c. With lo and hi the smaller and
 * the larger of a and b, the distances to lo, hi and c are |hi - c|, |c - lo| and their difference.
 * Differences that saturate at 0 give the right choice also where c is not between lo and hi, and
 * ties are between equals: all in 8 bits.
 *
 * Average: with the complements of a and b, rounding up becomes rounding down, and
 * ~(x + average(a, b)) = average_up(~a, ~b) - x: two operations from pixel to pixel. */
#ifndef PRODUCER_PNG_UNFILTER_SIMD_H
#define PRODUCER_PNG_UNFILTER_SIMD_H

#include <string.h>

#include "png_unfilter.h"

#ifdef __aarch64__
#include "png_vec_neon.h"
#else
#include "png_vec_x86.h"
#endif

#define INLINE static inline __attribute__((always_inline))

enum { BLOCK_PIXELS = 4, BLOCK_BYTES = 16, ROWS = PNG_ROWS_AT_ONCE };

/* Masks of what a row's filter is predicted from, a lane for each of four rows. */
struct mix {
	vec left, above, corner, average;
};

/* The four pixels of a block in the order blue, green, red, alpha; 0 where there is no alpha. */
INLINE vec load_block(const uint8_t *raw, unsigned channels)
{
	static const uint8_t orders[4][BLOCK_BYTES] = {
		{ 0, 0, 0, 255, 1, 1, 1, 255, 2, 2, 2, 255, 3, 3, 3, 255 },
		{ 0, 0, 0, 1, 2, 2, 2, 3, 4, 4, 4, 5, 6, 6, 6, 7 },
		{ 2, 1, 0, 255, 5, 4, 3, 255, 8, 7, 6, 255, 11, 10, 9, 255 },
		{ 2, 1, 0, 3, 6, 5, 4, 7, 10, 9, 8, 11, 14, 13, 12, 15 },
	};
	vec block = channels == 1   ? vec_load_4(raw)
	            : channels == 2 ? vec_load_8(raw)
	                            : vec_load(raw);

	return vec_shuffle(block, vec_load(orders[channels - 1]));
}

INLINE void store_block(uint8_t *pixels, vec block, unsigned channels)
{
	if (channels & 1)
		block = vec_or(block, vec_set_32(0xff000000));
	vec_store(pixels, block);
}

INLINE vec undo_paeth(vec x, vec a, vec b, vec c)
{
	vec lo = vec_min(a, b), hi = vec_max(a, b);
	vec to_lo = vec_sub_saturated(hi, c), to_hi = vec_sub_saturated(c, lo);
	vec is_lo = vec_not_above(vec_add_saturated(to_lo, to_lo), to_hi);
	vec is_hi = vec_not_above(vec_add_saturated(to_hi, to_hi), to_lo);
	vec other = vec_select(is_hi, vec_add(x, hi), vec_add(x, c));

	return vec_select(is_lo, vec_add(x, lo), other);
}

INLINE vec undo_average(vec x, vec a, vec b)
{
	vec odd = vec_and(vec_xor(a, b), vec_set_32(0x01010101));

	return vec_add(x, vec_sub(vec_average_up(a, b), odd));
}

/* Any filter: what it is not predicted from counts as 0. Paeth is then Sub, Up or None. */
INLINE vec undo_mixed(vec x, vec a, vec b, vec c, const struct mix *mix)
{
	vec paeth = undo_paeth(x, vec_and(a, mix->left), b, vec_and(c, mix->corner));

	return vec_select(mix->average, undo_average(x, a, b), paeth);
}

/* ---- One row ------------------------------------------------------------------------------- */

INLINE void undo_none(const uint8_t *raw, uint8_t *out, size_t blocks, unsigned channels)
{
	for (size_t i = 0; i < blocks;
	     i++, raw += (size_t)BLOCK_PIXELS * channels, out += BLOCK_BYTES)
		store_block(out, load_block(raw, channels), channels);
}

INLINE void undo_up(const uint8_t *raw, const uint8_t *above, uint8_t *out, size_t blocks,
                    unsigned channels)
{
	for (size_t i = 0; i < blocks;
	     i++, raw += (size_t)BLOCK_PIXELS * channels, out += BLOCK_BYTES) {
		vec block = vec_add(load_block(raw, channels), vec_load(above + i * BLOCK_BYTES));

		store_block(out, block, channels);
	}
}

INLINE void undo_sub(const uint8_t *raw, uint8_t *out, size_t blocks, unsigned channels)
{
	vec left = vec_set_32(0);

	for (size_t i = 0; i < blocks;
	     i++, raw += (size_t)BLOCK_PIXELS * channels, out += BLOCK_BYTES) {
		vec sum = load_block(raw, channels);

		sum = vec_add(sum, vec_up_lanes(sum, 1));
		sum = vec_add(sum, vec_up_lanes(sum, 2));
		left = vec_add(sum, vec_repeat_lane(left, 3));
		store_block(out, left, channels);
	}
}

/* The first lanes of four vectors. */
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
			x = vec_down_lane(x);
			b = vec_down_lane(b);
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
			x = vec_down_lane(x);
			b = vec_down_lane(b);
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

/* Looks at whole blocks, and at the pixels that are left over. */
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

/* ---- Four rows at once ----------------------------------------------------------------------- */

struct wave {
	const uint8_t *raw[ROWS];
	const uint8_t *above;
	uint8_t *out;
	size_t stride_bytes;
	size_t blocks;
	vec left, corner;
	vec done[BLOCK_PIXELS]; /* by the last step; a lane for each row */
};

INLINE void transpose(vec v[4])
{
	vec t0 = vec_zip_32_low(v[0], v[1]), t1 = vec_zip_32_low(v[2], v[3]);
	vec t2 = vec_zip_32_high(v[0], v[1]), t3 = vec_zip_32_high(v[2], v[3]);

	v[0] = vec_zip_64_low(t0, t1);
	v[1] = vec_zip_64_high(t0, t1);
	v[2] = vec_zip_64_low(t2, t3);
	v[3] = vec_zip_64_high(t2, t3);
}

/* Row r does block step - r. Where there is no such block, at both ends, it does another for nothing, and
 * when its turn comes starts from the left edge. */
INLINE void wave_step(struct wave *wave, size_t step, unsigned channels, const struct mix *mix,
                      bool edge)
{
	size_t last = wave->blocks - 1;
	vec x[4], above = vec_load(wave->above + (edge && step > last ? last : step) * BLOCK_BYTES);

	for (size_t r = 0; r < ROWS; r++) {
		size_t block = edge && step < r ? 0 : edge && step - r > last ? last : step - r;

		x[r] = load_block(wave->raw[r] + block * BLOCK_PIXELS * channels, channels);
	}
	if (edge && step < ROWS) {
		static const uint32_t begun[ROWS][ROWS] = { { 0 },
			                                    { UINT32_MAX },
			                                    { UINT32_MAX, UINT32_MAX },
			                                    { UINT32_MAX, UINT32_MAX,
			                                      UINT32_MAX } };
		vec mask = vec_load((const uint8_t *)begun[step]);

		wave->left = vec_and(wave->left, mask);
		wave->corner = vec_and(wave->corner, mask);
	}
	transpose(x);
	for (int k = 0; k < BLOCK_PIXELS; k++) {
		vec b = vec_push_lane(wave->done[k], above, k);

		if (mix)
			b = vec_and(b, mix->above);
		wave->left = mix ? undo_mixed(x[k], wave->left, b, wave->corner, mix)
		                 : undo_paeth(x[k], wave->left, b, wave->corner);
		wave->corner = b;
		wave->done[k] = x[k] = wave->left;
	}
	transpose(x);
	for (size_t r = 0; r < ROWS; r++) {
		if (!edge || (step >= r && step - r <= last))
			store_block(wave->out + r * wave->stride_bytes + (step - r) * BLOCK_BYTES,
			            x[r], channels);
	}
}

INLINE void run_wave(struct wave *wave, unsigned channels, const struct mix *mix)
{
	size_t step = 0, lead = ROWS - 1;

	wave->left = wave->corner = vec_set_32(0);
	for (int k = 0; k < BLOCK_PIXELS; k++)
		wave->done[k] = vec_set_32(0);
	for (; step < lead; step++)
		wave_step(wave, step, channels, mix, true);
	wave_step(wave, step++, channels, mix, true);
	for (; step < wave->blocks; step++)
		wave_step(wave, step, channels, mix, false);
	for (; step < wave->blocks + lead; step++)
		wave_step(wave, step, channels, mix, true);
}

/* ---- All rows -------------------------------------------------------------------------------- */

/* What four rows that begin with this one gain by being done together, in tenths of a row of Paeth; known
 * by trying. */
INLINE bool is_worth_a_wave(const uint8_t *raw, size_t row_bytes)
{
	static const uint8_t cost[PNG_FILTERS] = { 0, 1, 0, 4, 10 };
	unsigned sum = 0;

	for (int r = 0; r < ROWS; r++)
		sum += cost[raw[r * row_bytes]];
	return sum >= 14;
}

INLINE bool are_filters(const uint8_t *raw, size_t row_bytes, uint32_t count)
{
	for (uint32_t r = 0; r < count; r++) {
		if (raw[r * row_bytes] >= PNG_FILTERS)
			return false;
	}
	return true;
}

INLINE void set_lane(uint32_t *lane, bool on)
{
	*lane = on ? UINT32_MAX : 0;
}

INLINE struct mix mix_of(const uint8_t *raw, size_t row_bytes)
{
	uint32_t left[ROWS], above[ROWS], corner[ROWS], average[ROWS];

	for (int r = 0; r < ROWS; r++) {
		uint8_t filter = raw[r * row_bytes];

		set_lane(&left[r], filter != FILTER_NONE && filter != FILTER_UP);
		set_lane(&above[r], filter >= FILTER_UP);
		set_lane(&corner[r], filter == FILTER_PAETH);
		set_lane(&average[r], filter == FILTER_AVERAGE);
	}
	return (struct mix){ .left = vec_load((const uint8_t *)left),
		             .above = vec_load((const uint8_t *)above),
		             .corner = vec_load((const uint8_t *)corner),
		             .average = vec_load((const uint8_t *)average) };
}

/* NOLINTBEGIN(readability-non-const-parameter): out is written through wave */
INLINE void undo_four_rows(const struct png_rows *rows, const uint8_t *raw, size_t row_bytes,
                           const uint8_t *above, uint8_t *out, unsigned channels)
/* NOLINTEND(readability-non-const-parameter) */
{
	static const uint8_t all_paeth[ROWS] = { FILTER_PAETH, FILTER_PAETH, FILTER_PAETH,
		                                 FILTER_PAETH };
	uint8_t filters[ROWS];
	struct wave wave = { .above = above,
		             .out = out,
		             .stride_bytes = rows->stride_bytes,
		             .blocks = ((size_t)rows->width + BLOCK_PIXELS - 1) / BLOCK_PIXELS };

	for (int r = 0; r < ROWS; r++) {
		filters[r] = raw[r * row_bytes];
		wave.raw[r] = raw + r * row_bytes + 1;
	}
	if (memcmp(filters, all_paeth, ROWS) == 0) {
		run_wave(&wave, channels, NULL);
	} else {
		struct mix mix = mix_of(raw, row_bytes);

		run_wave(&wave, channels, &mix);
	}
}

INLINE bool unfilter(struct png_rows *rows, unsigned channels)
{
	size_t row_bytes = 1 + (size_t)rows->width * channels;
	size_t blocks = ((size_t)rows->width + BLOCK_PIXELS - 1) / BLOCK_PIXELS;
	const uint8_t *raw = rows->raw, *above = rows->zeros;
	uint8_t *out = rows->pixels;

	rows->opaque = true;
	for (uint32_t left = rows->height, count; left > 0; left -= count) {
		count = left < ROWS ? left : ROWS;
		if (!are_filters(raw, row_bytes, count))
			return false;
		if (blocks >= ROWS && count == ROWS && is_worth_a_wave(raw, row_bytes)) {
			undo_four_rows(rows, raw, row_bytes, above, out, channels);
		} else {
			undo_row(raw, above, out, blocks, channels);
			count = 1;
		}
		for (uint32_t r = 0; r < count && channels % 2 == 0 && rows->opaque; r++)
			rows->opaque = is_opaque(out + r * rows->stride_bytes, rows->width);
		raw += count * row_bytes;
		out += count * rows->stride_bytes;
		above = out - rows->stride_bytes;
	}
	return true;
}

INLINE bool unfilter_any(struct png_rows *rows)
{
	switch (rows->channels) {
	case 1:
		return unfilter(rows, 1);
	case 2:
		return unfilter(rows, 2);
	case 3:
		return unfilter(rows, 3);
	default:
		return unfilter(rows, 4);
	}
}

#endif
