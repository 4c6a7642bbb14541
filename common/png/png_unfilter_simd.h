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
 * ~(x + average(a, b)) = average_up(~a, ~b) - x: two operations from pixel to pixel.
 *
 * Four rows of different filters are all of Paeth, with some neighbours 0 (Sub, Up, None) or an average
 * in its place; or, if none of them has Paeth, all of averages, for half the time. */
#ifndef SHMFLIP_PNG_UNFILTER_SIMD_H
#define SHMFLIP_PNG_UNFILTER_SIMD_H

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
	vec left, above, corner, average, nothing;
};

/* What is among the filters of four rows. */
enum blend { ALL_PAETH, ALL_AVERAGE, NO_PAETH, ANY_FILTER };

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

/* Any filter but Paeth, on complements: Sub is the average of left and left, Up that of above and above. */
INLINE vec undo_averaged(vec x, vec a, vec b, const struct mix *mix)
{
	vec average = vec_average_up(vec_select(mix->left, a, b), vec_select(mix->above, b, a));

	return vec_sub(vec_or(average, mix->nothing), x);
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

/* A pixel of each row. With averages, all but x is complements. */
INLINE void wave_pixel(struct wave *wave, vec x, vec b, enum blend blend, const struct mix *mix)
{
	switch (blend) {
	case ALL_PAETH:
		wave->left = undo_paeth(x, wave->left, b, wave->corner);
		break;
	case ALL_AVERAGE:
		wave->left = vec_sub(vec_average_up(wave->left, b), x);
		break;
	case NO_PAETH:
		wave->left = undo_averaged(x, wave->left, b, mix);
		break;
	default:
		b = vec_and(b, mix->above);
		wave->left = undo_mixed(x, wave->left, b, wave->corner, mix);
	}
	wave->corner = b;
}

/* Rows whose turn comes with this step start from the left edge: beside 0, or its complement. */
INLINE void wave_begin(struct wave *wave, size_t step, vec flip)
{
	static const uint32_t begun[ROWS][ROWS] = {
		{ 0 },
		{ UINT32_MAX },
		{ UINT32_MAX, UINT32_MAX },
		{ UINT32_MAX, UINT32_MAX, UINT32_MAX },
	};
	vec mask = vec_load((const uint8_t *)begun[step]);

	wave->left = vec_xor(vec_and(vec_xor(wave->left, flip), mask), flip);
	wave->corner = vec_and(wave->corner, mask);
}

/* Row r does block step - r. Where there is no such block, at both ends, it does another for nothing. */
INLINE void wave_step(struct wave *wave, size_t step, unsigned channels, enum blend blend,
                      const struct mix *mix, bool edge)
{
	size_t last = wave->blocks - 1;
	bool flipped = blend == ALL_AVERAGE || blend == NO_PAETH;
	vec flip = vec_set_32(flipped ? UINT32_MAX : 0), x[4];
	vec above = vec_load(wave->above + (edge && step > last ? last : step) * BLOCK_BYTES);

	above = vec_xor(above, flip);
	for (size_t r = 0; r < ROWS; r++) {
		size_t block = edge && step < r ? 0 : edge && step - r > last ? last : step - r;

		x[r] = load_block(wave->raw[r] + block * BLOCK_PIXELS * channels, channels);
	}
	if (edge && step < ROWS)
		wave_begin(wave, step, flip);
	transpose(x);
	for (int k = 0; k < BLOCK_PIXELS; k++) {
		wave_pixel(wave, x[k], vec_push_lane(wave->done[k], above, k), blend, mix);
		wave->done[k] = wave->left;
		x[k] = vec_xor(wave->left, flip);
	}
	transpose(x);
	for (size_t r = 0; r < ROWS; r++) {
		if (!edge || (step >= r && step - r <= last))
			store_block(wave->out + r * wave->stride_bytes + (step - r) * BLOCK_BYTES,
			            x[r], channels);
	}
}

INLINE void run_wave(struct wave *wave, unsigned channels, enum blend blend, const struct mix *mix)
{
	size_t step = 0, lead = ROWS - 1;

	wave->left = wave->corner = vec_set_32(0);
	for (int k = 0; k < BLOCK_PIXELS; k++)
		wave->done[k] = vec_set_32(0);
	for (; step < lead; step++)
		wave_step(wave, step, channels, blend, mix, true);
	wave_step(wave, step++, channels, blend, mix, true);
	for (; step < wave->blocks; step++)
		wave_step(wave, step, channels, blend, mix, false);
	for (; step < wave->blocks + lead; step++)
		wave_step(wave, step, channels, blend, mix, true);
}

/* ---- All rows -------------------------------------------------------------------------------- */

INLINE unsigned count_filter(const uint8_t *raw, size_t row_bytes, enum png_filter filter)
{
	unsigned count = 0;

	for (int r = 0; r < ROWS; r++)
		count += raw[r * row_bytes] == filter;
	return count;
}

INLINE enum blend blend_of(const uint8_t *raw, size_t row_bytes)
{
	unsigned paeth = count_filter(raw, row_bytes, FILTER_PAETH);

	if (paeth > 0)
		return paeth == ROWS ? ALL_PAETH : ANY_FILTER;
	return count_filter(raw, row_bytes, FILTER_AVERAGE) == ROWS ? ALL_AVERAGE : NO_PAETH;
}

/* What four rows that begin with this one gain by being done together, in tenths of a row of Paeth; known
 * by trying. */
INLINE bool is_worth_a_wave(const uint8_t *raw, size_t row_bytes, enum blend blend)
{
	static const uint8_t cost[PNG_FILTERS] = { 0, 1, 0, 4, 10 };
	unsigned sum = 0;

	for (int r = 0; r < ROWS; r++)
		sum += cost[raw[r * row_bytes]];
	return sum >= (blend == ANY_FILTER ? 14 : 8);
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
	uint32_t left[ROWS], above[ROWS], corner[ROWS], average[ROWS], nothing[ROWS];

	for (int r = 0; r < ROWS; r++) {
		uint8_t filter = raw[r * row_bytes];

		set_lane(&left[r], filter != FILTER_NONE && filter != FILTER_UP);
		set_lane(&above[r], filter >= FILTER_UP);
		set_lane(&corner[r], filter == FILTER_PAETH);
		set_lane(&average[r], filter == FILTER_AVERAGE);
		set_lane(&nothing[r], filter == FILTER_NONE);
	}
	return (struct mix){ .left = vec_load((const uint8_t *)left),
		             .above = vec_load((const uint8_t *)above),
		             .corner = vec_load((const uint8_t *)corner),
		             .average = vec_load((const uint8_t *)average),
		             .nothing = vec_load((const uint8_t *)nothing) };
}

/* NOLINTBEGIN(readability-non-const-parameter): out is written through wave */
INLINE void undo_four_rows(const struct png_rows *rows, const uint8_t *raw, size_t row_bytes,
                           const uint8_t *above, uint8_t *out, unsigned channels, enum blend blend)
/* NOLINTEND(readability-non-const-parameter) */
{
	struct wave wave = { .above = above,
		             .out = out,
		             .stride_bytes = rows->stride_bytes,
		             .blocks = ((size_t)rows->width + BLOCK_PIXELS - 1) / BLOCK_PIXELS };
	struct mix mix = mix_of(raw, row_bytes);

	for (int r = 0; r < ROWS; r++)
		wave.raw[r] = raw + r * row_bytes + 1;
	if (blend == ALL_PAETH)
		run_wave(&wave, channels, ALL_PAETH, &mix);
	else if (blend == ALL_AVERAGE)
		run_wave(&wave, channels, ALL_AVERAGE, &mix);
	else if (blend == NO_PAETH)
		run_wave(&wave, channels, NO_PAETH, &mix);
	else
		run_wave(&wave, channels, ANY_FILTER, &mix);
}

INLINE bool unfilter(struct png_rows *rows, unsigned channels)
{
	size_t row_bytes = 1 + (size_t)rows->width * channels;
	size_t blocks = ((size_t)rows->width + BLOCK_PIXELS - 1) / BLOCK_PIXELS;
	const uint8_t *raw = rows->raw, *above = rows->zeros;
	uint8_t *out = rows->pixels;

	rows->opaque = true;
	for (uint32_t left = rows->height, count; left > 0; left -= count) {
		enum blend blend = ANY_FILTER;

		count = left < ROWS ? left : ROWS;
		if (!are_filters(raw, row_bytes, count))
			return false;
		if (count == ROWS)
			blend = blend_of(raw, row_bytes);
		if (blocks >= ROWS && count == ROWS && is_worth_a_wave(raw, row_bytes, blend)) {
			undo_four_rows(rows, raw, row_bytes, above, out, channels, blend);
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
