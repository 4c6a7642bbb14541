/* SPDX-License-Identifier: MIT
 *
 * Undoes filters with vectors of 16 bytes, written once for all instruction sets. The png_vec_
 * headers define the vector and each operation. Each source that includes this header is
 * compiled for one of the sets. Any processor with a byte shuffle and unsigned minimum and
 * maximum will do.
 *
 * None, Sub and Up process four pixels at a time. Average and Paeth need the pixel to the left,
 * so they go pixel by pixel, with most of a vector idle. Therefore four rows are done together
 * if enough of them have such filters: each lane of a vector is then a pixel of another row.
 * Each row is one block of four pixels behind the row above, so that the block above is finished
 * just when it is needed.
 *
 * Paeth predicts, of left (a), above (b) and corner (c), the nearest to a + b - c. Let lo and hi
 * be the smaller and the larger of a and b. Then the distances to lo, hi and c are
 *   |hi - c|, |c - lo| and |(hi - c) - (c - lo)|.
 * If c is not between lo and hi, differences that saturate at 0 still give the right choice. Ties
 * are between equals. So 8 bits are enough.
 *
 * Average: on complements of a and b, rounding up becomes rounding down:
 *   ~(x + average(a, b)) = average_up(~a, ~b) - x
 * This takes two operations from pixel to pixel.
 *
 * Four rows of different filters are all done as Paeth: for Sub, Up and None some neighbours
 * count as 0, and an average replaces the result for Average. If none of the rows has Paeth, all
 * are done as averages, in half the time. */
#ifndef SHMFLIP_PNG_UNFILTER_SIMD_H
#define SHMFLIP_PNG_UNFILTER_SIMD_H

#include "png_unfilter_row.h"

enum { ROWS = PNG_ROWS_AT_ONCE };

/* Masks of what each row's filter is predicted from, one lane for each of four rows. */
struct filter_masks {
	vec left, above, corner, average, nothing;
};

/* Which filters four rows have. */
enum filter_set { ALL_PAETH, ALL_AVERAGE, NO_PAETH, ANY_FILTER };

INLINE vec undo_average(vec x, vec a, vec b)
{
	vec odd = vec_and(vec_xor(a, b), vec_set_32(0x01010101));

	return vec_add(x, vec_sub(vec_average_up(a, b), odd));
}

/* For any filters: neighbours that a filter does not use count as 0. Paeth then becomes Sub, Up
 * or None. */
INLINE vec undo_mixed(vec x, vec a, vec b, vec c, const struct filter_masks *masks)
{
	vec paeth = undo_paeth(x, vec_and(a, masks->left), b, vec_and(c, masks->corner));

	return vec_select(masks->average, undo_average(x, a, b), paeth);
}

/* For any filters but Paeth, on complements: Sub averages left with left, Up averages above with
 * above. */
INLINE vec undo_averaged(vec x, vec a, vec b, const struct filter_masks *masks)
{
	vec average = vec_average_up(vec_select(masks->left, a, b), vec_select(masks->above, b, a));

	return vec_sub(vec_or(average, masks->nothing), x);
}

/* ---- Four rows at once ----------------------------------------------------------------------- */

struct wavefront {
	const uint8_t *raw[ROWS];
	const uint8_t *above;
	uint8_t *out;
	size_t stride_bytes;
	size_t blocks;
	vec left, corner;
	vec done[BLOCK_PIXELS]; /* by the last step; one lane per row */
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

/* Undoes one pixel of each row. For ALL_AVERAGE and NO_PAETH, all but x are complements. */
INLINE void wavefront_pixel(struct wavefront *wave, vec x, vec b, enum filter_set filters,
                            const struct filter_masks *masks)
{
	switch (filters) {
	case ALL_PAETH:
		wave->left = undo_paeth(x, wave->left, b, wave->corner);
		break;
	case ALL_AVERAGE:
		wave->left = vec_sub(vec_average_up(wave->left, b), x);
		break;
	case NO_PAETH:
		wave->left = undo_averaged(x, wave->left, b, masks);
		break;
	default:
		b = vec_and(b, masks->above);
		wave->left = undo_mixed(x, wave->left, b, wave->corner, masks);
	}
	wave->corner = b;
}

/* Rows step and later have not begun: to their left is 0, or its complement. */
INLINE void wavefront_begin(struct wavefront *wave, size_t step, vec flip)
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

/* Row r does block step - r. At both ends, if there is no such block, it does another and drops
 * the result. */
INLINE void wavefront_step(struct wavefront *wave, size_t step, unsigned channels,
                           enum filter_set filters, const struct filter_masks *masks, bool edge)
{
	size_t last = wave->blocks - 1;
	bool flipped = filters == ALL_AVERAGE || filters == NO_PAETH;
	vec flip = vec_set_32(flipped ? UINT32_MAX : 0), x[4];
	vec above = vec_load(wave->above + (edge && step > last ? last : step) * BLOCK_BYTES);

