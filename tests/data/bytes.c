/* SPDX-License-Identifier: MIT */
#include "bytes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum { SIGNATURE_BYTES = 8, CHUNK_HEAD_BYTES = 8, CRC_BYTES = 4 };

static void store_be32(uint8_t *at, uint32_t value)
{
	at[0] = (uint8_t)(value >> 24);
	at[1] = (uint8_t)(value >> 16);
	at[2] = (uint8_t)(value >> 8);
	at[3] = (uint8_t)value;
}

static uint32_t load_be32(const uint8_t *at)
{
	return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

/* Returns where the added bytes begin. */
static uint8_t *grow(struct bytes *bytes, size_t size)
{
	size_t needed = bytes->size + size;

	if (needed >= bytes->capacity) {
		uint8_t *data = realloc(bytes->data, 2 * needed + 1);

		if (!data) {
			perror("test PNG");
			exit(1);
		}
		bytes->data = data;
		bytes->capacity = 2 * needed + 1;
	}
	bytes->size = needed;
	return bytes->data + needed - size;
}

void bytes_add(struct bytes *bytes, const void *data, size_t size)
{
	uint8_t *at = grow(bytes, size);

	if (size > 0)
		memcpy(at, data, size);
}

void bytes_add_fill(struct bytes *bytes, uint8_t value, size_t size)
{
	memset(grow(bytes, size), value, size);
}

void bytes_add_compressed(struct bytes *bytes, const void *data, size_t size, int level)
{
	uLongf length = compressBound(size);
	size_t start = bytes->size;

	grow(bytes, length);
	if (compress2(bytes->data + start, &length, data, size, level) != Z_OK) {
		fprintf(stderr, "test PNG: zlib cannot compress %zu bytes\n", size);
		exit(1);
	}
	bytes->size = start + length;
}

void bytes_finish(struct bytes *bytes)
{
	free(bytes->data);
	*bytes = (struct bytes){ 0 };
}

void png_add_signature(struct bytes *png)
{
	bytes_add(png, "\x89PNG\r\n\x1a\n", SIGNATURE_BYTES);
}

void png_add_chunk(struct bytes *png, const char *type, const void *content, size_t length)
{
	uint8_t number[4];
	struct chunk chunk = { .content = png->size + CHUNK_HEAD_BYTES,
		               .length = (uint32_t)length };

	store_be32(number, chunk.length);
	bytes_add(png, number, sizeof(number));
	bytes_add(png, type, 4);
	bytes_add(png, content, length);
	bytes_add_fill(png, 0, CRC_BYTES);
	png_update_crc(png, &chunk);
}

void png_add_header(struct bytes *png, uint32_t width, uint32_t height, uint8_t depth,
                    uint8_t colour_type, bool interlaced)
{
	uint8_t content[13] = { 0 };

	store_be32(content, width);
	store_be32(content + 4, height);
	content[8] = depth;
	content[9] = colour_type;
	content[12] = interlaced;
	png_add_chunk(png, "IHDR", content, sizeof(content));
}

bool png_find_chunk(const struct bytes *png, const char *type, struct chunk *chunk)
{
	size_t offset = SIGNATURE_BYTES;

	while (png_chunk_at(png, offset, chunk)) {
		if (strcmp(chunk->type, type) == 0)
			return true;
		offset = png_chunk_end(chunk);
	}
	return false;
}

bool png_chunk_at(const struct bytes *png, size_t offset, struct chunk *chunk)
{
	if (offset + CHUNK_HEAD_BYTES > png->size)
		return false;
	*chunk = (struct chunk){
		.content = offset + CHUNK_HEAD_BYTES,
		.length = load_be32(png->data + offset),
	};
	memcpy(chunk->type, png->data + offset + 4, 4);
	return true;
}

size_t png_chunk_end(const struct chunk *chunk)
{
	return chunk->content + chunk->length + CRC_BYTES;
}

void png_update_crc(struct bytes *png, const struct chunk *chunk)
{
	uint8_t *type = png->data + chunk->content - 4;

	store_be32(type + 4 + chunk->length, (uint32_t)crc32(0, type, chunk->length + 4));
}
