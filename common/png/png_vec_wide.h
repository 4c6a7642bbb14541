/* SPDX-License-Identifier: MIT
 *
 * Vectors of WIDE_BLOCKS of png_vec_x86.h's or png_vec_neon.h's: two with AVX2, or else one. They
 * are for what needs nothing from the block before. */
#ifndef SHMFLIP_PNG_VEC_WIDE_H
#define SHMFLIP_PNG_VEC_WIDE_H

#ifdef __AVX2__
#include <immintrin.h>

enum { WIDE_BLOCKS = 2 };
typedef __m256i wide;

#define wide_of(v, w) _mm256_set_m128i(w, v)
#define wide_load(bytes) _mm256_loadu_si256((const __m256i *)(const void *)(bytes))
#define wide_store(bytes, v) _mm256_storeu_si256((__m256i *)(void *)(bytes), v)
#define wide_set_32(number) _mm256_set1_epi32((int)(number))
#define wide_or(v, w) _mm256_or_si256(v, w)
#define wide_add(v, w) _mm256_add_epi8(v, w)
#define wide_shuffle(v, order) _mm256_shuffle_epi8(v, order)
#else
enum { WIDE_BLOCKS = 1 };
typedef vec wide;

#define wide_of(v, w) (v)
#define wide_load(bytes) vec_load(bytes)
#define wide_store(bytes, v) vec_store(bytes, v)
#define wide_set_32(number) vec_set_32(number)
#define wide_or(v, w) vec_or(v, w)
#define wide_add(v, w) vec_add(v, w)
#define wide_shuffle(v, order) vec_shuffle(v, order)
#endif

#endif