	above = vec_xor(above, flip);
	for (size_t r = 0; r < ROWS; r++) {
		size_t block = edge && step < r ? 0 : edge && step - r > last ? last : step - r;

		x[r] = load_block(wave->raw[r] + block * BLOCK_PIXELS * channels, channels);
	}
	if (edge && step < ROWS)
		wavefront_begin(wave, step, flip);
	transpose(x);
	for (int k = 0; k < BLOCK_PIXELS; k++) {
		wavefront_pixel(wave, x[k], vec_push_lane(wave->done[k], above, k), filters, masks);
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

INLINE void wavefront_run(struct wavefront *wave, unsigned channels, enum filter_set filters,
                          const struct filter_masks *masks)
{
	size_t step = 0, lead = ROWS - 1;

	wave->left = wave->corner = vec_set_32(0);
	for (int k = 0; k < BLOCK_PIXELS; k++)
		wave->done[k] = vec_set_32(0);
	for (; step < lead; step++)
		wavefront_step(wave, step, channels, filters, masks, true);
	wavefront_step(wave, step++, channels, filters, masks, true);
	for (; step < wave->blocks; step++)
		wavefront_step(wave, step, channels, filters, masks, false);
	for (; step < wave->blocks + lead; step++)
		wavefront_step(wave, step, channels, filters, masks, true);
}

/* ---- All rows -------------------------------------------------------------------------------- */

INLINE unsigned count_filter(const uint8_t *raw, size_t row_bytes, enum png_filter filter)
{
	unsigned count = 0;

	for (int r = 0; r < ROWS; r++)
		count += raw[r * row_bytes] == filter;
	return count;
}

INLINE enum filter_set find_filter_set(const uint8_t *raw, size_t row_bytes)
{
	unsigned paeth = count_filter(raw, row_bytes, FILTER_PAETH);

	if (paeth > 0)
		return paeth == ROWS ? ALL_PAETH : ANY_FILTER;
	return count_filter(raw, row_bytes, FILTER_AVERAGE) == ROWS ? ALL_AVERAGE : NO_PAETH;
}

/* In tenths of a Paeth row: what a row gains in a wavefront, and the sum from which four rows
 * are faster together. Found by trial. */
INLINE bool is_wavefront_faster(const uint8_t *raw, size_t row_bytes, enum filter_set filters)
{
	static const uint8_t gain[PNG_FILTERS] = { 0, 1, 0, 4, 10 };
	unsigned sum = 0;

	for (int r = 0; r < ROWS; r++)
		sum += gain[raw[r * row_bytes]];
	return sum >= (filters == ANY_FILTER ? 14 : 8);
}

INLINE bool have_valid_filters(const uint8_t *raw, size_t row_bytes, uint32_t count)
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

INLINE struct filter_masks make_filter_masks(const uint8_t *raw, size_t row_bytes)
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
	return (struct filter_masks){ .left = vec_load((const uint8_t *)left),
		                      .above = vec_load((const uint8_t *)above),
		                      .corner = vec_load((const uint8_t *)corner),
		                      .average = vec_load((const uint8_t *)average),
		                      .nothing = vec_load((const uint8_t *)nothing) };
}

/* NOLINTBEGIN(readability-non-const-parameter): out is written through wave */
INLINE void undo_four_rows(const struct png_rows *rows, const uint8_t *raw, size_t row_bytes,
                           const uint8_t *above, uint8_t *out, unsigned channels,
                           enum filter_set filters)
/* NOLINTEND(readability-non-const-parameter) */
{
	struct wavefront wave = { .above = above,
		                  .out = out,
		                  .stride_bytes = rows->stride_bytes,
		                  .blocks = BLOCKS_OF(rows->width) };
	struct filter_masks masks = make_filter_masks(raw, row_bytes);

	for (int r = 0; r < ROWS; r++)
		wave.raw[r] = raw + r * row_bytes + 1;
	if (filters == ALL_PAETH)
		wavefront_run(&wave, channels, ALL_PAETH, &masks);
	else if (filters == ALL_AVERAGE)
		wavefront_run(&wave, channels, ALL_AVERAGE, &masks);
	else if (filters == NO_PAETH)
		wavefront_run(&wave, channels, NO_PAETH, &masks);
	else
		wavefront_run(&wave, channels, ANY_FILTER, &masks);
}

INLINE bool unfilter(struct png_rows *rows, unsigned channels)
{
	size_t row_bytes = 1 + (size_t)rows->width * channels;
	size_t blocks = BLOCKS_OF(rows->width);
	const uint8_t *raw = rows->raw, *above = rows->above;
	uint8_t *out = rows->pixels;

	for (uint32_t todo = rows->height, count; todo > 0; todo -= count) {
		enum filter_set filters = ANY_FILTER;

		count = todo < ROWS ? todo : ROWS;
		if (!have_valid_filters(raw, row_bytes, count))
			return false;
		if (count == ROWS)
			filters = find_filter_set(raw, row_bytes);
		if (blocks >= ROWS && count == ROWS &&
		    is_wavefront_faster(raw, row_bytes, filters)) {
			undo_four_rows(rows, raw, row_bytes, above, out, channels, filters);
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
