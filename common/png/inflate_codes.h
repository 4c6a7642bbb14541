/* SPDX-License-Identifier: MIT
 *
 * Tables that decode the Huffman codes of deflate (RFC 1951, 3.2). An index is the next bits of the
 * stream, the first bit lowest. Codes longer than the index continue in a second table behind the
 * first. Codes that are incomplete or over-subscribed are judged as zlib does. Pure; any thread.
 *
 * An entry says all that its symbol means:
 *
 *   bits 0-5    how many bits to take: those of the code and the extra bits after it
 *   bit 6       INFLATE_SPECIAL: see below
 *   bit 7       INFLATE_NO_LITERAL: a length, or special
 *   bits 8-13   the bits of the code alone
 *   bits 14-15  how many literals it has: 0 to 2
 *   bits 16-23  the first literal
 *   bits 24-31  the second literal, or the smallest length of this symbol, minus 3
 *
 * A distance has its smallest value in bits 16-31. Of a special entry, bits 16-31 are one of enum
 * inflate_special, or else where the second table begins, whose index has bits 8-13. */
#ifndef SHMFLIP_INFLATE_CODES_H
#define SHMFLIP_INFLATE_CODES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	INFLATE_TAKEN = 0x3f,
	INFLATE_SPECIAL = 0x40,
	INFLATE_NO_LITERAL = 0x80,
	INFLATE_LENGTH_MIN = 3,
	INFLATE_CODE_BITS_MAX = 15,
	INFLATE_LITERALS = 288,
	INFLATE_DISTANCES = 32,
	INFLATE_LITERAL_BITS_MIN = 10,
	INFLATE_LITERAL_BITS_MAX = 12,
	INFLATE_DISTANCE_BITS = 8,
	/* A second table of 2^n entries holds at least n + 1 codes. So of 288 codes, all second
	 * tables behind an index of 10 bits, which have up to 2^5 entries, have at most 288 / 6 *
	 * 32. A longer index needs more itself, and less behind it. */
	INFLATE_LITERAL_ENTRIES = (1 << INFLATE_LITERAL_BITS_MAX) + INFLATE_LITERALS / 6 * 32,
	INFLATE_DISTANCE_ENTRIES = (1 << INFLATE_DISTANCE_BITS) + INFLATE_DISTANCES / 8 * 128,
};

enum inflate_special { INFLATE_END_OF_BLOCK, INFLATE_INVALID, INFLATE_SECOND_TABLES };

static inline unsigned inflate_entry_code_bits(uint32_t entry)
{
	return entry >> 8 & 63;
}

/* lengths: of the code of each symbol; 0: it has none. A table of index_bits, which holds no
 * joined symbols. Returns false if the code is invalid. */
bool inflate_codes_literals(const uint8_t *lengths, unsigned count, unsigned index_bits,
                            uint32_t *table);
bool inflate_codes_distances(const uint8_t *lengths, unsigned count, uint32_t *table);

/* The code of the code lengths. An entry has the length in bits 16-23, or INFLATE_LAST_LENGTH for
 * the one before, and how often it comes at least in bits 24-31. */
enum {
	INFLATE_LENGTH_SYMBOLS = 19,
	INFLATE_LENGTH_CODE_BITS = 7,
	INFLATE_LENGTH_BITS_MAX = 14, /* of a code and its extra bits */
	INFLATE_LAST_LENGTH = 255,
};
bool inflate_codes_lengths(const uint8_t lengths[INFLATE_LENGTH_SYMBOLS],
                           uint32_t table[1 << INFLATE_LENGTH_CODE_BITS]);

#endif
