/* SPDX-License-Identifier: MIT
 *
 * The operations of png_unfilter_simd.h in SSE up to 4.1. Compiled for AVX, they become AVX
 * instructions. A lane is four bytes. */
#ifndef SHMFLIP_PNG_VEC_X86_H
#define SHMFLIP_PNG_VEC_X86_H

#include <smmintrin.h>
#include <stdint.h>
#include <string.h>

typedef __m128i vec;

#define vec_load(bytes) _mm_loadu_si128((const __m128i *)(const void *)(bytes))
#define vec_load_8(bytes) _mm_loadl_epi64((const __m128i *)(const void *)(bytes))
#define vec_store(bytes, v) _mm_storeu_si128((__m128i *)(void *)(bytes), v)
#define vec_set_32(number) _mm_set1_epi32((int)(number))
#define vec_and(v, w) _mm_and_si128(v, w)
#define vec_or(v, w) _mm_or_si128(v, w)
#define vec_xor(v, w) _mm_xor_si128(v, w)
#define vec_add(v, w) _mm_add_epi8(v, w)
#define vec_sub(v, w) _mm_sub_epi8(v, w)
#define vec_add_saturated(v, w) _mm_adds_epu8(v, w)
#define vec_sub_saturated(v, w) _mm_subs_epu8(v, w)
#define vec_min(v, w) _mm_min_epu8(v, w)
#define vec_max(v, w) _mm_max_epu8(v, w)
#define vec_average_up(v, w) _mm_avg_epu8(v, w)
#define vec_less_or_equal(v, w) _mm_cmpeq_epi8(_mm_subs_epu8(v, w), _mm_setzero_si128())
#define vec_select(mask, yes, no) _mm_blendv_epi8(no, yes, mask)
#define vec_shuffle(v, order) _mm_shuffle_epi8(v, order)
#define vec_zip_32_low(v, w) _mm_unpacklo_epi32(v, w)
#define vec_zip_32_high(v, w) _mm_unpackhi_epi32(v, w)
#define vec_zip_64_low(v, w) _mm_unpacklo_epi64(v, w)
#define vec_zip_64_high(v, w) _mm_unpackhi_epi64(v, w)
#define vec_repeat_lane(v, lane) _mm_shuffle_epi32(v, (lane)*0x55)
#define vec_shift_lanes_up(v, count) _mm_slli_si128(v, 4 * (count))
#define vec_shift_lanes_down(v, count) _mm_srli_si128(v, 4 * (count))

static inline __attribute__((always_inline)) vec vec_load_4(const uint8_t *bytes)
{
	int32_t number;

	memcpy(&number, bytes, sizeof(number));
	return _mm_cvtsi32_si128(number);
}

/* Returns lane k of above, followed by the first three of v. */
static inline __attribute__((always_inline)) vec vec_push_lane(vec v, vec above, int k)
{
	switch (k) {
	case 0:
		return _mm_alignr_epi8(v, _mm_shuffle_epi32(above, 0x00), 12);
	case 1:
		return _mm_alignr_epi8(v, _mm_shuffle_epi32(above, 0x55), 12);
	case 2:
		return _mm_alignr_epi8(v, _mm_shuffle_epi32(above, 0xaa), 12);
	default:
		return _mm_alignr_epi8(v, above, 12);
	}
}

#endif
