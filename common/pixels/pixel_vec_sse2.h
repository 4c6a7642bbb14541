/* SPDX-License-Identifier: MIT
 *
 * The operations of pixel_rows_simd.h in SSE2. */
#ifndef SHMFLIP_PIXEL_VEC_SSE2_H
#define SHMFLIP_PIXEL_VEC_SSE2_H

#include <emmintrin.h>
#include <stdint.h>
#include <string.h>

#define INLINE static inline __attribute__((always_inline))

enum { PIXELS = 8, VEC_BYTES = 16 };

typedef __m128i vec;
typedef __m128 vecf;

#define vec_load(in) _mm_loadu_si128((const __m128i *)(const void *)(in))
#define vec_store(out, v) _mm_storeu_si128((__m128i *)(void *)(out), v)
#define vec_set(word) _mm_set1_epi16((int16_t)(word))
#define vec_set_32(number) _mm_set1_epi32((int)(number))
#define vec_and(v, w) _mm_and_si128(v, w)
#define vec_and_not(v, w) _mm_andnot_si128(w, v)
#define vec_or(v, w) _mm_or_si128(v, w)
#define vec_add(v, w) _mm_add_epi16(v, w)
#define vec_sub(v, w) _mm_sub_epi16(v, w)
#define vec_product(v, w) _mm_mulhi_epi16(v, w)
#define vec_shift_left(v, bits) _mm_slli_epi16(v, bits)
#define vec_shift_right(v, bits) _mm_srli_epi16(v, bits)
#define vec_add_saturated(v, w) _mm_adds_epu16(v, w)
/* The smaller one, without sign. */
#define vec_min(v, w) _mm_sub_epi16(v, _mm_subs_epu16(v, w))

/* Half of a vector's bytes or words, or a quarter, widened. */
#define vec_load_half(in) _mm_loadl_epi64((const __m128i *)(const void *)(in))
#define vec_load_8_to_16(in) _mm_unpacklo_epi8(vec_load_half(in), _mm_setzero_si128())
#define vec_load_16_to_32(in) _mm_unpacklo_epi16(vec_load_half(in), _mm_setzero_si128())

/* In lanes of 32 bits: the lower or the upper word in both places; the words exchanged. */
#define vec_repeat_low(v)                                                                          \
	_mm_or_si128(_mm_slli_epi32(v, 16), _mm_and_si128(v, _mm_set1_epi32(0xffff)))
#define vec_repeat_high(v)                                                                         \
	_mm_or_si128(_mm_srli_epi32(v, 16), _mm_andnot_si128(_mm_set1_epi32(0xffff), v))
#define vec_swap_words(v) _mm_or_si128(_mm_slli_epi32(v, 16), _mm_srli_epi32(v, 16))

#define vecf_load(in) _mm_castsi128_ps(vec_load(in))
#define vecf_load_16(in) _mm_cvtepi32_ps(vec_load_16_to_32(in))
#define vecf_set(number) _mm_set1_ps(number)
#define vecf_set_rgba(rgb, alpha) _mm_setr_ps(rgb, rgb, rgb, alpha)
#define vecf_add(v, w) _mm_add_ps(v, w)
#define vecf_sub(v, w) _mm_sub_ps(v, w)
#define vecf_product(v, w) _mm_mul_ps(v, w)
#define vecf_min(v, w) _mm_min_ps(v, w)
#define vecf_max(v, w) _mm_max_ps(v, w)
#define vecf_equal(v, w) _mm_castps_si128(_mm_cmpeq_ps(v, w))
#define vecf_to_int(v) _mm_cvttps_epi32(v)

INLINE vec vec_load_8_to_32(const uint8_t *in)
{
	int32_t number;

	memcpy(&number, in, sizeof(number));
	return _mm_unpacklo_epi16(_mm_unpacklo_epi8(_mm_cvtsi32_si128(number), _mm_setzero_si128()),
	                          _mm_setzero_si128());
}

/* The first four pixels of 3 bytes, in lanes of 32 bits with an undefined upper byte. */
INLINE vec vec_expand_24(vec v)
{
	vec first = _mm_unpacklo_epi32(v, _mm_srli_si128(v, 3));
	vec second = _mm_unpacklo_epi32(_mm_srli_si128(v, 6), _mm_srli_si128(v, 9));

	return _mm_unpacklo_epi64(first, second);
}

/* The first and the second half of PIXELS pixels. */
#define vec_load_24(in) vec_expand_24(vec_load(in))
#define vec_load_24_last(in) vec_expand_24(_mm_srli_si128(vec_load((in) + 8), 4))

/* Stores words with YUV_SUM_BITS fractional bits as opaque pixels, clamped. */
INLINE void vec_store_sums(uint8_t *out, vec blue, vec green, vec red)
{
	vec blue_red = _mm_packus_epi16(_mm_srai_epi16(blue, YUV_SUM_BITS),
	                                _mm_srai_epi16(red, YUV_SUM_BITS));
	vec green_alpha =
		_mm_packus_epi16(_mm_srai_epi16(green, YUV_SUM_BITS), _mm_set1_epi16(255));
	vec blue_green = _mm_unpacklo_epi8(blue_red, green_alpha);
	vec red_alpha = _mm_unpackhi_epi8(blue_red, green_alpha);

	vec_store(out, _mm_unpacklo_epi16(blue_green, red_alpha));
	vec_store(out + VEC_BYTES, _mm_unpackhi_epi16(blue_green, red_alpha));
}

/* Words from 0 to 255 as bytes; numbers of 32 bits from 0 to 255 as bytes. */
#define vec_narrow_16_to_8(a, b) _mm_packus_epi16(a, b)

INLINE vec vec_narrow_32_to_8(vec a, vec b, vec c, vec d)
{
	return _mm_packus_epi16(_mm_packs_epi32(a, b), _mm_packs_epi32(c, d));
}

#endif
