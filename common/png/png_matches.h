/* SPDX-License-Identifier: MIT
 *
 * Finds what repeats in the filtered rows of a PNG: bytes that deflate can write as a match, which
 * is a length and the distance back to an earlier copy. There are two ways:
 *
 *   runs of zeros   All that photographs repeat. Most bytes of screens are in such runs too.
 *   any repeats     Also other runs, and earlier copies of eight bytes. Takes twice as long.
 *
 * Short matches are left out: their codes are as long as those of the literals that they replace.
 * Pure; any thread. */
#ifndef SHMFLIP_PNG_MATCHES_H
#define SHMFLIP_PNG_MATCHES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	MATCH_MIN = 4,
	MATCH_MAX = 258,
	MATCH_DISTANCE_MAX = 32768,
	MATCH_HASH_BITS = 12,
};

/* Literals, then a match. Only the last one of the data has no match: length 0. */
struct png_match {
	uint32_t literals;
	uint16_t length;
	uint16_t distance; /* 1 to 32768 */
};

/* Where each hash of eight bytes was last. Its content does not matter before and after a call. */
struct png_match_table {
	uint32_t at[1 << MATCH_HASH_BITS];
};

/* How many matches data of this size can have at most, the last without a match included. */
static inline size_t png_matches_max(size_t size)
{
	return size / MATCH_MIN + 1;
}

/* Whether any repeats are worth their time: the data have many zeros, and their first 16 KiB become
 * three eighths smaller than with runs of zeros. matches: room, as below. */
bool png_has_repeats(const uint8_t *data, size_t size, struct png_match_table *table,
                     struct png_match *matches);

/* Both return how many matches they stored, at most png_matches_max(). */
size_t png_matches_find_zeros(const uint8_t *data, size_t size, struct png_match *matches);
size_t png_matches_find_any(const uint8_t *data, size_t size, struct png_match_table *table,
                            struct png_match *matches);

#endif
