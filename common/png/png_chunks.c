/* SPDX-License-Identifier: MIT */
#include "png_chunks.h"

#include <stdlib.h>
#include <string.h>

#include "png_header.h"
#include "png_sums.h"

/* A chunk consists of its data's length, its type, the data, and a CRC. */
enum { TYPE = 4, DATA = 8, CRC_BYTES = 4, CHUNK_BYTES = 12 };

bool png_chunk_is(const struct png_chunk *chunk, const char *type)
{
	return memcmp(chunk->bytes + TYPE, type, 4) == 0;
}

bool png_chunk_parse(struct png_chunk *chunk, const uint8_t *at, const uint8_t *end)
{
	size_t available = (size_t)(end - at);

	if (available < CHUNK_BYTES || png_read_u32(at) > available - CHUNK_BYTES)
		return false;
	*chunk = (struct png_chunk){
		.bytes = at, .data = at + DATA, .length = png_read_u32(at), .end = end
	};
	return true;
}

bool png_chunk_parse_next(struct png_chunk *chunk)
{
	return png_chunk_parse(chunk, chunk->data + chunk->length + CRC_BYTES, chunk->end);
}

static bool has_crc(const struct png_chunk *chunk, uint32_t crc)
{
	return crc == png_read_u32(chunk->data + chunk->length);
}

bool png_chunk_has_right_crc(const struct png_chunk *chunk)
{
	return has_crc(chunk, png_crc32(PNG_CRC32_START, chunk->bytes + TYPE,
	                                DATA - TYPE + chunk->length));
}

const uint8_t *png_chunks_find(const uint8_t *png, size_t size, const char *type, size_t *length)
{
	struct png_chunk chunk;
	bool found = png_chunk_parse(&chunk, png + PNG_SIGNATURE_BYTES, png + size);

	while (found && !png_chunk_is(&chunk, type) && !png_chunk_is(&chunk, "IDAT"))
		found = png_chunk_parse_next(&chunk);
	if (!found || !png_chunk_is(&chunk, type) || !png_chunk_has_right_crc(&chunk))
		return NULL;
	*length = chunk.length;
	return chunk.data;
}

/* With the CRC of the way to inflate. */
static bool idat_has_right_crc(const struct png_chunks *chunks, const struct png_chunk *chunk)
{
	return has_crc(chunk,
	               png_crc(chunks->inflater, chunk->bytes + TYPE, DATA - TYPE + chunk->length));
}

/* Copies each chunk right after its CRC, while it is in the cache. */
static bool join_idats(struct png_chunks *chunks, struct png_chunk *chunk, size_t chunk_bytes_max)
{
	chunks->bytes = 0;
	while (png_chunk_is(chunk, "IDAT")) {
		if (chunk->length > chunk_bytes_max || !idat_has_right_crc(chunks, chunk))
			return false;
		memcpy(chunks->joined + chunks->bytes, chunk->data, chunk->length);
		chunks->bytes += chunk->length;
		if (!png_chunk_parse_next(chunk))
			return false;
	}
	chunks->data = chunks->joined;
	chunks->rest = *chunk;
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

bool png_chunks_gather(struct png_chunks *chunks, const struct png_chunk *first,
                       size_t chunk_bytes_max)
{
	struct png_chunk chunk = *first;

	if (!png_chunk_parse_next(&chunk))
		return false;
	if (!png_chunk_is(&chunk, "IDAT")) {
		chunks->rest = chunk;
		chunks->data = first->data;
		chunks->bytes = first->length;
		return first->length <= chunk_bytes_max && idat_has_right_crc(chunks, first);
	}
	chunk = *first;
	return reserve(chunks, (size_t)(first->end - first->bytes)) &&
	       join_idats(chunks, &chunk, chunk_bytes_max);
}
