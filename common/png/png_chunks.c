/* SPDX-License-Identifier: MIT */
#include "png_chunks.h"

#include <stdlib.h>
#include <string.h>

#include "png_header.h"

/* A chunk is its length, its type, so many bytes of data, and a CRC. */
enum { TYPE = 4, DATA = 8, CHUNK_BYTES = 12 };

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

/* Whether a whole chunk is at this place. */
static bool parse(struct chunk *chunk, const uint8_t *at)
{
	size_t left = (size_t)(chunk->end - at);

	if (left < CHUNK_BYTES || png_read_u32(at) > left - CHUNK_BYTES)
		return false;
	chunk->bytes = at;
	chunk->data = at + DATA;
	chunk->length = png_read_u32(at);
	return true;
}

static bool next(struct chunk *chunk)
{
	return parse(chunk, chunk->data + chunk->length + 4);
}

static bool is_right(const struct png_chunks *chunks, const struct chunk *chunk)
{
	return png_crc(chunks->inflater, chunk->bytes + TYPE, 4 + chunk->length) ==
	       png_read_u32(chunk->data + chunk->length);
}

const uint8_t *png_chunks_find_data(const uint8_t *png, size_t size)
{
	struct chunk chunk = { .end = png + size };
	bool found = parse(&chunk, png + PNG_SIGNATURE_BYTES);

	while (found && !is_type(&chunk, "IDAT"))
		found = next(&chunk);
	return found ? chunk.bytes : NULL;
}

/* The copies are made while a chunk is still in the cache from having been tried. */
static bool join(struct png_chunks *chunks, struct chunk *chunk, size_t chunk_bytes_max)
{
	chunks->bytes = 0;
	while (is_type(chunk, "IDAT")) {
		if (chunk->length > chunk_bytes_max || !is_right(chunks, chunk))
			return false;
		memcpy(chunks->joined + chunks->bytes, chunk->data, chunk->length);
		chunks->bytes += chunk->length;
		if (!next(chunk))
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

	if (!parse(&chunk, first) || !next(&chunk))
		return false;
	if (!is_type(&chunk, "IDAT")) {
		chunks->rest = chunk.bytes;
		parse(&chunk, first);
		chunks->data = chunk.data;
		chunks->bytes = chunk.length;
		return chunk.length <= chunk_bytes_max && is_right(chunks, &chunk);
	}
	parse(&chunk, first);
	return reserve(chunks, (size_t)(end - first)) && join(chunks, &chunk, chunk_bytes_max);
}
