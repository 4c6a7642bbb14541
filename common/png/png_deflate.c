/* SPDX-License-Identifier: MIT */
#include "png_deflate.h"

#include <string.h>

#include "png_bits.h"
#include "png_huffman.h"

enum {
	LITERALS = 256,
	END = 256,
	LENGTH_CODES = 29,
	SYMBOLS = LITERALS + 1 + LENGTH_CODES,
	DISTANCES = 30,
	/* Four literals fit between two flushes. */
	LIMIT = 14,
	LENGTHS_LIMIT = 7,
	LENGTHS_SYMBOLS = 19,
	STORED_MAX = 65535,
	STORED_HEADER_BYTES = 5,
	/* Of noisy data, this many bytes are counted in each window. */
	SAMPLE_BYTES = 256,
	WINDOW_BYTES = 2048,
	SAMPLED_MIN_BYTES = 32768,
};

enum { BLOCK_STORED = 0, BLOCK_DYNAMIC = 2 };

struct counts {
	uint32_t symbols[SYMBOLS];
	uint32_t distances[DISTANCES];
};

/* What is written for a literal, a length, or the class of a distance. */
struct code {
	uint32_t bits;
	uint8_t count;
};

struct codes {
	uint8_t lengths[SYMBOLS + DISTANCES]; /* of all codes, as the header has them */
	struct code symbols[SYMBOLS];
	struct code matches[MATCH_MAX + 1]; /* by length, with the extra bits */
	struct code distances[DISTANCES];
};

/* ---- Symbols -------------------------------------------------------------------------------- */

/* Lengths and distances of matches are classes with extra bits: each power of two has this many
 * classes. */
enum { LENGTH_CLASS_BITS = 2, DISTANCE_CLASS_BITS = 1 };

struct class
{
	unsigned number;
	unsigned extra;
	unsigned extra_count;
};

static inline struct class class_of(unsigned value, unsigned class_bits)
{
	unsigned top = 31 - (unsigned)__builtin_clz(value | 1);

	if (top <= class_bits)
		return (struct class){ .number = value };
	unsigned extra_count = top - class_bits;

	return (struct class){
		.number = (extra_count << class_bits) + (value >> extra_count),
		.extra = value & ((1U << extra_count) - 1),
		.extra_count = extra_count,
	};
}

static inline struct class class_of_length(unsigned length)
{
	if (length == MATCH_MAX)
		return (struct class){ .number = LENGTH_CODES - 1 };
	return class_of(length - 3, LENGTH_CLASS_BITS);
}

static inline struct class class_of_distance(unsigned distance)
{
	return class_of(distance - 1, DISTANCE_CLASS_BITS);
}

/* ---- Counting ------------------------------------------------------------------------------- */

static void count_bytes(struct counts *counts, const uint8_t *from, const uint8_t *end)
{
	for (; from < end; from++)
		counts->symbols[*from]++;
}

/* Counts literals that lie in the first bytes of each window. */
static void count_samples(struct counts *counts, const uint8_t *data, size_t from, size_t end)
{
	while (from < end) {
		size_t window = from / WINDOW_BYTES * WINDOW_BYTES;
		size_t sample_end = window + SAMPLE_BYTES < end ? window + SAMPLE_BYTES : end;

		if (from < sample_end)
			count_bytes(counts, data + from, data + sample_end);
		from = window + WINDOW_BYTES;
	}
}

/* A literal that no sample has may still occur. */
static void extrapolate(struct counts *counts)
{
	for (unsigned i = 0; i < LITERALS; i++)
		counts->symbols[i] = counts->symbols[i] * (WINDOW_BYTES / SAMPLE_BYTES) + 1;
}

static void count(struct counts *counts, const uint8_t *data, const struct png_match *matches,
                  size_t match_count, bool sampled)
{
	size_t at = 0;

	memset(counts, 0, sizeof(*counts));
	for (size_t i = 0; i < match_count; i++) {
		size_t end = at + matches[i].literals;

		if (sampled)
			count_samples(counts, data, at, end);
		else
			count_bytes(counts, data + at, data + end);
		at = end + matches[i].length;
		if (matches[i].length) {
			counts->symbols[END + 1 + class_of_length(matches[i].length).number]++;
			counts->distances[class_of_distance(matches[i].distance).number]++;
		}
	}
	counts->symbols[END] = 1;
	/* Some decoders want a code for a distance even if there is no match. */
	if (match_count == 1)
		counts->distances[0] = 1;
	if (sampled)
		extrapolate(counts);
}

/* ---- Codes ---------------------------------------------------------------------------------- */

static void make_codes(const uint8_t *lengths, unsigned count, struct code *codes)
{
	uint16_t bits[HUFFMAN_SYMBOLS_MAX];

	huffman_make_codes(lengths, count, bits);
	for (unsigned i = 0; i < count; i++)
		codes[i] = (struct code){ bits[i], lengths[i] };
}

