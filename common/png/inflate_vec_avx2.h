/* SPDX-License-Identifier: MIT
 *
 * What inflate_loop.h needs, in AVX2 and BMI2: low bits, copies of matches, joining of symbols. */
#ifndef SHMFLIP_INFLATE_VEC_AVX2_H
#define SHMFLIP_INFLATE_VEC_AVX2_H

#include <immintrin.h>
#include <stdint.h>

#include "inflate_codes.h"

#define INLINE static inline __attribute__((always_inline))

/* Returns the lowest bits: as many as the lowest byte of count says, at most 63. */
INLINE uint64_t low_bits_by_byte(uint64_t bits, uint32_t count)
{
	return _bzhi_u64(bits, count);
}

INLINE void copy_16(uint8_t *out, const uint8_t *from)
{
	_mm_storeu_si128((__m128i *)(void *)out,
	                 _mm_loadu_si128((const __m128i *)(const void *)from));
}

INLINE void copy_32(uint8_t *out, const uint8_t *from)
{
	_mm256_storeu_si256((__m256i *)(void *)out,
	                    _mm256_loadu_si256((const __m256i *)(const void *)from));
}

/* Repeats the last byte. A load of just that byte need not wait until older stores have left the
 * processor's store buffer. */
INLINE void repeat_byte(uint8_t *out, uint32_t length)
{
	__m256i bytes = _mm256_set1_epi8((char)out[-1]);

	for (uint32_t at = 0; at < length; at += 32)
		_mm256_storeu_si256((__m256i *)(void *)(out + at), bytes);
}

/* Repeats the last `distance` bytes: 2 to 15. Writes whole patterns. */
INLINE void repeat_pattern(uint8_t *out, uint32_t distance, uint32_t length)
{
	static const uint8_t orders[16][32] = {
		{ 0 },
		{ 0 },
		{ 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1,
		  0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1 },
		{ 0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2, 0,
		  1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1 },
		{ 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3,
		  0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3 },
		{ 0, 1, 2, 3, 4, 0, 1, 2, 3, 4, 0, 1, 2, 3, 4, 0,
		  1, 2, 3, 4, 0, 1, 2, 3, 4, 0, 1, 2, 3, 4, 0, 1 },
		{ 0, 1, 2, 3, 4, 5, 0, 1, 2, 3, 4, 5, 0, 1, 2, 3,
		  4, 5, 0, 1, 2, 3, 4, 5, 0, 1, 2, 3, 4, 5, 0, 1 },
		{ 0, 1, 2, 3, 4, 5, 6, 0, 1, 2, 3, 4, 5, 6, 0, 1,
		  2, 3, 4, 5, 6, 0, 1, 2, 3, 4, 5, 6, 0, 1, 2, 3 },
		{ 0, 1, 2, 3, 4, 5, 6, 7, 0, 1, 2, 3, 4, 5, 6, 7,
		  0, 1, 2, 3, 4, 5, 6, 7, 0, 1, 2, 3, 4, 5, 6, 7 },
		{ 0, 1, 2, 3, 4, 5, 6, 7, 8, 0, 1, 2, 3, 4, 5, 6,
		  7, 8, 0, 1, 2, 3, 4, 5, 6, 7, 8, 0, 1, 2, 3, 4 },
		{ 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1, 2, 3, 4, 5,
		  6, 7, 8, 9, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1 },
		{ 0, 1, 2, 3, 4, 5,  6, 7, 8, 9, 10, 0, 1, 2, 3, 4,
		  5, 6, 7, 8, 9, 10, 0, 1, 2, 3, 4,  5, 6, 7, 8, 9 },
		{ 0, 1, 2, 3, 4, 5, 6,  7,  8, 9, 10, 11, 0, 1, 2, 3,
		  4, 5, 6, 7, 8, 9, 10, 11, 0, 1, 2,  3,  4, 5, 6, 7 },
		{ 0, 1, 2, 3, 4, 5, 6, 7,  8,  9,  10, 11, 12, 0, 1, 2,
		  3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 0,  1,  2,  3, 4, 5 },
		{ 0, 1, 2, 3, 4, 5, 6, 7, 8,  9,  10, 11, 12, 13, 0, 1,
		  2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 0,  1,  2, 3 },
		{ 0, 1, 2, 3, 4, 5, 6, 7, 8, 9,  10, 11, 12, 13, 14, 0,
		  1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 0,  1 },
	};
	static const uint8_t steps[16] = { 0,  0,  32, 30, 32, 30, 30, 28,
		                           32, 27, 30, 22, 24, 26, 28, 30 };
	__m256i order = _mm256_loadu_si256((const __m256i *)(const void *)orders[distance]);
	__m128i last = _mm_loadu_si128((const __m128i *)(const void *)(out - distance));
	__m256i pattern = _mm256_shuffle_epi8(_mm256_broadcastsi128_si256(last), order);

	for (uint32_t at = 0; at < length; at += steps[distance])
		_mm256_storeu_si256((__m256i *)(void *)(out + at), pattern);
}

