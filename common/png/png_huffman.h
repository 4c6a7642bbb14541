/* SPDX-License-Identifier: MIT
 *
 * Huffman codes as deflate has them: made from counts, with no code longer than a limit. Pure; any
 * thread. */
#ifndef SHMFLIP_PNG_HUFFMAN_H
#define SHMFLIP_PNG_HUFFMAN_H

#include <stdint.h>

enum { HUFFMAN_SYMBOLS_MAX = 288, HUFFMAN_BITS_MAX = 15 };

/* Finds the length of each symbol's code. A symbol that does not occur has none: 0. A symbol that
 * is the only one has 1. The sum of the counts is less than 2^32, and symbols that occur are no
 * more than 2^limit. */
void huffman_find_lengths(const uint32_t *counts, unsigned symbols, unsigned limit,
                          uint8_t *lengths);

/* Makes the codes of these lengths. Deflate writes a code's highest bit first: codes are reversed,
 * so that bits_put() does that. */
void huffman_make_codes(const uint8_t *lengths, unsigned symbols, uint16_t *codes);

#endif
