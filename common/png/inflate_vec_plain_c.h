/* SPDX-License-Identifier: MIT
 *
 * What inflate_loop.h needs, in plain C: low bits, copies of matches, joining of symbols. */
#ifndef SHMFLIP_INFLATE_VEC_PLAIN_C_H
#define SHMFLIP_INFLATE_VEC_PLAIN_C_H

#include <endian.h>
#include <stdint.h>
#include <string.h>

#include "inflate_codes.h"

#define INLINE static inline __attribute__((always_inline))

INLINE uint64_t low_bits_by_byte(uint64_t bits, uint32_t count)
{
	return bits & (((uint64_t)1 << (count & 63)) - 1);
}

INLINE void copy_16(uint8_t *out, const uint8_t *from)
{
	uint64_t words[2];

	memcpy(words, from, sizeof(words));
	memcpy(out, words, sizeof(words));
}

/* Repeats the last `distance` bytes: below 8. Writes whole patterns. */
INLINE void repeat_pattern(uint8_t *out, uint32_t distance, uint32_t length)
{
	static const uint8_t steps[8] = { 0, 8, 8, 6, 8, 5, 6, 7 };
	unsigned bits = 8 * distance;
	uint64_t pattern;

	memcpy(&pattern, out - distance, sizeof(pattern));
	pattern = le64toh(pattern) & (((uint64_t)1 << bits) - 1);
	for (; bits < 64; bits *= 2)
		pattern |= pattern << bits;
	pattern = htole64(pattern);
	for (uint32_t at = 0; at < length; at += steps[distance])
		memcpy(out + at, &pattern, sizeof(pattern));
}

/* Writes up to 32 bytes more than the length. */
INLINE void copy_match(uint8_t *out, uint32_t distance, uint32_t length)
{
	const uint8_t *from = out - distance;

	if (distance >= 16) {
		copy_16(out, from);
		copy_16(out + 16, from + 16);
		for (uint32_t at = 32; at < length; at += 16)
			copy_16(out + at, from + at);
	} else if (distance >= 8) {
		for (uint32_t at = 0; at < length; at += 8)
			memcpy(out + at, from + at, 8);
	} else {
		repeat_pattern(out, distance, length);
	}
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
