/* SPDX-License-Identifier: MIT
 *
 * Parses chunks, and collects the compressed data of a PNG from all its IDATs. Checks CRCs. The
 * data of a single chunk stay where they are; those of several are copied together. The memory
 * for the copy is kept for the next picture, and the caller frees it. Does not block. */
#ifndef SHMFLIP_PNG_CHUNKS_H
#define SHMFLIP_PNG_CHUNKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "png_inflate.h"

/* A whole chunk in memory. */
struct png_chunk {
	const uint8_t *bytes; /* its length and type */
	const uint8_t *data;
	size_t length;      /* of the data */
	const uint8_t *end; /* of all chunks */
};

struct png_chunks {
	const struct png_inflater *inflater; /* for its CRC */
	const uint8_t *data;                 /* result: in the file or in joined */
	size_t bytes;
	struct png_chunk rest; /* result: the chunk after the last IDAT */
	uint8_t *joined;
	size_t joined_capacity;
};

/* Returns false if no whole chunk begins there. */
bool png_chunk_parse(struct png_chunk *chunk, const uint8_t *at, const uint8_t *end);
bool png_chunk_parse_next(struct png_chunk *chunk);

bool png_chunk_is(const struct png_chunk *chunk, const char *type);
bool png_chunk_has_right_crc(const struct png_chunk *chunk);

/* Returns the data of the first chunk of a type before the first IDAT. NULL: there is none, or its
 * CRC is wrong. */
const uint8_t *png_chunks_find(const uint8_t *png, size_t size, const char *type, size_t *length);

/* Collects all IDATs, starting with the first. Returns false if an IDAT is longer than
 * chunk_bytes_max or has a wrong CRC, if no chunk follows, or if memory runs out. */
bool png_chunks_gather(struct png_chunks *chunks, const struct png_chunk *first,
                       size_t chunk_bytes_max);

#endif
