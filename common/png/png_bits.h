/* SPDX-License-Identifier: MIT
 *
 * Writes bits as deflate has them: the first is the lowest of the first byte. Pure; any thread. */
#ifndef SHMFLIP_PNG_BITS_H
#define SHMFLIP_PNG_BITS_H

#include <endian.h>
#include <stdint.h>
#include <string.h>

/* A flush writes this many bytes, also where fewer are used: the memory must have room for them. */
enum { BITS_MARGIN = 8 };

struct bit_writer {
	uint8_t *at;   /* where the next whole byte goes */
	uint64_t bits; /* not written yet, the first one lowest */
	unsigned count;
};

/* Between two flushes, at most 56 bits fit. value has no bits above count. */
static inline void bits_put(struct bit_writer *writer, uint64_t value, unsigned count)
{
	writer->bits |= value << writer->count;
	writer->count += count;
}

/* Writes all whole bytes. Up to 7 bits remain. */
static inline void bits_flush(struct bit_writer *writer)
{
	uint64_t word = htole64(writer->bits);

	memcpy(writer->at, &word, sizeof(word));
	writer->at += writer->count / 8;
	writer->bits >>= writer->count & ~7U;
	writer->count %= 8;
}

/* Writes the rest, and zeros up to the next whole byte. */
static inline void bits_end_byte(struct bit_writer *writer)
{
	writer->count = (writer->count + 7) & ~7U;
	bits_flush(writer);
}

#endif
