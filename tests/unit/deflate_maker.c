/* SPDX-License-Identifier: MIT */
#include "deflate_maker.h"

#include <string.h>

#include "random_code.h"

enum {
	LITERALS = 286,
	DISTANCES = 30,
	END_OF_BLOCK = 256,
	LENGTH_SYMBOLS = 19,
	HISTORY = 32768,
};

/* The faults that one stream may have. */
enum fault {
	NO_FAULT,
	INCOMPLETE,
	OVERSUBSCRIBED,
	TOO_FAR,
	NO_END_OF_BLOCK,
	TOO_MANY_SYMBOLS,
	TOO_MANY_DISTANCES,
	REPEATED_BEYOND_END,
	INVALID_SYMBOL,
	WRONG_STORED_LENGTH,
	INVALID_BLOCK,
	BAD_LENGTH_CODE,
	REPEATED_NOTHING,
	FAULTS
};

struct maker {
	struct bytes *bytes;
	struct random *random;
	uint64_t bits;
	unsigned bit_count;
	uint32_t done; /* bytes of data */
	uint32_t done_max;
	enum fault fault;
};

/* ---- Bits ------------------------------------------------------------------------------------ */

static void put_bits(struct maker *maker, uint32_t bits, unsigned count)
{
	maker->bits |= (uint64_t)bits << maker->bit_count;
	maker->bit_count += count;
	while (maker->bit_count >= 8) {
		uint8_t byte = (uint8_t)maker->bits;

		bytes_add(maker->bytes, &byte, 1);
		maker->bits >>= 8;
		maker->bit_count -= 8;
	}
}

static void put_to_byte_end(struct maker *maker)
{
	if (maker->bit_count)
		put_bits(maker, random_below(maker->random, 256) & (0xffu >> maker->bit_count),
		         8 - maker->bit_count);
}

static void break_code(struct maker *maker, struct code *code)
{
	unsigned symbol = random_code_symbol(maker->random, code);

	if (maker->fault == INCOMPLETE && symbol != END_OF_BLOCK)
		code->lengths[symbol] = random_one_in(maker->random, 2) ? 0 : CODE_BITS_MAX;
	else if (maker->fault == OVERSUBSCRIBED && code->lengths[symbol] > 1)
		code->lengths[symbol]--;
	random_code_assign(code);
}

static void put_symbol(struct maker *maker, const struct code *code, unsigned symbol)
{
	put_bits(maker, code->codes[symbol], code->lengths[symbol]);
}

/* ---- Blocks of codes ------------------------------------------------------------------------- */

static const uint16_t length_bases[] = { 3,  4,  5,  6,   7,   8,   9,   10,  11, 13,
	                                 15, 17, 19, 23,  27,  31,  35,  43,  51, 59,
	                                 67, 83, 99, 115, 131, 163, 195, 227, 258 };
static const uint8_t length_bits[] = { 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2,
	                               2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0 };

static uint32_t distance_base(unsigned symbol)
{
	unsigned bits = symbol < 4 ? 0 : symbol / 2 - 1;

	return symbol < 4 ? symbol + 1 : ((2 + symbol % 2) << bits) + 1;
}

static unsigned distance_bits(unsigned symbol)
{
	return symbol < 4 ? 0 : symbol / 2 - 1;
}

/* Returns a symbol whose smallest distance is there, or -1. */
static int find_distance(struct maker *maker, const struct code *code)
{
	for (int tries = 0; code->used_count > 0 && tries < 8; tries++) {
		unsigned symbol = random_code_symbol(maker->random, code);

		if (symbol < DISTANCES && distance_base(symbol) <= maker->done)
			return (int)symbol;
	}
	return -1;
}

