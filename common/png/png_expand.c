/* SPDX-License-Identifier: MIT */
#include "png_expand.h"

#include <string.h>

#include "png_unfilter.h"

/* What became of all rows so far. */
struct use {
	unsigned index_max;
	uint8_t alpha; /* of all pixels, and-ed */
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

static inline __attribute__((always_inline)) void look_up(const struct png_fast_format *kind,
                                                          const uint8_t *row, uint8_t *out,
                                                          unsigned depth, struct use *use)
{
	unsigned mask = (1u << depth) - 1, shift = 8;

	for (uint32_t x = 0; x < kind->width; x++, out += 4) {
		unsigned index;

		shift -= depth;
		index = *row >> shift & mask;
		if (shift == 0) {
			shift = 8;
			row++;
		}
		if (index > use->index_max)
			use->index_max = index;
		use->alpha &= kind->colours[index][3];
		memcpy(out, kind->colours[index], 4);
	}
}

static void look_up_any(const struct png_fast_format *kind, const uint8_t *row, uint8_t *out,
                        struct use *use)
{
	switch (kind->depth) {
	case 1:
		look_up(kind, row, out, 1, use);
		break;
	case 2:
		look_up(kind, row, out, 2, use);
		break;
	case 4:
		look_up(kind, row, out, 4, use);
		break;
	default:
		look_up(kind, row, out, 8, use);
	}
}

bool png_expand(const struct png_fast_format *kind, const uint8_t *zeros, uint8_t *raw,
                uint8_t *pixels, bool *opaque)
{
	size_t bytes = ((size_t)kind->width * kind->depth + 7) / 8;
	struct use use = { .alpha = 255 };
	const uint8_t *above = zeros;

	for (uint32_t y = 0; y < kind->height; y++) {
		if (!undo_filter(raw[0], raw + 1, above, bytes))
			return false;
		look_up_any(kind, raw + 1, pixels, &use);
		above = raw + 1;
		raw += 1 + bytes;
		pixels += kind->stride_bytes;
	}
	*opaque = use.alpha == 255;
	return use.index_max < kind->colour_count;
}
