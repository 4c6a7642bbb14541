/* SPDX-License-Identifier: MIT */
#include "inflate_stream.h"

#include <string.h>

#include "inflate_variants.h"

/* Names are those of RFC 1951, 3.2.3 to 3.2.7. */
enum { STORED, FIXED, DYNAMIC };
enum { HLIT_MAX = 286, HDIST_MAX = 30, END_OF_BLOCK = 256 };

/* Joining pays from this many bytes of data on; a smaller table is then enough. */
enum { JOIN_BYTES_MIN = 12288, INDEX_BITS = 11 };

static uint64_t low_bits(uint64_t bits, unsigned count)
{
	return bits & (((uint64_t)1 << count) - 1);
}

static unsigned take(struct inflate_stream *stream, unsigned count)
{
	unsigned value;

	if (stream->bit_count < count)
		inflate_refill(stream);
	value = (unsigned)low_bits(stream->bits, count);
	stream->bits >>= count;
	stream->bit_count -= count;
	return value;
}

/* A longer index pays if at least 65 % of the symbols are literals. The lengths of their codes
 * tell: a symbol with n bits is expected once in 2^n. */
static bool has_mostly_literals(const uint8_t *lengths)
{
	enum { ALL = 1 << INFLATE_CODE_BITS_MAX };
	unsigned share = 0;

	for (unsigned i = 0; i < END_OF_BLOCK; i++)
		share += (ALL >> lengths[i]) & (ALL - 1);
	return share >= ALL / 100 * 65;
}

/* The tables must not be joined yet. */
static bool is_at_end_of_block(struct inflate_stream *stream)
{
	const uint32_t *table = stream->literals;
	uint32_t entry;

	inflate_refill(stream);
	entry = table[low_bits(stream->bits, stream->index_bits)];
	if (entry & INFLATE_SPECIAL && entry >> 16 >= INFLATE_SECOND_TABLES)
		entry = table[(entry >> 16) + low_bits(stream->bits >> stream->index_bits,
		                                       inflate_entry_code_bits(entry))];
	return entry & INFLATE_SPECIAL && entry >> 16 == INFLATE_END_OF_BLOCK;
}

/* Joining pays in a block of many symbols. Empty blocks are cheap: many of them fit into little
 * memory. */
static bool make_tables(struct inflate_stream *stream, const uint8_t *lengths,
                        unsigned literal_count, unsigned distance_count)
{
	bool joined = stream->data_bytes - stream->done >= JOIN_BYTES_MIN;

	if (!joined)
		stream->index_bits = INFLATE_LITERAL_BITS_MIN;
	else
		stream->index_bits =
			has_mostly_literals(lengths) ? INFLATE_LITERAL_BITS_MAX : INDEX_BITS;
	if (lengths[END_OF_BLOCK] == 0 ||
	    !inflate_codes_literals(lengths, literal_count, stream->index_bits, stream->literals) ||
	    !inflate_codes_distances(lengths + literal_count, distance_count, stream->distances))
		return false;
	if (joined && (stream->fixed || !is_at_end_of_block(stream)))
		stream->variant->join(stream->literals, stream->index_bits);
	return true;
}

static bool begin_fixed(struct inflate_stream *stream)
{
	uint8_t lengths[INFLATE_LITERALS + INFLATE_DISTANCES];

	if (stream->fixed)
		return true;
	memset(lengths, 8, 144);
	memset(lengths + 144, 9, 112);
	memset(lengths + 256, 7, 24);
	memset(lengths + 280, 8, 8);
	memset(lengths + INFLATE_LITERALS, 5, INFLATE_DISTANCES);
	stream->fixed = true;
	return make_tables(stream, lengths, INFLATE_LITERALS, INFLATE_DISTANCES);
}

static bool read_length_code(struct inflate_stream *stream, unsigned count, uint32_t *table)
{
	static const uint8_t order[INFLATE_LENGTH_SYMBOLS] = { 16, 17, 18, 0, 8,  7, 9,  6, 10, 5,
		                                               11, 4,  12, 3, 13, 2, 14, 1, 15 };
	enum { AT_ONCE = 18, BITS = 3 };
	uint8_t lengths[INFLATE_LENGTH_SYMBOLS] = { 0 };
	unsigned first = count < AT_ONCE ? count : AT_ONCE;

	inflate_refill(stream);
	for (unsigned i = 0; i < first; i++)
		lengths[order[i]] = stream->bits >> BITS * i & 7;
	stream->bits >>= BITS * first;
	stream->bit_count -= BITS * first;
	if (first < count)
		lengths[order[first]] = (uint8_t)take(stream, BITS);
	return inflate_codes_lengths(lengths, table);
}

static unsigned extra_bits(uint64_t bits, uint32_t entry)
{
	return (unsigned)(low_bits(bits, entry & INFLATE_TAKEN) >> inflate_entry_code_bits(entry));
}

/* Writes whole words: up to 7 bytes more. */
static void repeat(uint8_t *lengths, uint8_t length, unsigned count)
{
	uint64_t word = length * 0x0101010101010101;

	for (unsigned i = 0; i < count; i += sizeof(word))
		memcpy(lengths + i, &word, sizeof(word));
}