static void put_distance(struct maker *maker, const struct code *code, unsigned symbol)
{
	unsigned bits = distance_bits(symbol);
	uint32_t extra = random_below(maker->random, 1u << bits);
	uint32_t beyond;

	if (random_one_in(maker->random, 8))
		extra = (1u << bits) - 1; /* 32768, at best */
	beyond = distance_base(symbol) + extra;
	if (beyond > maker->done)
		extra = maker->done - distance_base(symbol) + (maker->fault == TOO_FAR);
	put_symbol(maker, code, symbol);
	put_bits(maker, extra, bits);
}

/* A match needs a distance. Without one, its length is not written. */
static void put_match(struct maker *maker, const struct code *literals,
                      const struct code *distances, unsigned symbol)
{
	unsigned at = symbol - END_OF_BLOCK - 1, bits = length_bits[at];
	int distance = find_distance(maker, distances);
	uint32_t extra = random_below(maker->random, 1u << bits);

	if (distance < 0)
		return;
	put_symbol(maker, literals, symbol);
	put_bits(maker, extra, bits);
	put_distance(maker, distances, (unsigned)distance);
	maker->done += length_bases[at] + extra;
}

/* A length or a distance that does not exist. The other one does. */
static void put_invalid_match(struct maker *maker, const struct code *literals,
                              const struct code *distances)
{
	bool length = random_one_in(maker->random, 2);
	unsigned which = random_below(maker->random, 2);

	put_symbol(maker, literals, length ? LITERALS + which : END_OF_BLOCK + 1);
	put_symbol(maker, distances, length ? 0 : DISTANCES + which);
	maker->done += 3;
}

static void put_symbols(struct maker *maker, const struct code *literals,
                        const struct code *distances)
{
	uint32_t count = random_one_in(maker->random, 4) ? random_below(maker->random, 4)
	                                                 : random_below(maker->random, 4000);
	bool often_literal = random_one_in(maker->random, 2);

	while (count-- > 0 && maker->done < maker->done_max) {
		unsigned symbol = random_code_symbol(maker->random, literals);

		if (often_literal && symbol > END_OF_BLOCK)
			symbol = random_code_symbol(maker->random, literals);
		if (symbol < END_OF_BLOCK) {
			put_symbol(maker, literals, symbol);
			maker->done++;
		} else if (symbol > END_OF_BLOCK && symbol < LITERALS) {
			put_match(maker, literals, distances, symbol);
		}
	}
	if (maker->fault == INVALID_SYMBOL && literals->count == CODE_SYMBOLS_MAX)
		put_invalid_match(maker, literals, distances);
	if (literals->lengths[END_OF_BLOCK])
		put_symbol(maker, literals, END_OF_BLOCK);
}

static void put_fixed(struct maker *maker)
{
	struct code literals = { .count = CODE_SYMBOLS_MAX }, distances = { .count = 32 };

	for (unsigned i = 0; i < CODE_SYMBOLS_MAX; i++)
		literals.lengths[i] = i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8;
	memset(distances.lengths, 5, 32);
	random_code_assign(&literals);
	random_code_assign(&distances);
	put_symbols(maker, &literals, &distances);
}

/* ---- The header of a dynamic block ----------------------------------------------------------- */

struct length_symbol {
	uint8_t symbol;
	uint8_t extra;
};

static unsigned run_length(const uint8_t *lengths, unsigned count, unsigned max)
{
	unsigned run = 1;

	while (run < count && run < max && lengths[run] == lengths[0])
		run++;
	return run;
}

/* Repeats equal lengths, if chance wants it. */
static unsigned make_length_symbols(struct random *random, const uint8_t *lengths, unsigned count,
                                    struct length_symbol *symbols)
{
	unsigned used = 0;

	for (unsigned i = 0; i < count;) {
		unsigned run = run_length(lengths + i, count - i, lengths[i] ? 6 : 138);
		bool repeats = run >= 3 && !random_one_in(random, 8);

		if (repeats && i > 0 && lengths[i] == lengths[i - 1] && run <= 6) {
			symbols[used++] = (struct length_symbol){ 16, (uint8_t)(run - 3) };
		} else if (repeats && lengths[i] == 0 && run <= 10) {
			symbols[used++] = (struct length_symbol){ 17, (uint8_t)(run - 3) };
		} else if (repeats && lengths[i] == 0) {
			symbols[used++] = (struct length_symbol){ 18, (uint8_t)(run - 11) };
		} else {
			symbols[used++] = (struct length_symbol){ lengths[i], 0 };
			run = 1;
		}
		i += run;
	}
	return used;
}

