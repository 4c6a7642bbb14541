/* SPDX-License-Identifier: MIT */
#include "inflate_codes.h"

#include <endian.h>
#include <string.h>

#define LITERAL(n) ((uint32_t)(n) << 24 | (uint32_t)(n) << 16 | 1u << 14)
#define LITERALS_4(n) LITERAL(n), LITERAL((n) + 1), LITERAL((n) + 2), LITERAL((n) + 3)
#define LITERALS_16(n) LITERALS_4(n), LITERALS_4((n) + 4), LITERALS_4((n) + 8), LITERALS_4((n) + 12)
#define LITERALS_64(n)                                                                             \
	LITERALS_16(n), LITERALS_16((n) + 16), LITERALS_16((n) + 32), LITERALS_16((n) + 48)
#define LENGTH(smallest, extra_bits)                                                               \
	((uint32_t)((smallest)-INFLATE_LENGTH_MIN) << 24 | INFLATE_NO_LITERAL | (extra_bits))
#define DISTANCE(smallest, extra_bits) ((uint32_t)(smallest) << 16 | (extra_bits))
#define SPECIAL(what) ((uint32_t)(what) << 16 | INFLATE_NO_LITERAL | INFLATE_SPECIAL)

/* Entries without the bits of the code. */
static const uint32_t literals[INFLATE_LITERALS] = {
	LITERALS_64(0),
	LITERALS_64(64),
	LITERALS_64(128),
	LITERALS_64(192),
	SPECIAL(INFLATE_END_OF_BLOCK),
	LENGTH(3, 0),
	LENGTH(4, 0),
	LENGTH(5, 0),
	LENGTH(6, 0),
	LENGTH(7, 0),
	LENGTH(8, 0),
	LENGTH(9, 0),
	LENGTH(10, 0),
	LENGTH(11, 1),
	LENGTH(13, 1),
	LENGTH(15, 1),
	LENGTH(17, 1),
	LENGTH(19, 2),
	LENGTH(23, 2),
	LENGTH(27, 2),
	LENGTH(31, 2),
	LENGTH(35, 3),
	LENGTH(43, 3),
	LENGTH(51, 3),
	LENGTH(59, 3),
	LENGTH(67, 4),
	LENGTH(83, 4),
	LENGTH(99, 4),
	LENGTH(115, 4),
	LENGTH(131, 5),
	LENGTH(163, 5),
	LENGTH(195, 5),
	LENGTH(227, 5),
	LENGTH(258, 0),
	SPECIAL(INFLATE_INVALID),
	SPECIAL(INFLATE_INVALID),
};

static const uint32_t distances[INFLATE_DISTANCES] = {
	DISTANCE(1, 0),           DISTANCE(2, 0),           DISTANCE(3, 0),
	DISTANCE(4, 0),           DISTANCE(5, 1),           DISTANCE(7, 1),
	DISTANCE(9, 2),           DISTANCE(13, 2),          DISTANCE(17, 3),
	DISTANCE(25, 3),          DISTANCE(33, 4),          DISTANCE(49, 4),
	DISTANCE(65, 5),          DISTANCE(97, 5),          DISTANCE(129, 6),
	DISTANCE(193, 6),         DISTANCE(257, 7),         DISTANCE(385, 7),
	DISTANCE(513, 8),         DISTANCE(769, 8),         DISTANCE(1025, 9),
	DISTANCE(1537, 9),        DISTANCE(2049, 10),       DISTANCE(3073, 10),
	DISTANCE(4097, 11),       DISTANCE(6145, 11),       DISTANCE(8193, 12),
	DISTANCE(12289, 12),      DISTANCE(16385, 13),      DISTANCE(24577, 13),
	SPECIAL(INFLATE_INVALID), SPECIAL(INFLATE_INVALID),
};

#define CODE_LENGTH(length, fewest, extra_bits)                                                    \
	((uint32_t)(fewest) << 24 | (uint32_t)(length) << 16 | (extra_bits))

