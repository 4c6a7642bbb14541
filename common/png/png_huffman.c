/* SPDX-License-Identifier: MIT */
#include "png_huffman.h"

#include <stddef.h>
#include <string.h>

/* A symbol that occurs. While the code is made, the weight of a node, its parent, its depth. */
struct leaf {
	uint32_t value;
	uint16_t symbol;
};

/* Shell's: faster than qsort() for so few. Symbols break ties, so that the order is always the
 * same. */
static void sort(struct leaf *leaves, size_t count)
{
	static const size_t gaps[] = { 57, 23, 10, 4, 1 };

	for (size_t i = 0; i < sizeof(gaps) / sizeof(gaps[0]); i++) {
		for (size_t at = gaps[i]; at < count; at++) {
			struct leaf leaf = leaves[at];
			size_t to = at;

			for (; to >= gaps[i]; to -= gaps[i]) {
				const struct leaf *other = &leaves[to - gaps[i]];

				if (other->value < leaf.value ||
				    (other->value == leaf.value && other->symbol < leaf.symbol))
					break;
				leaves[to] = *other;
			}
			leaves[to] = leaf;
		}
	}
}

static size_t collect(const uint32_t *counts, unsigned symbols, struct leaf *leaves)
{
	size_t count = 0;

	for (unsigned i = 0; i < symbols; i++)
		if (counts[i])
			leaves[count++] = (struct leaf){ counts[i], (uint16_t)i };
	return count;
}

/* Joins the two lightest nodes, again and again. Inner nodes come into being in the order of their
 * weights, so two queues are enough: leaves, and inner nodes. Each inner node takes the place of a
 * leaf that is used up; value is then the place of its parent. */
static void join(struct leaf *leaves, size_t count)
{
	size_t leaf = 0, inner = 0;

	for (size_t made = 0; made + 1 < count; made++) {
		uint32_t weight = 0;

		for (int i = 0; i < 2; i++) {
			if (leaf < count &&
			    (inner == made || leaves[leaf].value <= leaves[inner].value)) {
				weight += leaves[leaf++].value;
			} else {
				weight += leaves[inner].value;
				leaves[inner++].value = (uint32_t)made;
			}
		}
		leaves[made].value = weight;
	}
}

/* Counts how many codes have each length. Depths of inner nodes go from the root down; each level
 * has twice as many places as the level above has inner nodes. */
static void count_depths(struct leaf *leaves, size_t count, unsigned limit, uint32_t *per_length)
{
	size_t places = 1, inner_at = count - 1, leaves_left = count;
	unsigned depth = 0;

	leaves[count - 2].value = 0;
	for (size_t i = count - 2; i-- > 0;)
		leaves[i].value = leaves[leaves[i].value].value + 1;
	while (leaves_left) {
		size_t inner = 0;

		while (inner_at > 0 && leaves[inner_at - 1].value == depth) {
			inner_at--;
			inner++;
		}
		per_length[depth < limit ? depth : limit] += (uint32_t)(places - inner);
		leaves_left -= places - inner;
		places = 2 * inner;
		depth++;
	}
}

/* Lengths that were cut to the limit need more codes than there are. A leaf that becomes an inner
 * node gives one of them a place: in units of the longest codes, one is freed at a time. */
static void make_room(uint32_t *per_length, unsigned limit)
{
	uint32_t used = 0;

	for (unsigned i = 1; i <= limit; i++)
		used += per_length[i] << (limit - i);
	for (; used > UINT32_C(1) << limit; used--) {
		unsigned length = limit - 1;

		while (per_length[length] == 0)
			length--;
		per_length[length]--;
		per_length[length + 1] += 2;
		per_length[limit]--;
	}
}

void huffman_find_lengths(const uint32_t *counts, unsigned symbols, unsigned limit,
                          uint8_t *lengths)
{
	uint32_t per_length[HUFFMAN_BITS_MAX + 1] = { 0 };
	struct leaf leaves[HUFFMAN_SYMBOLS_MAX];
	size_t count = collect(counts, symbols, leaves), at = 0;

	memset(lengths, 0, symbols);
	if (count == 1)
		lengths[leaves[0].symbol] = 1;
	if (count < 2)
		return;
	sort(leaves, count);
	join(leaves, count);
	count_depths(leaves, count, limit, per_length);
	make_room(per_length, limit);
	/* The rarest get the longest. */
	for (unsigned length = limit; length > 0; length--)
		for (; per_length[length]; per_length[length]--)
			lengths[leaves[at++].symbol] = (uint8_t)length;
}

static uint16_t reverse(unsigned code, unsigned length)
{
	unsigned reversed = 0;

	for (; length; length--, code >>= 1)
		reversed = reversed << 1 | (code & 1);
	return (uint16_t)reversed;
}

void huffman_make_codes(const uint8_t *lengths, unsigned symbols, uint16_t *codes)
{
	unsigned per_length[HUFFMAN_BITS_MAX + 1] = { 0 }, next[HUFFMAN_BITS_MAX + 1] = { 0 };

	for (unsigned i = 0; i < symbols; i++)
		per_length[lengths[i]]++;
	per_length[0] = 0;
	for (unsigned i = 1; i <= HUFFMAN_BITS_MAX; i++)
		next[i] = (next[i - 1] + per_length[i - 1]) << 1;
	for (unsigned i = 0; i < symbols; i++)
		codes[i] = lengths[i] ? reverse(next[lengths[i]]++, lengths[i]) : 0;
}