/* A code for the symbols that occur, and for some others. */
static void make_length_code(struct maker *maker, const struct length_symbol *symbols,
                             unsigned count, struct code *code)
{
	bool occurs[LENGTH_SYMBOLS] = { false };
	uint8_t leaves[LENGTH_SYMBOLS];
	unsigned wanted = 0, leaf = 0;

	for (unsigned i = 0; i < count; i++)
		occurs[symbols[i].symbol] = true;
	for (unsigned i = 0; i < LENGTH_SYMBOLS; i++) {
		occurs[i] |= random_one_in(maker->random, 6);
		wanted += occurs[i];
	}
	for (unsigned i = 0; wanted < 2; i++) {
		wanted += !occurs[i];
		occurs[i] = true;
	}
	random_code_leaves(maker->random, wanted, 7, leaves);
	*code = (struct code){ .count = LENGTH_SYMBOLS };
	for (unsigned i = 0; i < LENGTH_SYMBOLS; i++)
		code->lengths[i] = occurs[i] ? leaves[leaf++] : 0;
	random_code_assign(code);
}

static void put_length_code(struct maker *maker, const struct code *code)
{
	static const uint8_t order[LENGTH_SYMBOLS] = { 16, 17, 18, 0, 8,  7, 9,  6, 10, 5,
		                                       11, 4,  12, 3, 13, 2, 14, 1, 15 };
	unsigned count = LENGTH_SYMBOLS;

	while (count > 4 && code->lengths[order[count - 1]] == 0)
		count--;
	put_bits(maker, count - 4, 4);
	for (unsigned i = 0; i < count; i++)
		put_bits(maker, code->lengths[order[i]], 3);
}

/* Makes the code incomplete or over-subscribed. If some code does not occur, it is left out, so
 * that nothing else is wrong. */
static void break_length_code(struct maker *maker, const struct length_symbol *symbols,
                              unsigned count, struct code *code)
{
	bool occurs[LENGTH_SYMBOLS] = { false };

	for (unsigned i = 0; i < count; i++)
		occurs[symbols[i].symbol] = true;
	for (unsigned i = 0; i < LENGTH_SYMBOLS; i++) {
		if (!occurs[i] && code->lengths[i]) {
			code->lengths[i] = 0;
			return;
		}
	}
	code->lengths[random_code_symbol(maker->random, code)] ^= 1;
}

static void put_lengths(struct maker *maker, const uint8_t *lengths, unsigned count)
{
	static const uint8_t extra_bits[] = { 2, 3, 7 };
	struct length_symbol symbols[CODE_SYMBOLS_MAX + 32];
	unsigned symbol_count = make_length_symbols(maker->random, lengths, count, symbols);
	struct code code;

	if (maker->fault == REPEATED_NOTHING)
		symbols[0].symbol = 16;
	if (maker->fault == REPEATED_BEYOND_END && symbol_count > 0)
		symbols[symbol_count - 1] = (struct length_symbol){ 17, 7 };
	make_length_code(maker, symbols, symbol_count, &code);
	if (maker->fault == BAD_LENGTH_CODE)
		break_length_code(maker, symbols, symbol_count, &code);
	put_length_code(maker, &code);
	for (unsigned i = 0; i < symbol_count; i++) {
		put_symbol(maker, &code, symbols[i].symbol);
		if (symbols[i].symbol >= 16)
			put_bits(maker, symbols[i].extra, extra_bits[symbols[i].symbol - 16]);
	}
}

