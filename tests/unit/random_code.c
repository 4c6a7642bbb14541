/* SPDX-License-Identifier: MIT */
#include "random_code.h"

#include <string.h>

uint32_t random_below(struct random *random, uint32_t limit)
{
	random->state ^= random->state << 13;
	random->state ^= random->state >> 7;
	random->state ^= random->state << 17;
	return (uint32_t)((random->state * 0x2545f4914f6cdd1d >> 32) * limit >> 32);
}

bool random_one_in(struct random *random, uint32_t count)
{
	return random_below(random, count) == 0;
}

static unsigned reversed(unsigned code, unsigned bits)
{
	unsigned result = 0;

	for (unsigned i = 0; i < bits; i++)
		result |= (code >> i & 1) << (bits - 1 - i);
	return result;
}

/* RFC 1951, 3.2.2. */
void random_code_assign(struct code *code)
{
	unsigned next = 0;

	code->used_count = 0;
	for (unsigned bits = 1; bits <= CODE_BITS_MAX; bits++) {
		for (unsigned i = 0; i < code->count; i++) {
			if (code->lengths[i] != bits)
				continue;
			code->codes[i] = (uint16_t)reversed(next++, bits);
			code->used[code->used_count++] = (uint16_t)i;
		}
		next <<= 1;
	}
}

/* Splits leaves of a tree, often the deepest, until there are enough. One leaf is a code of one
 * bit, which is incomplete but valid. */
unsigned random_code_leaves(struct random *random, unsigned count, unsigned bits_max,
                            uint8_t *leaves)
{
	unsigned leaf_count = 1, tries = 0, skew = random_below(random, 4);

	leaves[0] = count == 1;
	while (leaf_count < count && tries++ < 10 * CODE_SYMBOLS_MAX) {
		unsigned at = skew && !random_one_in(random, skew + 1)
		                      ? leaf_count - 1
		                      : random_below(random, leaf_count);

		if (leaves[at] == bits_max)
			at = random_below(random, leaf_count);
		if (leaves[at] == bits_max)
			continue;
		leaves[leaf_count++] = ++leaves[at];
	}
	return leaf_count;
}

/* A complete code of count symbols among all. must: a symbol that gets one. */
void random_code_make(struct random *random, struct code *code, unsigned count, unsigned bits_max,
                      int must)
{
	uint8_t leaves[CODE_SYMBOLS_MAX];
	unsigned leaf_count = random_code_leaves(random, count, bits_max, leaves);
	unsigned leaf = 0;

	memset(code->lengths, 0, sizeof(code->lengths));
	if (must >= 0)
		code->lengths[must] = leaves[leaf++];
	while (leaf < leaf_count) {
		unsigned symbol = random_below(random, code->count);

		while (code->lengths[symbol])
			symbol = (symbol + 1) % code->count;
		code->lengths[symbol] = leaves[leaf++];
	}
}

unsigned random_code_symbol(struct random *random, const struct code *code)
{
	return code->used[random_below(random, code->used_count)];
}
