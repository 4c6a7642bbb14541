/* SPDX-License-Identifier: MIT
 *
 * The operations of pixel_rows_simd.h in AVX2. */
#ifndef SHMFLIP_PIXEL_VEC_AVX2_H
#define SHMFLIP_PIXEL_VEC_AVX2_H

#include <immintrin.h>
#include <stdint.h>

#define INLINE static inline __attribute__((always_inline))

enum { PIXELS = 16, VEC_BYTES = 32 };

typedef __m256i vec;
typedef __m256 vecf;

#define vec_load(in) _mm256_loadu_si256((const __m256i *)(const void *)(in))
#define vec_store(out, v) _mm256_storeu_si256((__m256i *)(void *)(out), v)
#define vec_set(word) _mm256_set1_epi16((int16_t)(word))
#define vec_set_32(number) _mm256_set1_epi32((int)(number))
#define vec_and(v, w) _mm256_and_si256(v, w)
#define vec_and_not(v, w) _mm256_andnot_si256(w, v)
#define vec_or(v, w) _mm256_or_si256(v, w)
#define vec_add(v, w) _mm256_add_epi16(v, w)
#define vec_sub(v, w) _mm256_sub_epi16(v, w)
#define vec_product(v, w) _mm256_mulhi_epi16(v, w)
#define vec_shift_left(v, bits) _mm256_slli_epi16(v, bits)
#define vec_shift_right(v, bits) _mm256_srli_epi16(v, bits)
#define vec_add_saturated(v, w) _mm256_adds_epu16(v, w)
/* The smaller one, without sign. */
#define vec_min(v, w) _mm256_min_epu16(v, w)

/* Half of a vector's bytes or words, or a quarter, widened. */
#define vec_load_half(in) _mm_loadu_si128((const __m128i *)(const void *)(in))
#define vec_load_8_to_16(in) _mm256_cvtepu8_epi16(vec_load_half(in))
#define vec_load_16_to_32(in) _mm256_cvtepu16_epi32(vec_load_half(in))
#define vec_load_8_to_32(in)                                                                       \
	_mm256_cvtepu8_epi32(_mm_loadl_epi64((const __m128i *)(const void *)(in)))

/* In lanes of 32 bits: the lower or the upper word in both places; the words exchanged. */
#define vec_repeat_low(v) _mm256_blend_epi16(v, _mm256_slli_epi32(v, 16), 0xaa)
#define vec_repeat_high(v) _mm256_blend_epi16(v, _mm256_srli_epi32(v, 16), 0x55)
#define vec_swap_words(v) _mm256_or_si256(_mm256_slli_epi32(v, 16), _mm256_srli_epi32(v, 16))

#define vecf_load(in) _mm256_castsi256_ps(vec_load(in))
#define vecf_load_16(in) _mm256_cvtepi32_ps(vec_load_16_to_32(in))
#define vecf_set(number) _mm256_set1_ps(number)
#define vecf_set_rgba(rgb, alpha) _mm256_setr_ps(rgb, rgb, rgb, alpha, rgb, rgb, rgb, alpha)
#define vecf_add(v, w) _mm256_add_ps(v, w)
#define vecf_sub(v, w) _mm256_sub_ps(v, w)
#define vecf_product(v, w) _mm256_mul_ps(v, w)
#define vecf_min(v, w) _mm256_min_ps(v, w)
#define vecf_max(v, w) _mm256_max_ps(v, w)
#define vecf_equal(v, w) _mm256_castps_si256(_mm256_cmp_ps(v, w, _CMP_EQ_OQ))
#define vecf_to_int(v) _mm256_cvttps_epi32(v)

/* Pixels of 3 bytes, four from each place, in lanes of 32 bits with a zero upper byte. skip: bytes
 * before the second four. */
INLINE vec vec_expand_24(const uint8_t *first, const uint8_t *second, char skip)
{
	__m128i order = _mm_setr_epi8(0, 1, 2, -128, 3, 4, 5, -128, 6, 7, 8, -128, 9, 10, 11, -128);
	__m128i low = _mm_shuffle_epi8(vec_load_half(first), order);
	__m128i high =
		_mm_shuffle_epi8(vec_load_half(second), _mm_add_epi8(order, _mm_set1_epi8(skip)));

	return _mm256_set_m128i(high, low);
}

/* The first and the second half of PIXELS pixels. */
#define vec_load_24(in) vec_expand_24(in, (in) + 12, 0)
#define vec_load_24_last(in) vec_expand_24((in) + 24, (in) + 32, 4)

/* Stores words with YUV_SUM_BITS fractional bits as opaque pixels, clamped. Instructions work on
 * halves of the vector: the last two put these in order. */
INLINE void vec_store_sums(uint8_t *out, vec blue, vec green, vec red)
{
	vec blue_red = _mm256_packus_epi16(_mm256_srai_epi16(blue, YUV_SUM_BITS),
	                                   _mm256_srai_epi16(red, YUV_SUM_BITS));
	vec green_alpha = _mm256_packus_epi16(_mm256_srai_epi16(green, YUV_SUM_BITS), vec_set(255));
	vec blue_green = _mm256_unpacklo_epi8(blue_red, green_alpha);
	vec red_alpha = _mm256_unpackhi_epi8(blue_red, green_alpha);
	vec low = _mm256_unpacklo_epi16(blue_green, red_alpha);
	vec high = _mm256_unpackhi_epi16(blue_green, red_alpha);

	vec_store(out, _mm256_permute2x128_si256(low, high, 0x20));
	vec_store(out + VEC_BYTES, _mm256_permute2x128_si256(low, high, 0x31));
}

/* Words from 0 to 255 as bytes; numbers of 32 bits from 0 to 255 as bytes. */
#define vec_narrow_16_to_8(a, b) _mm256_permute4x64_epi64(_mm256_packus_epi16(a, b), 0xd8)

INLINE vec vec_narrow_32_to_8(vec a, vec b, vec c, vec d)
{
	vec mixed = _mm256_packus_epi16(_mm256_packs_epi32(a, b), _mm256_packs_epi32(c, d));

	return _mm256_permutevar8x32_epi32(mixed, _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7));
}

#endif