static const uint32_t code_lengths[INFLATE_LENGTH_SYMBOLS] = {
	CODE_LENGTH(0, 1, 0),
	CODE_LENGTH(1, 1, 0),
	CODE_LENGTH(2, 1, 0),
	CODE_LENGTH(3, 1, 0),
	CODE_LENGTH(4, 1, 0),
	CODE_LENGTH(5, 1, 0),
	CODE_LENGTH(6, 1, 0),
	CODE_LENGTH(7, 1, 0),
	CODE_LENGTH(8, 1, 0),
	CODE_LENGTH(9, 1, 0),
	CODE_LENGTH(10, 1, 0),
	CODE_LENGTH(11, 1, 0),
	CODE_LENGTH(12, 1, 0),
	CODE_LENGTH(13, 1, 0),
	CODE_LENGTH(14, 1, 0),
	CODE_LENGTH(15, 1, 0),
	CODE_LENGTH(INFLATE_LAST_LENGTH, 3, 2),
	CODE_LENGTH(0, 3, 3),
	CODE_LENGTH(0, 11, 7),
};

/* The symbols that have a code, in the order of their codes. */
struct order {
	uint16_t counts[INFLATE_CODE_BITS_MAX + 1]; /* of codes of each length */
	uint16_t symbols[INFLATE_LITERALS];
	unsigned longest;
	int unused; /* in codes of the longest possible length; below 0: over-subscribed */
};

enum { GROUP = 64 };

/* Returns a bit for each of eight symbols that has a code. */
static uint64_t find_used_of_8(const uint8_t *lengths)
{
	uint64_t all;

	memcpy(&all, lengths, sizeof(all));
	all = (le64toh(all) + 0x7f7f7f7f7f7f7f7f) >> 7 & 0x0101010101010101;
	return all * 0x0102040810204080 >> 56;
}

static uint64_t find_used(const uint8_t *lengths, unsigned count)
{
	uint8_t group[GROUP] = { 0 };
	uint64_t used = 0;

	if (count < GROUP)
		lengths = memcpy(group, lengths, count);
	for (unsigned i = 0; i < GROUP; i += 8)
		used |= find_used_of_8(lengths + i) << i;
	return used;
}

/* Counts and lists the symbols that have a code. Which have one follows no pattern that a processor
 * could predict, so there is no branch for each symbol. */
static unsigned list_used(struct order *order, const uint8_t *lengths, unsigned count,
                          uint16_t *used)
{
	unsigned used_count = 0;

	memset(order->counts, 0, sizeof(order->counts));
	for (unsigned i = 0; i < count; i += GROUP) {
		uint64_t bits = find_used(lengths + i, count - i);

		for (; bits; bits &= bits - 1) {
			unsigned symbol = i + (unsigned)__builtin_ctzll(bits);

			used[used_count++] = (uint16_t)symbol;
			order->counts[lengths[symbol]]++;
		}
	}
	return used_count;
}

static void sort(struct order *order, const uint8_t *lengths, unsigned count)
{
	uint16_t places[INFLATE_CODE_BITS_MAX + 2] = { 0 }, used[INFLATE_LITERALS];
	unsigned used_count = list_used(order, lengths, count, used);

	order->longest = 0;
	order->unused = 1 << INFLATE_CODE_BITS_MAX;
	for (unsigned bits = 1; bits <= INFLATE_CODE_BITS_MAX; bits++) {
		places[bits + 1] = (uint16_t)(places[bits] + order->counts[bits]);
		order->unused -= order->counts[bits] << (INFLATE_CODE_BITS_MAX - bits);
		if (order->counts[bits])
			order->longest = bits;
	}
	for (unsigned i = 0; i < used_count; i++)
		order->symbols[places[lengths[used[i]]]++] = used[i];
}

/* Counts up a code, whose first bit is the lowest. */
static unsigned next_code(unsigned code, unsigned bits)
{
	unsigned zeros = code ^ ((1u << bits) - 1), highest;

	if (zeros == 0)
		return 0;
	highest = 1u << (31 - __builtin_clz(zeros));
	return (code & (highest - 1)) | highest;
}

