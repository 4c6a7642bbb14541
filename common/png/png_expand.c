/* SPDX-License-Identifier: MIT */
#include "png_expand.h"

#include <stdlib.h>
#include <string.h>

#include "png_unfilter.h"

#define INLINE static inline __attribute__((always_inline))

enum { PIXEL_BYTES_MAX = 8 };

/* Of a byte per pixel, the last result is in a register: that is faster than to read it again. */
INLINE void undo(enum png_filter filter, const uint8_t *restrict raw, const uint8_t *restrict above,
                 uint8_t *restrict out, size_t bytes, size_t distance)
{
	uint8_t last = 0;

	for (size_t i = 0; i < distance && i < bytes; i++)
		last = out[i] = (uint8_t)(raw[i] + png_predict(filter, 0, above[i], 0));
	for (size_t i = distance; i < bytes; i++)
		last = out[i] =
			(uint8_t)(raw[i] + png_predict(filter,
		                                       distance == 1 ? last : out[i - distance],
		                                       above[i], above[i - distance]));
}

/* distance: from a byte to that of the pixel to the left. */
INLINE void undo_any(uint8_t filter, const uint8_t *raw, const uint8_t *above, uint8_t *out,
                     size_t bytes, size_t distance)
{
	switch (filter) {
	case FILTER_SUB:
		undo(FILTER_SUB, raw, above, out, bytes, distance);
		break;
	case FILTER_UP:
		undo(FILTER_UP, raw, above, out, bytes, distance);
		break;
	case FILTER_AVERAGE:
		undo(FILTER_AVERAGE, raw, above, out, bytes, distance);
		break;
	default:
		undo(FILTER_PAETH, raw, above, out, bytes, distance);
	}
}

static void undo_filter(uint8_t filter, const uint8_t *raw, const uint8_t *above, uint8_t *out,
                        size_t bytes, size_t distance)
{
	switch (distance) {
	case 1:
		undo_any(filter, raw, above, out, bytes, 1);
		break;
	case 2:
		undo_any(filter, raw, above, out, bytes, 2);
		break;
	case 3:
		undo_any(filter, raw, above, out, bytes, 3);
		break;
	case 4:
		undo_any(filter, raw, above, out, bytes, 4);
		break;
	case 6:
		undo_any(filter, raw, above, out, bytes, 6);
		break;
	default:
		undo_any(filter, raw, above, out, bytes, 8);
	}
}

/* Memory for a row of zeros, two unfiltered rows, one of pixels, and one of unpacked samples. A row
 * of samples is at most as long as one of the widest pixels. */
static bool reserve(struct png_expander *expander, uint32_t width)
{
	uint64_t row_bytes = PIXEL_BYTES_MAX * (uint64_t)width;
	uint8_t *larger;

	if (row_bytes <= expander->memory_row_bytes)
		return true;
	larger = row_bytes > SIZE_MAX ? NULL : calloc(5, (size_t)row_bytes);
	if (!larger)
		return false;
	free(expander->memory);
	expander->memory = larger;
	expander->memory_row_bytes = (size_t)row_bytes;
	return true;
}

enum memory_row { ZEROS, UNFILTERED, PIXELS = 3, UNPACKED };

static uint8_t *memory_row(const struct png_expander *expander, unsigned row)
{
	return expander->memory + row * expander->memory_row_bytes;
}

bool png_expander_begin(struct png_expander *expander, const struct png_fast_format *format,
                        png_look_up_function *look_up)
{
	if (!reserve(expander, format->width))
		return false;
	expander->converter =
		(struct png_row_converter){ .format = format,
		                            .look_up = look_up,
		                            .unpacked = memory_row(expander, UNPACKED),
		                            .indices = { .alpha = 255 } };
	return true;
}

void png_expander_finish(struct png_expander *expander)
{
	free(expander->memory);
}

