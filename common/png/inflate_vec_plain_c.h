/* SPDX-License-Identifier: MIT
 *
 * What inflate_loop.h needs, in plain C: copies of matches, and the joining of symbols. */
#ifndef SHMFLIP_INFLATE_VEC_PLAIN_C_H
#define SHMFLIP_INFLATE_VEC_PLAIN_C_H

#include <stdint.h>
#include <string.h>

#include "inflate_codes.h"

#define INLINE static inline __attribute__((always_inline))

INLINE void copy_16(uint8_t *out, const uint8_t *from)
{
	uint64_t words[2];

	memcpy(words, from, sizeof(words));
	memcpy(out, words, sizeof(words));
}

/* The first 16 bytes one by one, if the match overlaps them. The rest repeats them in whole
 * patterns. */
INLINE void copy_match(uint8_t *out, uint32_t distance, uint32_t length)
{
	const uint8_t *from = out - distance;
	uint32_t step = 16;

	if (distance < 16) {
		for (unsigned i = 0; i < 16; i++)
			out[i] = from[i];
		step -= 16 % distance;
		from = out - step;
	} else {
		copy_16(out, from);
	}
	for (uint32_t at = step; at < length; at += step)
		copy_16(out + at, from + at);
}

/* Whether the next symbol is known: its code fits into the rest of the index. */
INLINE int can_join(uint32_t first, uint32_t second, unsigned index_bits)
{
	return !(first & INFLATE_NO_LITERAL) && !(second & INFLATE_SPECIAL) &&
	       inflate_entry_code_bits(first) + inflate_entry_code_bits(second) <= index_bits;
}

/* As in AVX2: bits and literals add up, and the rest is the second symbol's, but for the first
 * literal. */
INLINE void join(uint32_t *table, unsigned index_bits)
{
	for (unsigned i = 1u << index_bits; i-- > 0;) {
		uint32_t first = table[i];
		uint32_t second = table[i >> inflate_entry_code_bits(first)];

		if (can_join(first, second, index_bits))
			table[i] = (first & 0x00ffffff) + (second & 0xff00ffff);
	}
}

#endif
