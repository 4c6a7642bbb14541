/* SPDX-License-Identifier: MIT */
#include "png_filter.h"

#include "png_filter_variants.h"

static inline __attribute__((always_inline)) void filter_by(enum png_filter filter,
                                                            const uint8_t *row,
                                                            const uint8_t *above, size_t bytes,
                                                            unsigned step, uint8_t *out)
{
	for (size_t i = 0; i < bytes; i++) {
		const uint8_t *left = row + i - step, *corner = above + i - step;

		out[i] = (uint8_t)(row[i] - png_predict(filter, *left, above[i], *corner));
	}
}

static void filter_plain_c(enum png_filter filter, const uint8_t *row, const uint8_t *above,
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

static void pack_plain_c(const uint8_t *bgra, size_t pixels, unsigned channels, uint8_t *out)
{
	for (; pixels; pixels--, bgra += 4, out += channels)
		png_pack_pixel(bgra, channels, out);
}

const struct png_filter_variant *png_filter_get(unsigned index)
{
	static const struct png_filter_variant variants[] = {
#ifdef HAVE_UNFILTER_X86
		{ "AVX2", png_filter_avx2, png_pack_avx2 },
		{ "SSE4.1", png_filter_sse41, png_pack_sse41 },
#endif
#ifdef HAVE_UNFILTER_NEON
		{ "NEON", png_filter_neon, png_pack_neon },
#endif
		{ "plain C", filter_plain_c, pack_plain_c },
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
