/* SPDX-License-Identifier: MIT */
#include <immintrin.h>

#include "png_unfilter_variants.h"

enum { INDICES = 8, PIXEL_BYTES = 4 };

/* Eight colours per gather. */
void png_look_up_avx2(const uint8_t colours[256][4], const uint8_t *row, uint32_t width,
                      uint8_t *pixels, struct png_indices *indices)
{
	__m256i all = _mm256_set1_epi32(-1);
	__m128i most = _mm_setzero_si128();
	uint8_t alphas[INDICES * PIXEL_BYTES], maxima[2 * INDICES];
	uint32_t x = 0;

	for (; width - x >= INDICES; x += INDICES, pixels += sizeof(alphas)) {
		__m128i some = _mm_loadl_epi64((const __m128i *)(const void *)(row + x));
		__m256i found = _mm256_i32gather_epi32((const int *)(const void *)colours,
		                                       _mm256_cvtepu8_epi32(some), PIXEL_BYTES);

		_mm256_storeu_si256((__m256i *)(void *)pixels, found);
		all = _mm256_and_si256(all, found);
		most = _mm_max_epu8(most, some);
	}
	_mm256_storeu_si256((__m256i *)(void *)alphas, all);
	_mm_storeu_si128((__m128i *)(void *)maxima, most);
	for (int i = 0; i < INDICES; i++) {
		indices->alpha &= alphas[PIXEL_BYTES * i + 3];
		if (maxima[i] > indices->most)
			indices->most = maxima[i];
	}
	for (; x < width; x++, pixels += PIXEL_BYTES)
		png_look_up_one(colours, row[x], pixels, indices);
}
