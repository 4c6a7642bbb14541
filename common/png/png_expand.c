/* SPDX-License-Identifier: MIT */
#include "png_expand.h"

#include <string.h>

#include "png_unfilter.h"

/* Of all pixels so far. */
struct summary {
	unsigned index_max;
	uint8_t alpha; /* bitwise and of all alphas */
};

static inline __attribute__((always_inline)) void undo(enum png_filter filter, uint8_t *row,
                                                       const uint8_t *above, size_t bytes)
{
	uint8_t left = 0, corner = 0;

	for (size_t i = 0; i < bytes; i++) {
		left = (uint8_t)(row[i] + png_predict(filter, left, above[i], corner));
		corner = above[i];
		row[i] = left;
	}
}

static bool undo_filter(uint8_t filter, uint8_t *row, const uint8_t *above, size_t bytes)
{
	switch (filter) {
	case FILTER_NONE:
		break;
	case FILTER_SUB:
		undo(FILTER_SUB, row, above, bytes);
		break;
	case FILTER_UP:
		undo(FILTER_UP, row, above, bytes);
		break;
	case FILTER_AVERAGE:
		undo(FILTER_AVERAGE, row, above, bytes);
		break;
	case FILTER_PAETH:
		undo(FILTER_PAETH, row, above, bytes);
		break;
	default:
		return false;
	}
	return true;
}

static inline __attribute__((always_inline)) void look_up(const struct png_fast_format *format,
                                                          const uint8_t *row, uint8_t *out,
                                                          unsigned depth, struct summary *summary)
{
	unsigned mask = (1u << depth) - 1, shift = 8;

	for (uint32_t x = 0; x < format->width; x++, out += 4) {
		unsigned index;

		shift -= depth;
		index = *row >> shift & mask;
		if (shift == 0) {
			shift = 8;
			row++;
		}
		if (index > summary->index_max)
			summary->index_max = index;
		summary->alpha &= format->colours[index][3];
		memcpy(out, format->colours[index], 4);
	}
}

static void look_up_any(const struct png_fast_format *format, const uint8_t *row, uint8_t *out,
                        struct summary *summary)
{
	switch (format->depth) {
	case 1:
		look_up(format, row, out, 1, summary);
		break;
	case 2:
		look_up(format, row, out, 2, summary);
		break;
	case 4:
		look_up(format, row, out, 4, summary);
		break;
	default:
		look_up(format, row, out, 8, summary);
	}
}

bool png_expand(const struct png_fast_format *format, const uint8_t *zeros, uint8_t *raw,
                uint8_t *pixels, bool *opaque)
{
	size_t bytes = ((size_t)format->width * format->depth + 7) / 8;
	struct summary summary = { .alpha = 255 };
	const uint8_t *above = zeros;

	for (uint32_t y = 0; y < format->height; y++) {
		if (!undo_filter(raw[0], raw + 1, above, bytes))
			return false;
		look_up_any(format, raw + 1, pixels, &summary);
		above = raw + 1;
		raw += 1 + bytes;
		pixels += format->stride_bytes;
	}
	*opaque = summary.alpha == 255;
	return summary.index_max < format->colour_count;
}