static void add_extra_bits(struct codes *codes)
{
	for (unsigned length = 3; length <= MATCH_MAX; length++) {
		struct class class = class_of_length(length);
		const struct code *code = &codes->symbols[END + 1 + class.number];

		codes->matches[length] =
			(struct code){ code->bits | class.extra << code->count,
			               (uint8_t)(code->count + class.extra_count) };
	}
}

static void choose_codes(const struct counts *counts, struct codes *codes)
{
	huffman_find_lengths(counts->symbols, SYMBOLS, LIMIT, codes->lengths);
	huffman_find_lengths(counts->distances, DISTANCES, LIMIT, codes->lengths + SYMBOLS);
	make_codes(codes->lengths, SYMBOLS, codes->symbols);
	make_codes(codes->lengths + SYMBOLS, DISTANCES, codes->distances);
	add_extra_bits(codes);
}

/* ---- Header --------------------------------------------------------------------------------- */

/* The lengths of all codes, themselves coded: 0 to 15 are lengths, the others repeat. */
enum { REPEAT_LAST = 16, REPEAT_ZERO = 17, REPEAT_ZERO_LONG = 18 };

struct lengths {
	struct lengths_symbol {
		uint8_t symbol;
		uint8_t extra;
	} list[SYMBOLS + DISTANCES];
	size_t count;
};

static void add_length(struct lengths *lengths, unsigned symbol, unsigned extra)
{
	lengths->list[lengths->count++] =
		(struct lengths_symbol){ (uint8_t)symbol, (uint8_t)extra };
}

static size_t add_zeros(struct lengths *lengths, size_t run)
{
	if (run > 138)
		run = 138;
	if (run > 10)
		add_length(lengths, REPEAT_ZERO_LONG, (unsigned)run - 11);
	else
		add_length(lengths, REPEAT_ZERO, (unsigned)run - 3);
	return run;
}

static void collect_lengths(struct lengths *lengths, const uint8_t *from, size_t count)
{
	size_t run;

	for (size_t at = 0; at < count; at += run) {
		for (run = 1; at + run < count && from[at + run] == from[at];)
			run++;
		if (run >= 3 && from[at] == 0) {
			run = add_zeros(lengths, run);
			continue;
		}
		add_length(lengths, from[at], 0);
		if (run < 4) {
			run = 1;
			continue;
		}
		run = run > 7 ? 7 : run;
		add_length(lengths, REPEAT_LAST, (unsigned)run - 1 - 3);
	}
}

static size_t without_zeros(const uint8_t *lengths, size_t count)
{
	while (lengths[count - 1] == 0)
		count--;
	return count;
}

static void put_lengths(struct bit_writer *writer, const struct lengths *lengths,
                        const struct code *codes)
{
	for (size_t i = 0; i < lengths->count; i++) {
		const struct lengths_symbol *symbol = &lengths->list[i];
		static const uint8_t extra_counts[] = { 2, 3, 7 };

		bits_put(writer, codes[symbol->symbol].bits, codes[symbol->symbol].count);
		if (symbol->symbol >= REPEAT_LAST)
			bits_put(writer, symbol->extra, extra_counts[symbol->symbol - REPEAT_LAST]);
		bits_flush(writer);
	}
}

static void put_header(struct bit_writer *writer, const struct codes *codes)
{
	static const uint8_t order[LENGTHS_SYMBOLS] = { 16, 17, 18, 0, 8,  7, 9,  6, 10, 5,
		                                        11, 4,  12, 3, 13, 2, 14, 1, 15 };
	size_t symbols = without_zeros(codes->lengths, SYMBOLS);
	size_t distances = without_zeros(codes->lengths + SYMBOLS, DISTANCES);
	uint32_t counts[LENGTHS_SYMBOLS] = { 0 };
	uint8_t own_lengths[LENGTHS_SYMBOLS], ordered[LENGTHS_SYMBOLS];
	struct code own_codes[LENGTHS_SYMBOLS];
	struct lengths lengths = { .count = 0 };
	size_t own;

	collect_lengths(&lengths, codes->lengths, symbols);
	collect_lengths(&lengths, codes->lengths + SYMBOLS, distances);
	for (size_t i = 0; i < lengths.count; i++)
		counts[lengths.list[i].symbol]++;
	huffman_find_lengths(counts, LENGTHS_SYMBOLS, LENGTHS_LIMIT, own_lengths);
	make_codes(own_lengths, LENGTHS_SYMBOLS, own_codes);
	for (unsigned i = 0; i < LENGTHS_SYMBOLS; i++)
		ordered[i] = own_lengths[order[i]];
	/* Deflate needs at least 4. There are at least 5: some length is 1 to 14, and those come
	 * after 16, 17, 18 and 0. */
	own = without_zeros(ordered, LENGTHS_SYMBOLS);
	bits_put(writer, symbols - LITERALS - 1, 5);
	bits_put(writer, distances - 1, 5);
	bits_put(writer, own - 4, 4);
	bits_flush(writer);
	for (size_t i = 0; i < own; i++) {
		bits_put(writer, ordered[i], 3);
		bits_flush(writer);
	}
	put_lengths(writer, &lengths, own_codes);
}

