/* SPDX-License-Identifier: MIT
 *
 * The symbols of a block of deflate, written once for all instruction sets. Each source that
 * includes this header is compiled for one of them.
 *
 * Pictures have many literals, so a table joins a literal with the literal or length after it, if
 * the codes of both fit into the index. One look-up then gives both. Every entry is treated as if
 * it had two literals: both are written, and the next symbol overwrites what was not there.
 *
 * Two choices save all checks within the loop. Matches are copied in whole vectors: up to
 * INFLATE_ROOM bytes beyond the limit. And near their end, the packed bytes are copied to where
 * zeros follow. */
#ifndef SHMFLIP_INFLATE_LOOP_H
#define SHMFLIP_INFLATE_LOOP_H

#include <string.h>

#include "inflate_stream.h"

#ifdef __AVX2__
#include "inflate_vec_avx2.h"
#else
#include "inflate_vec_plain_c.h"
#endif

/* A round reads twice: at most 7 and then 8 bytes from where it begins. */
enum { ROUND_BYTES = 16, TAIL_BYTES = 4 * ROUND_BYTES, WORD_BYTES = 8 };

/* The stream's state during a call, in registers. */
struct cursor {
	uint64_t bits;
	uint32_t bit_count; /* modulo 64: entries are subtracted from it as they are */
	const uint8_t *in;
	uint8_t *out;
};

INLINE uint64_t low_bits(uint64_t bits, unsigned count)
{
	return bits & (((uint64_t)1 << count) - 1);
}

INLINE void refill(struct cursor *cursor)
{
	cursor->bits |= inflate_load(cursor->in) << (cursor->bit_count & 63);
	cursor->in += (cursor->bit_count & 63) / 8 ^ 7;
	cursor->bit_count |= 56;
}

INLINE void take_entry(struct cursor *cursor, uint32_t entry)
{
	cursor->bits >>= entry & INFLATE_TAKEN;
	cursor->bit_count -= entry;
}

INLINE void take_literals(struct cursor *cursor, uint32_t entry)
{
	uint16_t literals = htole16((uint16_t)(entry >> 16));

	memcpy(cursor->out, &literals, sizeof(literals));
	cursor->out += entry >> 14 & 3;
	take_entry(cursor, entry);
}

/* bits: before the entry was taken. */
INLINE uint32_t extra_bits(uint64_t bits, uint32_t entry)
{
	return (uint32_t)(low_bits(bits, entry & INFLATE_TAKEN) >> inflate_entry_code_bits(entry));
}

/* Returns how far back the match begins; 0: the code is invalid. */
INLINE uint32_t take_distance(struct cursor *cursor, const uint32_t *table)
{
	uint32_t entry = table[low_bits(cursor->bits, INFLATE_DISTANCE_BITS)];
	uint64_t bits;

	if (entry & INFLATE_SPECIAL) {
		take_entry(cursor, entry);
		if (entry >> 16 < INFLATE_SECOND_TABLES)
			return 0;
		entry = table[(entry >> 16) +
		              low_bits(cursor->bits, inflate_entry_code_bits(entry))];
		if (entry & INFLATE_SPECIAL)
			return 0;
	}
	bits = cursor->bits;
	take_entry(cursor, entry);
	/* The lowest byte of this entry has no flags. */
	return (entry >> 16) +
	       (uint32_t)(low_bits_by_byte(bits, entry) >> inflate_entry_code_bits(entry));
}

INLINE uint32_t look_up(const struct cursor *cursor, const uint32_t *table, unsigned bits)
{
	return table[low_bits(cursor->bits, bits)];
}

/* Takes up to three entries of literals alone, and looks up the next. Returns false if that is
 * something else, and 56 bits are there for it. */
INLINE bool take_literal_entries(struct cursor *cursor, const uint32_t *table, unsigned index_bits,
                                 uint32_t *entry)
{
	if (*entry & INFLATE_NO_LITERAL)
		return false;
	for (int i = 0; i < 3; i++) {
		take_literals(cursor, *entry);
		*entry = look_up(cursor, table, index_bits);
		if (i < 2 && *entry & INFLATE_NO_LITERAL) {
			refill(cursor);
			return false;
		}
	}
	return true;
}

/* Takes an entry with a length. If that was in a second table, the entry becomes the one of that
 * table, and *bits those before it. */