static bool read_lengths(struct inflate_stream *stream, const uint32_t *table, unsigned count,
                         uint8_t *lengths)
{
	uint8_t length = INFLATE_LAST_LENGTH;
	unsigned done = 0;

	while (done < count) {
		uint64_t bits;
		unsigned left;

		inflate_refill(stream);
		bits = stream->bits;
		left = stream->bit_count;
		while (left >= INFLATE_LENGTH_BITS_MAX && done < count) {
			uint32_t entry = table[low_bits(bits, INFLATE_LENGTH_CODE_BITS)];
			unsigned repeats = (entry >> 24) + extra_bits(bits, entry);

			if ((uint8_t)(entry >> 16) != INFLATE_LAST_LENGTH)
				length = (uint8_t)(entry >> 16);
			if (repeats > count - done || length == INFLATE_LAST_LENGTH)
				return false;
			repeat(lengths + done, length, repeats);
			done += repeats;
			bits >>= entry & INFLATE_TAKEN;
			left -= entry & INFLATE_TAKEN;
		}
		stream->bits = bits;
		stream->bit_count = left;
	}
	return true;
}

static bool begin_dynamic(struct inflate_stream *stream)
{
	unsigned literal_count = 257 + take(stream, 5), distance_count = 1 + take(stream, 5);
	unsigned length_count = 4 + take(stream, 4);
	uint32_t table[1 << INFLATE_LENGTH_CODE_BITS];
	uint8_t lengths[INFLATE_LITERALS + INFLATE_DISTANCES + sizeof(uint64_t)];

	stream->fixed = false;
	return literal_count <= HLIT_MAX && distance_count <= HDIST_MAX &&
	       read_length_code(stream, length_count, table) &&
	       read_lengths(stream, table, literal_count + distance_count, lengths) &&
	       make_tables(stream, lengths, literal_count, distance_count);
}

/* Copies the whole block. */
static bool copy_stored(struct inflate_stream *stream)
{
	unsigned length, check;
	size_t at;

	take(stream, stream->bit_count % 8);
	length = take(stream, 16);
	check = take(stream, 16);
	at = stream->at - stream->bit_count / 8;
	if (length != (check ^ 0xffff) || at > stream->packed_bytes ||
	    length > stream->packed_bytes - at || length > stream->data_bytes - stream->done)
		return false;
	memcpy(stream->data + stream->done, stream->packed + at, length);
	stream->done += length;
	stream->at = at + length;
	stream->bits = 0;
	stream->bit_count = 0;
	return true;
}

static bool begin_block(struct inflate_stream *stream)
{
	stream->last_block = take(stream, 1);
	switch (take(stream, 2)) {
	case STORED:
		return copy_stored(stream);
	case FIXED:
		stream->in_block = true;
		return begin_fixed(stream);
	case DYNAMIC:
		stream->in_block = true;
		return begin_dynamic(stream);
	default:
		return false;
	}
}

static bool run_block(struct inflate_stream *stream, size_t until)
{
	enum inflate_status status = stream->variant->run(stream, until);

	if (status == INFLATE_BLOCK_ENDED)
		stream->in_block = false;
	return status != INFLATE_DAMAGED && stream->done <= stream->data_bytes;
}

void inflate_stream_begin(struct inflate_stream *stream, const uint8_t *packed, size_t packed_bytes,
                          uint8_t *data, size_t data_bytes)
{
	stream->packed = packed;
	stream->packed_bytes = packed_bytes;
	stream->data = data;
	stream->data_bytes = data_bytes;
	stream->done = 0;
	stream->ended = false;
	stream->bits = 0;
	stream->bit_count = 0;
	stream->at = 0;
	stream->in_block = false;
	stream->last_block = false;
	stream->fixed = false;
}

size_t inflate_stream_used(const struct inflate_stream *stream)
{
	return stream->at - stream->bit_count / 8;
}

/* Blocks may be empty, so the end of the data need not be that of the stream. */
bool inflate_stream_until(struct inflate_stream *stream, size_t until)
{
	bool to_end = until >= stream->data_bytes;

	while (!stream->ended && (to_end || stream->done < until)) {
		if (stream->in_block ? !run_block(stream, until) : !begin_block(stream))
			return false;
		stream->ended = stream->last_block && !stream->in_block;
		if (inflate_stream_used(stream) > stream->packed_bytes)
			return false;
	}
	return !stream->ended || stream->done == stream->data_bytes;
}

const struct inflate_variant *inflate_variant_get(unsigned index)
{
	static const struct inflate_variant variants[] = {
#ifdef HAVE_INFLATE_AVX2
		{ "AVX2", inflate_run_avx2, inflate_join_avx2 },
#endif
		{ "plain C", inflate_run_plain_c, inflate_join_plain_c },
	};
	unsigned first = 0, count = sizeof(variants) / sizeof(variants[0]);

#ifdef HAVE_INFLATE_AVX2
	if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("bmi") ||
	    !__builtin_cpu_supports("bmi2"))
		first = 1;
#endif
	return index < count - first ? &variants[first + index] : NULL;
}