/* ---- Data ----------------------------------------------------------------------------------- */

/* Two literals are joined apart from what is written before them, so that a processor does it at
 * the same time. */
static inline void put_pair(struct bit_writer *writer, const struct code *codes,
                            const uint8_t *data)
{
	const struct code *first = &codes[data[0]], *second = &codes[data[1]];

	bits_put(writer, first->bits | second->bits << first->count,
	         (unsigned)first->count + second->count);
}

static inline void put_literals(struct bit_writer *writer, const struct code *codes,
                                const uint8_t *data, size_t count)
{
	for (; count >= 4; count -= 4, data += 4) {
		put_pair(writer, codes, data);
		put_pair(writer, codes, data + 2);
		bits_flush(writer);
	}
	for (; count; count--, data++)
		bits_put(writer, codes[*data].bits, codes[*data].count);
	bits_flush(writer);
}

static inline void put_match(struct bit_writer *writer, const struct codes *codes,
                             const struct png_match *match)
{
	const struct code *length = &codes->matches[match->length];
	struct class class = class_of_distance(match->distance);
	const struct code *distance = &codes->distances[class.number];

	bits_put(writer, length->bits, length->count);
	bits_put(writer, distance->bits, distance->count);
	bits_put(writer, class.extra, class.extra_count);
	bits_flush(writer);
}

static void put_data(struct bit_writer *writer, const struct codes *codes, const uint8_t *data,
                     const struct png_match *matches, size_t match_count)
{
	/* Not in memory that bytes are written to: the compiler then keeps it in registers. */
	struct bit_writer local = *writer;

	for (size_t i = 0; i < match_count; i++) {
		put_literals(&local, codes->symbols, data, matches[i].literals);
		data += matches[i].literals + matches[i].length;
		if (matches[i].length)
			put_match(&local, codes, &matches[i]);
	}
	bits_put(&local, codes->symbols[END].bits, codes->symbols[END].count);
	bits_flush(&local);
	*writer = local;
}

/* ---- Blocks --------------------------------------------------------------------------------- */

static void put_stored_header(struct bit_writer *writer, size_t size, bool is_last)
{
	bits_put(writer, is_last | BLOCK_STORED << 1, 3);
	bits_end_byte(writer);
	bits_put(writer, size | (~size & 0xffff) << 16, 32);
	bits_flush(writer);
}

static size_t stored_bytes(size_t size)
{
	return size + (size / STORED_MAX + 1) * STORED_HEADER_BYTES;
}

static size_t store(const uint8_t *data, size_t size, bool is_last, uint8_t *out)
{
	struct bit_writer writer = { .at = out };
	size_t part;

	do {
		part = size < STORED_MAX ? size : STORED_MAX;
		put_stored_header(&writer, part, is_last && part == size);
		memcpy(writer.at, data, part);
		writer.at += part;
		data += part;
		size -= part;
	} while (size);
	return (size_t)(writer.at - out);
}

size_t png_deflate_max(size_t size)
{
	/* The header of the block has less than 400 bytes. */
	return (size / 8 + 1) * LIMIT + 400 + BITS_MARGIN;
}

size_t png_deflate(struct png_deflate_room *room, const uint8_t *data, size_t size, bool is_last,
                   uint8_t *out)
{
	bool repeats = png_has_repeats(data, size, &room->table, room->matches);
	struct bit_writer writer = { .at = out };
	struct counts counts;
	struct codes codes;
	size_t match_count = repeats ? png_matches_find_any(data, size, &room->table, room->matches)
	                             : png_matches_find_zeros(data, size, room->matches);

	count(&counts, data, room->matches, match_count, !repeats && size >= SAMPLED_MIN_BYTES);
	choose_codes(&counts, &codes);
	bits_put(&writer, is_last | BLOCK_DYNAMIC << 1, 3);
	put_header(&writer, &codes);
	put_data(&writer, &codes, data, room->matches, match_count);
	if (!is_last)
		put_stored_header(&writer, 0, false);
	else
		bits_end_byte(&writer);
	if ((size_t)(writer.at - out) >= stored_bytes(size))
		return store(data, size, is_last, out);
	return (size_t)(writer.at - out);
}