/* How many bits the index of a second table needs, whose first code has this many bits. remaining:
 * of such codes. */
static unsigned second_bits(const struct order *order, unsigned bits, unsigned remaining,
                            unsigned index_bits)
{
	unsigned used = remaining, needed = bits - index_bits;

	while (used < 1u << needed && index_bits + needed < order->longest) {
		needed++;
		used = 2 * used + order->counts[index_bits + needed];
	}
	return needed;
}

/* code, symbols: of the first code that is longer than the index. */
static void fill_second_tables(const struct order *order, const uint32_t *entries,
                               unsigned index_bits, unsigned code, const uint16_t *symbols,
                               uint32_t *table)
{
	unsigned mask = (1u << index_bits) - 1, prefix = UINT32_MAX, needed = 0;
	uint32_t *second = table, *end = table + mask + 1;

	for (unsigned bits = index_bits + 1; bits <= order->longest; bits++) {
		for (unsigned i = order->counts[bits]; i > 0; i--, code = next_code(code, bits)) {
			uint32_t entry = entries[*symbols++] + (bits - index_bits) * 0x101;

			if ((code & mask) != prefix) {
				prefix = code & mask;
				needed = second_bits(order, bits, i, index_bits);
				second = end;
				end += 1u << needed;
				table[prefix] = SPECIAL(second - table) | needed << 8 | index_bits;
			}
			for (unsigned at = code >> index_bits; at < 1u << needed;
			     at += 1u << (bits - index_bits))
				second[at] = entry;
		}
	}
}

/* The table doubles with each bit: a shorter code is followed by either bit. Entries that no code
 * has set yet are copied too. In the end, a complete code has set them all. */
static void fill(const struct order *order, const uint32_t *entries, unsigned index_bits,
                 uint32_t *table)
{
	const uint16_t *symbols = order->symbols;
	unsigned code = 0, shortest = 1;

	if (order->unused)
		table[0] = table[1] = SPECIAL(INFLATE_INVALID);
	else
		while (order->counts[shortest] == 0)
			shortest++;
	for (unsigned bits = shortest; bits <= index_bits; bits++) {
		if (bits > shortest)
			memcpy(table + (1u << (bits - 1)), table, (sizeof(*table) << (bits - 1)));
		for (unsigned i = order->counts[bits]; i > 0; i--, code = next_code(code, bits))
			table[code] = entries[*symbols++] + bits * 0x101;
	}
	if (order->longest > index_bits)
		fill_second_tables(order, entries, index_bits, code, symbols, table);
}

/* zlib accepts an incomplete code only if it is a single code of one bit. */
static bool is_valid(const struct order *order)
{
	return order->unused == 0 || (order->unused > 0 && order->longest == 1);
}

bool inflate_codes_literals(const uint8_t *lengths, unsigned count, unsigned index_bits,
                            uint32_t *table)
{
	struct order order;

	sort(&order, lengths, count);
	if (!is_valid(&order))
		return false;
	fill(&order, literals, index_bits, table);
	return true;
}

/* If no distance has a code, none may occur. */
bool inflate_codes_distances(const uint8_t *lengths, unsigned count, uint32_t *table)
{
	struct order order;

	sort(&order, lengths, count);
	if (!is_valid(&order) && order.longest > 0)
		return false;
	fill(&order, distances, INFLATE_DISTANCE_BITS, table);
	return true;
}

bool inflate_codes_lengths(const uint8_t lengths[INFLATE_LENGTH_SYMBOLS],
                           uint32_t table[1 << INFLATE_LENGTH_CODE_BITS])
{
	struct order order;

	sort(&order, lengths, INFLATE_LENGTH_SYMBOLS);
	if (order.unused != 0)
		return false;
	fill(&order, code_lengths, INFLATE_LENGTH_CODE_BITS, table);
	return true;
}
