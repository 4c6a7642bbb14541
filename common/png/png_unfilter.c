/* SPDX-License-Identifier: MIT */
#include "png_unfilter.h"

#include "png_unfilter_variants.h"

/* The byte of a pixel that each channel becomes. Grey is then copied to two more. */
static const uint8_t channel_bytes[4][4] = { { 0 }, { 0, 3 }, { 2, 1, 0 }, { 2, 1, 0, 3 } };

static inline __attribute__((always_inline)) void undo(enum png_filter filter, const uint8_t *raw,
                                                       const uint8_t *above, uint8_t *out,
                                                       uint32_t width, unsigned channels)
{
	uint8_t left[4] = { 0 }, corner[4] = { 0 };

	for (uint32_t x = 0; x < width; x++, raw += channels, above += 4, out += 4) {
		out[3] = 255;
		for (unsigned c = 0; c < channels; c++) {
			unsigned byte = channel_bytes[channels - 1][c];

			left[c] = (uint8_t)(raw[c] +
			                    png_predict(filter, left[c], above[byte], corner[c]));
			corner[c] = above[byte];
			out[byte] = left[c];
		}
		if (channels < 3)
			out[1] = out[2] = out[0];
	}
}

static inline __attribute__((always_inline)) void
undo_row(const uint8_t *raw, const uint8_t *above, uint8_t *out, uint32_t width, unsigned channels)
{
	switch (raw[0]) {
	case FILTER_NONE:
		undo(FILTER_NONE, raw + 1, above, out, width, channels);
		break;
	case FILTER_SUB:
		undo(FILTER_SUB, raw + 1, above, out, width, channels);
		break;
	case FILTER_UP:
		undo(FILTER_UP, raw + 1, above, out, width, channels);
		break;
	case FILTER_AVERAGE:
		undo(FILTER_AVERAGE, raw + 1, above, out, width, channels);
		break;
	default:
		undo(FILTER_PAETH, raw + 1, above, out, width, channels);
	}
}

static bool unfilter_plain_c(struct png_rows *rows)
{
	size_t row_bytes = 1 + (size_t)rows->width * rows->channels;
	const uint8_t *raw = rows->raw, *above = rows->above;
	uint8_t *out = rows->pixels;

	for (uint32_t y = 0; y < rows->height; y++) {
		if (raw[0] >= PNG_FILTERS)
			return false;
		if (rows->channels == 1)
			undo_row(raw, above, out, rows->width, 1);
		else if (rows->channels == 2)
			undo_row(raw, above, out, rows->width, 2);
		else if (rows->channels == 3)
			undo_row(raw, above, out, rows->width, 3);
		else
			undo_row(raw, above, out, rows->width, 4);
		if (rows->channels % 2 == 0 && rows->opaque)
			rows->opaque = png_row_is_opaque(out, rows->width);
		above = out;
		raw += row_bytes;
		out += rows->stride_bytes;
	}
	return true;
}

static void look_up_plain_c(const uint8_t colours[256][4], const uint8_t *row, uint32_t width,
                            uint8_t *pixels, struct png_indices *indices)
{
	for (uint32_t x = 0; x < width; x++, pixels += 4)
		png_look_up_one(colours, row[x], pixels, indices);
}

const struct png_unfilter *png_unfilter_get(unsigned index)
{
	static const struct png_unfilter variants[] = {
#ifdef HAVE_UNFILTER_X86
		{ "AVX2", png_unfilter_avx2, png_look_up_avx2 },
		{ "SSE4.1", png_unfilter_sse41, look_up_plain_c },
#endif
#ifdef HAVE_UNFILTER_NEON
		{ "NEON", png_unfilter_neon, look_up_plain_c },
#endif
		{ "plain C", unfilter_plain_c, look_up_plain_c },
	};
	unsigned first = 0, count = sizeof(variants) / sizeof(variants[0]);

#ifdef HAVE_UNFILTER_X86
	if (!__builtin_cpu_supports("sse4.1"))
		first = 2;
	else if (!__builtin_cpu_supports("avx2"))
		first = 1;
#endif
	return index < count - first ? &variants[first + index] : NULL;
}