void png_pass_init(struct png_pass *pass, const struct png_fast_format *format, unsigned number)
{
	/* Adam7: PNG specification, 8.2. */
	static const uint8_t passes[PNG_PASSES][4] = { { 0, 0, 8, 8 }, { 4, 0, 8, 8 },
		                                       { 0, 4, 4, 8 }, { 2, 0, 4, 4 },
		                                       { 0, 2, 2, 4 }, { 1, 0, 2, 2 },
		                                       { 0, 1, 1, 2 } };
	const uint8_t *values = passes[number];

	if (format->interlaced)
		*pass = (struct png_pass){
			.x = values[0], .y = values[1], .step_x = values[2], .step_y = values[3]
		};
	else
		*pass = (struct png_pass){ .step_x = 1, .step_y = 1 };
	pass->width = (format->width - pass->x + pass->step_x - 1) / pass->step_x;
	pass->height = (format->height - pass->y + pass->step_y - 1) / pass->step_y;
	if (pass->x >= format->width || pass->y >= format->height)
		pass->width = pass->height = 0;
}

/* A pass without pixels has no rows either. */
uint64_t png_pass_row_bytes(const struct png_pass *pass, const struct png_fast_format *format)
{
	uint64_t bits = (uint64_t)pass->width * format->channels * format->depth;

	return pass->width ? 1 + (bits + 7) / 8 : 0;
}

void png_expander_begin_pass(struct png_expander *expander, const struct png_pass *pass)
{
	expander->pass = *pass;
	expander->row_bytes = (size_t)png_pass_row_bytes(pass, expander->converter.format);
	expander->above = memory_row(expander, ZEROS);
	expander->y = 0;
}

/* A row without a filter stays where it is. */
static const uint8_t *unfiltered(struct png_expander *expander, const uint8_t *raw)
{
	const struct png_fast_format *format = expander->converter.format;
	size_t distance = (format->channels * format->depth + 7) / 8;
	uint8_t *row = memory_row(expander, UNFILTERED + expander->y % 2);

	if (raw[0] == FILTER_NONE)
		return raw + 1;
	undo_filter(raw[0], raw + 1, expander->above, row, expander->row_bytes - 1, distance);
	return row;
}

INLINE void spread(const uint8_t *from, uint32_t count, uint8_t *to, size_t step, size_t bytes)
{
	for (uint32_t i = 0; i < count; i++, from += bytes, to += step)
		memcpy(to, from, bytes);
}

static void convert_row(struct png_expander *expander, const uint8_t *row, uint8_t *out)
{
	const struct png_pass *pass = &expander->pass;
	size_t bytes = png_pixel_bytes(expander->converter.format), step = pass->step_x * bytes;
	uint8_t *pixels = memory_row(expander, PIXELS);

	if (pass->step_x == 1) {
		png_row_to_pixels(&expander->converter, row, pass->width, out);
		return;
	}
	png_row_to_pixels(&expander->converter, row, pass->width, pixels);
	out += pass->x * bytes;
	if (bytes == 4)
		spread(pixels, pass->width, out, step, 4);
	else
		spread(pixels, pass->width, out, step, bytes);
}

bool png_expand_rows(struct png_expander *expander, const uint8_t *raw, uint32_t count,
                     uint8_t *pixels)
{
	const struct png_pass *pass = &expander->pass;
	size_t stride = expander->converter.format->stride_bytes;

	for (uint32_t i = 0; i < count; i++, raw += expander->row_bytes, expander->y++) {
		const uint8_t *row;

		if (raw[0] >= PNG_FILTERS)
			return false;
		row = unfiltered(expander, raw);
		convert_row(expander, row,
		            pixels + (pass->y + (size_t)expander->y * pass->step_y) * stride);
		expander->above = row;
	}
	return true;
}

bool png_expander_end(const struct png_expander *expander, bool *opaque)
{
	const struct png_fast_format *format = expander->converter.format;

	*opaque = expander->converter.indices.alpha == 255;
	return expander->converter.indices.most < format->colour_count || format->colour_count == 0;
}
