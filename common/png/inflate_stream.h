/* SPDX-License-Identifier: MIT
 *
 * Inflates a deflate stream (RFC 1951) in bands: it can stop after any number of bytes, and
 * continue later. It refers back to what it has written, so the last INFLATE_HISTORY bytes must
 * stay as they are. It never reads outside of the packed bytes, and writes at most INFLATE_ROOM
 * bytes beyond the end of the data. It accepts what zlib accepts, and nothing else.
 *
 * All variants do the same, each for one instruction set. An object serves one thread at a time.
 * Does not block, nor allocate. */
#ifndef SHMFLIP_INFLATE_STREAM_H
#define SHMFLIP_INFLATE_STREAM_H

#include <endian.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "inflate_codes.h"

enum { INFLATE_HISTORY = 32768, INFLATE_ROOM = 384 };

enum inflate_status { INFLATE_DAMAGED, INFLATE_MORE, INFLATE_BLOCK_ENDED };

struct inflate_stream;

/* Decodes symbols of a block until at least `until` bytes of data are there. */
typedef enum inflate_status inflate_run_function(struct inflate_stream *stream, size_t until);
/* Joins pairs of symbols of a table in one entry: see inflate_loop.h. */
typedef void inflate_join_function(uint32_t *table, unsigned index_bits);

struct inflate_variant {
	const char *name; /* of the instruction set */
	inflate_run_function *run;
	inflate_join_function *join;
};

struct inflate_stream {
	const struct inflate_variant *variant;
	const uint8_t *packed;
	size_t packed_bytes;
	uint8_t *data; /* and INFLATE_ROOM bytes more */
	size_t data_bytes;
	size_t done; /* result: bytes of data so far */
	bool ended;  /* result: the last block has ended */

	/* Private. */
	uint64_t bits; /* that were read; more than bit_count may be there, the rest is 0 */
	unsigned bit_count;
	size_t at; /* of the next byte to read; beyond the end, all bytes are 0 */
	bool in_block;
	bool last_block;
	bool fixed; /* the tables are those of the fixed code */
	unsigned index_bits;
	uint32_t literals[INFLATE_LITERAL_ENTRIES];
	uint32_t distances[INFLATE_DISTANCE_ENTRIES];
};

/* Returns a variant that this machine can run: index 0 is the fastest, and the last is plain C.
 * Returns NULL after the last. */
const struct inflate_variant *inflate_variant_get(unsigned index);

void inflate_stream_begin(struct inflate_stream *stream, const uint8_t *packed, size_t packed_bytes,
                          uint8_t *data, size_t data_bytes);

/* Inflates until at least `until` bytes of data are there, at most data_bytes. If that is
 * data_bytes, the stream must end there. Returns false if the stream is damaged, truncated, or has
 * fewer or more data. */
bool inflate_stream_until(struct inflate_stream *stream, size_t until);

/* After the end: returns how many of the packed bytes the stream has. */
size_t inflate_stream_used(const struct inflate_stream *stream);

static inline __attribute__((always_inline)) uint64_t inflate_load(const uint8_t *bytes)
{
	uint64_t number;

	memcpy(&number, bytes, sizeof(number));
	return le64toh(number);
}

/* Reads bytes until at least 56 bits are there. */
static inline __attribute__((always_inline)) void inflate_refill(struct inflate_stream *stream)
{
	if (stream->at + 8 <= stream->packed_bytes) {
		stream->bits |= inflate_load(stream->packed + stream->at) << stream->bit_count;
		stream->at += (63 - stream->bit_count) / 8;
		stream->bit_count |= 56;
		return;
	}
	while (stream->bit_count < 56) {
		uint64_t byte = stream->at < stream->packed_bytes ? stream->packed[stream->at] : 0;

		stream->bits |= byte << stream->bit_count;
		stream->bit_count += 8;
		stream->at++;
	}
}

#endif