/* How many symbols get a code: all, a few, or any number. */
static unsigned random_count(struct random *random, unsigned least, unsigned most)
{
	switch (random_below(random, 3)) {
	case 0:
		return most;
	case 1:
		return least + random_below(random, 4);
	default:
		return least + random_below(random, most - least + 1);
	}
}

/* Distances may have no code at all. */
static void put_dynamic(struct maker *maker)
{
	struct random *random = maker->random;
	struct code literals = { .count = random_one_in(random, 3)
		                                  ? LITERALS
		                                  : 257 + random_below(random, 30) };
	struct code distances = { .count = random_one_in(random, 3)
		                                   ? DISTANCES
		                                   : 1 + random_below(random, 30) };
	bool no_end = maker->fault == NO_END_OF_BLOCK;
	uint8_t lengths[CODE_SYMBOLS_MAX + 32];
	unsigned distance_count = random_count(random, 0, distances.count);

	random_code_make(random, &literals, random_count(random, 1 + no_end, 250), CODE_BITS_MAX,
	                 no_end ? -1 : END_OF_BLOCK);
	if (no_end)
		literals.lengths[END_OF_BLOCK] = 0;
	if (distance_count > distances.count)
		distance_count = distances.count;
	if (distance_count)
		random_code_make(random, &distances, distance_count, CODE_BITS_MAX, -1);
	random_code_assign(&literals);
	random_code_assign(&distances);
	if (maker->fault == INCOMPLETE || maker->fault == OVERSUBSCRIBED)
		break_code(maker, distances.used_count && random_one_in(random, 2) ? &distances
		                                                                   : &literals);
	if (maker->fault == TOO_MANY_SYMBOLS)
		literals.count = CODE_SYMBOLS_MAX - random_below(random, 2);
	if (maker->fault == TOO_MANY_DISTANCES)
		distances.count = 32 - random_below(random, 2);
	put_bits(maker, literals.count - 257, 5);
	put_bits(maker, distances.count - 1, 5);
	memcpy(lengths, literals.lengths, literals.count);
	memcpy(lengths + literals.count, distances.lengths, distances.count);
	put_lengths(maker, lengths, literals.count + distances.count);
	put_symbols(maker, &literals, &distances);
}

/* ---- Streams --------------------------------------------------------------------------------- */

static void put_stored(struct maker *maker)
{
	uint32_t count = random_one_in(maker->random, 3) ? 0 : random_below(maker->random, 3000);

	if (random_one_in(maker->random, 20) && maker->done_max > HISTORY)
		count = 65535;
	put_to_byte_end(maker);
	put_bits(maker, count, 16);
	put_bits(maker, count ^ (maker->fault == WRONG_STORED_LENGTH ? 0xfffe : 0xffff), 16);
	for (uint32_t i = 0; i < count; i++)
		put_bits(maker, random_below(maker->random, 256), 8);
	maker->done += count;
}

static void put_block(struct maker *maker, bool last)
{
	unsigned kind = random_below(maker->random, 6);

	put_bits(maker, last, 1);
	if (maker->fault == INVALID_BLOCK) {
		put_bits(maker, 3, 2);
	} else if (kind == 0) {
		put_bits(maker, 0, 2);
		put_stored(maker);
	} else if (kind == 1) {
		put_bits(maker, 1, 2);
		put_fixed(maker);
	} else {
		put_bits(maker, 2, 2);
		put_dynamic(maker);
	}
}

/* The fault is in one of the blocks, if that is of the right kind. */
void deflate_make(struct bytes *bytes, struct random *random, const struct deflate_style *style)
{
	struct maker maker = { .bytes = bytes,
		               .random = random,
		               .done_max = style->data_bytes_max };
	enum fault fault = style->invalid ? 1 + random_below(random, FAULTS - 1) : NO_FAULT;
	unsigned count = 1 + random_below(random, 8), faulty = random_below(random, count);

	for (unsigned i = 0; i < count; i++) {
		maker.fault = i == faulty ? fault : NO_FAULT;
		put_block(&maker, i + 1 == count);
	}
	put_to_byte_end(&maker);
}