INLINE void take_length(struct cursor *cursor, const uint32_t *table, uint32_t *entry,
                        uint64_t *bits)
{
	*bits = cursor->bits;
	if (!(*entry & INFLATE_SPECIAL)) {
		take_literals(cursor, *entry);
		return;
	}
	take_entry(cursor, *entry);
	if (*entry >> 16 >= INFLATE_SECOND_TABLES) {
		*bits = cursor->bits;
		*entry = table[(*entry >> 16) + low_bits(*bits, inflate_entry_code_bits(*entry))];
		take_literals(cursor, *entry);
	}
}

/* A round takes at most 48 bits for a match, or 36 for literals. 56 are there when it begins, and
 * again after literals. All 64 of them are valid, so at the end there are enough for a look-up. */
INLINE enum inflate_status run_rounds(const struct inflate_stream *stream, struct cursor *state,
                                      const uint8_t *in_limit, const uint8_t *out_limit)
{
	const uint32_t *literals = stream->literals, *distances = stream->distances;
	const unsigned index_bits = stream->index_bits;
	enum inflate_status status = INFLATE_MORE;
	struct cursor cursor = *state;
	uint32_t entry = look_up(&cursor, literals, index_bits);

	while (cursor.in < in_limit && cursor.out < out_limit) {
		uint32_t length, distance;
		uint64_t bits;

		refill(&cursor);
		if (take_literal_entries(&cursor, literals, index_bits, &entry))
			continue;
		take_length(&cursor, literals, &entry, &bits);
		if (entry & INFLATE_SPECIAL) {
			status = entry >> 16 == INFLATE_END_OF_BLOCK ? INFLATE_BLOCK_ENDED
			                                             : INFLATE_DAMAGED;
			break;
		}
		if (!(entry & INFLATE_NO_LITERAL)) {
			entry = look_up(&cursor, literals, index_bits);
			continue;
		}
		length = (entry >> 24) + INFLATE_LENGTH_MIN + extra_bits(bits, entry);
		distance = take_distance(&cursor, distances);
		/* The look-up of the next entry takes as long as the copy. */
		entry = look_up(&cursor, literals, index_bits);
		if ((size_t)distance - 1 >= (size_t)(cursor.out - stream->data)) {
			status = INFLATE_DAMAGED;
			break;
		}
		copy_match(cursor.out, distance, length);
		cursor.out += length;
	}
	*state = cursor;
	return status;
}

/* The last packed bytes are read from a copy. More than WORD_BYTES beyond their end are read only
 * if the stream is truncated. */
INLINE enum inflate_status run_tail(const struct inflate_stream *stream, struct cursor *cursor,
                                    const uint8_t *out_limit)
{
	uint8_t tail[TAIL_BYTES] = { 0 };
	size_t at = (size_t)(cursor->in - stream->packed);
	size_t bytes = at < stream->packed_bytes ? stream->packed_bytes - at : 0;
	size_t beyond = at < stream->packed_bytes ? 0 : at - stream->packed_bytes;
	const uint8_t *end = tail + bytes + WORD_BYTES - beyond;
	enum inflate_status status;

	if (beyond >= WORD_BYTES)
		return INFLATE_DAMAGED;
	memcpy(tail, stream->packed + stream->packed_bytes - bytes, bytes);
	cursor->in = tail;
	status = run_rounds(stream, cursor, end, out_limit);
	if (status == INFLATE_MORE && cursor->out < out_limit)
		status = INFLATE_DAMAGED;
	cursor->in = stream->packed + at + (cursor->in - tail);
	return status;
}

INLINE enum inflate_status run(struct inflate_stream *stream, size_t until)
{
	bool to_end = until >= stream->data_bytes;
	const uint8_t *out_limit = stream->data + (to_end ? stream->data_bytes + 1 : until);
	enum inflate_status status = INFLATE_MORE;
	struct cursor cursor;

	inflate_refill(stream);
	cursor = (struct cursor){ .bits = stream->bits,
		                  .bit_count = stream->bit_count,
		                  .in = stream->packed + stream->at,
		                  .out = stream->data + stream->done };
	if (stream->at + ROUND_BYTES < stream->packed_bytes)
		status = run_rounds(stream, &cursor,
		                    stream->packed + stream->packed_bytes - ROUND_BYTES, out_limit);
	if (status == INFLATE_MORE && cursor.out < out_limit)
		status = run_tail(stream, &cursor, out_limit);
	stream->bits = cursor.bits;
	stream->bit_count = cursor.bit_count & 63;
	stream->at = (size_t)(cursor.in - stream->packed);
	stream->done = (size_t)(cursor.out - stream->data);
	return status;
}

#endif