/* Writes up to 64 bytes more than the length. */
INLINE void copy_match(uint8_t *out, uint32_t distance, uint32_t length)
{
	const uint8_t *from = out - distance;

	if (distance >= 32) {
		copy_32(out, from);
		copy_32(out + 32, from + 32);
		for (uint32_t at = 64; at < length; at += 32)
			copy_32(out + at, from + at);
	} else if (distance >= 16) {
		copy_16(out, from);
		copy_16(out + 16, from + 16);
		for (uint32_t at = 32; at < length; at += 16)
			copy_16(out + at, from + at);
	} else if (distance == 1) {
		repeat_byte(out, length);
	} else {
		repeat_pattern(out, distance, length);
	}
}

/* If the code of the symbol after a literal fits into the rest of the index, the entry gets both
 * symbols. Their bits and counts of literals add up. Goes down, because the second symbol is the
 * entry of the rest of the index, which is smaller, and must still have one symbol. */
INLINE void join(uint32_t *table, unsigned index_bits)
{
	const __m256i no_literal = _mm256_set1_epi32(INFLATE_NO_LITERAL);
	const __m256i special = _mm256_set1_epi32(INFLATE_SPECIAL);
	const __m256i longest = _mm256_set1_epi32((int)index_bits);
	const __m256i code_bits = _mm256_set1_epi32(63), zero = _mm256_setzero_si256();
	const __m256i eight = _mm256_set1_epi32(8);
	__m256i index = _mm256_add_epi32(_mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7),
	                                 _mm256_set1_epi32((1 << index_bits) - 8));

	for (int i = (1 << index_bits) - 8; i >= 0; i -= 8) {
		__m256i *at = (__m256i *)(void *)(table + i);
		__m256i first = _mm256_loadu_si256(at);
		__m256i bits = _mm256_and_si256(_mm256_srli_epi32(first, 8), code_bits);
		__m256i second = _mm256_i32gather_epi32((const int *)(const void *)table,
		                                        _mm256_srlv_epi32(index, bits), 4);
		__m256i both = _mm256_add_epi32(
			bits, _mm256_and_si256(_mm256_srli_epi32(second, 8), code_bits));
		__m256i not_joined = _mm256_or_si256(_mm256_and_si256(first, no_literal),
		                                     _mm256_and_si256(second, special));
		__m256i joined = _mm256_add_epi32(
			_mm256_and_si256(first, _mm256_set1_epi32(0x00ffffff)),
			_mm256_and_si256(second, _mm256_set1_epi32((int)0xff00ffff)));
		__m256i fits = _mm256_andnot_si256(_mm256_cmpgt_epi32(both, longest),
		                                   _mm256_cmpeq_epi32(not_joined, zero));

		_mm256_storeu_si256(at, _mm256_blendv_epi8(first, joined, fits));
		index = _mm256_sub_epi32(index, eight);
	}
}

#endif
