/* SPDX-License-Identifier: MIT */
#include "png_chunks.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "png_header.h"

/* A chunk consists of its data's length, its type, the data, and a CRC. */
enum { TYPE = 4, DATA = 8, CRC_BYTES = 4, CHUNK_BYTES = 12 };

struct chunk {
	const uint8_t *bytes; /* where it begins */
	const uint8_t *data;
	size_t length;
	const uint8_t *end; /* of all chunks */
};

static bool is_type(const struct chunk *chunk, const char *type)
{
	return memcmp(chunk->bytes + TYPE, type, 4) == 0;
}

/* Returns false if no whole chunk begins there. */
static bool parse_chunk(struct chunk *chunk, const uint8_t *at)
{
	size_t available = (size_t)(chunk->end - at);

	if (available < CHUNK_BYTES || png_read_u32(at) > available - CHUNK_BYTES)
		return false;
	chunk->bytes = at;
	chunk->data = at + DATA;
	chunk->length = png_read_u32(at);
	return true;
}

static bool parse_next_chunk(struct chunk *chunk)
{
	return parse_chunk(chunk, chunk->data + chunk->length + CRC_BYTES);
}

static bool has_right_crc(const struct png_chunks *chunks, const struct chunk *chunk)
{
	return png_crc(chunks->inflater, chunk->bytes + TYPE, DATA - TYPE + chunk->length) ==
	       png_read_u32(chunk->data + chunk->length);
}

const uint8_t *png_chunks_find_idat(const uint8_t *png, size_t size)
{
	struct chunk chunk = { .end = png + size };
	bool found = parse_chunk(&chunk, png + PNG_SIGNATURE_BYTES);

	while (found && !is_type(&chunk, "IDAT"))
		found = parse_next_chunk(&chunk);
	return found ? chunk.bytes : NULL;
}

const uint8_t *png_chunks_find(const uint8_t *png, size_t size, const char *type, size_t *length)
{
	struct chunk chunk = { .end = png + size };
	bool found = parse_chunk(&chunk, png + PNG_SIGNATURE_BYTES);

	while (found && !is_type(&chunk, type) && !is_type(&chunk, "IDAT"))
		found = parse_next_chunk(&chunk);
	if (!found || !is_type(&chunk, type) ||
	    crc32(0, chunk.bytes + TYPE, (uInt)(DATA - TYPE + chunk.length)) !=
	            png_read_u32(chunk.data + chunk.length))
		return NULL;
	*length = chunk.length;
	return chunk.data;
}

/* Copies each chunk right after its CRC, while it is in the cache. */
static bool join_idats(struct png_chunks *chunks, struct chunk *chunk, size_t chunk_bytes_max)
{
	chunks->bytes = 0;
	while (is_type(chunk, "IDAT")) {
		if (chunk->length > chunk_bytes_max || !has_right_crc(chunks, chunk))
			return false;
		memcpy(chunks->joined + chunks->bytes, chunk->data, chunk->length);
		chunks->bytes += chunk->length;
		if (!parse_next_chunk(chunk))
			return false;
	}
	chunks->data = chunks->joined;
	chunks->rest = chunk->bytes;
	return true;
}

static bool reserve(struct png_chunks *chunks, size_t size)
{
	uint8_t *larger;

	if (size <= chunks->joined_capacity)
		return true;
	larger = malloc(size);
	if (!larger)
		return false;
	free(chunks->joined);
	chunks->joined = larger;
	chunks->joined_capacity = size;
	return true;
}

bool png_chunks_gather(struct png_chunks *chunks, const uint8_t *first, const uint8_t *end,
                       size_t chunk_bytes_max)
{
	struct chunk chunk = { .end = end };

	if (!parse_chunk(&chunk, first) || !parse_next_chunk(&chunk))
		return false;
	if (!is_type(&chunk, "IDAT")) {
		chunks->rest = chunk.bytes;
		parse_chunk(&chunk, first);
		chunks->data = chunk.data;
		chunks->bytes = chunk.length;
		return chunk.length <= chunk_bytes_max && has_right_crc(chunks, &chunk);
	}
	parse_chunk(&chunk, first);
	return reserve(chunks, (size_t)(end - first)) &&
	       join_idats(chunks, &chunk, chunk_bytes_max);
}
