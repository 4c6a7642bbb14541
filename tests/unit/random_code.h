/* SPDX-License-Identifier: MIT
 *
 * Random numbers, and random Huffman codes of deflate (RFC 1951, 3.2.2). */
#ifndef SHMFLIP_TESTS_RANDOM_CODE_H
#define SHMFLIP_TESTS_RANDOM_CODE_H

#include <stdbool.h>
#include <stdint.h>

enum { CODE_BITS_MAX = 15, CODE_SYMBOLS_MAX = 288 };

struct random {
	uint64_t state;
};

/* Returns a number below limit. */
uint32_t random_below(struct random *random, uint32_t limit);
bool random_one_in(struct random *random, uint32_t count);

struct code {
	unsigned count;
	uint8_t lengths[CODE_SYMBOLS_MAX];
	uint16_t codes[CODE_SYMBOLS_MAX]; /* the first bit lowest */
	unsigned used_count;              /* of symbols with a code */
	uint16_t used[CODE_SYMBOLS_MAX];
};

/* Gives each symbol with a length its code. */
void random_code_assign(struct code *code);

/* Splits leaves of a tree, often the deepest, until there are count. One leaf is a code of one bit,
 * which is incomplete but valid. Returns how many there are. */
unsigned random_code_leaves(struct random *random, unsigned count, unsigned bits_max,
                            uint8_t *leaves);

/* Sets the lengths of a complete code of count symbols among all. must: a symbol that gets one; -1:
 * any. */
void random_code_make(struct random *random, struct code *code, unsigned count, unsigned bits_max,
                      int must);

/* Returns a symbol that has a code. */
unsigned random_code_symbol(struct random *random, const struct code *code);

#endif
