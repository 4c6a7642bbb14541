/* SPDX-License-Identifier: MIT */
#include "bytes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum { SIGNATURE_SIZE = 8, CHUNK_START = 8, CHECKSUM_SIZE = 4 };

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

static uint8_t *grow(struct bytes *bytes, size_t size)
{
	uint8_t *data = realloc(bytes->data, bytes->size + size + 1);

	if (!data) {
		perror("make_pngs");
		exit(1);
	}
	bytes->data = data;
	bytes->size += size;
	return data + bytes->size - size;
}

void bytes_append(struct bytes *bytes, const void *data, size_t size)
{
	uint8_t *at = grow(bytes, size);

	if (size > 0)
		memcpy(at, data, size);
}

void bytes_append_fill(struct bytes *bytes, uint8_t value, size_t size)
{
	memset(grow(bytes, size), value, size);
}

void bytes_finish(struct bytes *bytes)
{
	free(bytes->data);
	*bytes = (struct bytes){ 0 };
}

void png_append_signature(struct bytes *png)
{
	bytes_append(png, "\x89PNG\r\n\x1a\n", SIGNATURE_SIZE);
}

void png_append_chunk(struct bytes *png, const char *type, const void *content, size_t length)
{
	uint8_t number[4];
	struct chunk chunk = { .content = png->size + CHUNK_START, .length = (uint32_t)length };

	store_be32(number, chunk.length);
	bytes_append(png, number, sizeof(number));
	bytes_append(png, type, 4);
	bytes_append(png, content, length);
	bytes_append_fill(png, 0, CHECKSUM_SIZE);
	png_mend_checksum(png, &chunk);
}

void png_append_header(struct bytes *png, uint32_t width, uint32_t height, uint8_t depth,
                       uint8_t colour_type)
{
	uint8_t content[13] = { 0 };

	store_be32(content, width);
	store_be32(content + 4, height);
	content[8] = depth;
	content[9] = colour_type;
	png_append_chunk(png, "IHDR", content, sizeof(content));
}

void deflate_append(struct bytes *out, const void *data, size_t size, int level)
{
	uLongf length = compressBound(size);
	size_t start = out->size;

	grow(out, length);
	if (compress2(out->data + start, &length, data, size, level) != Z_OK) {
		fprintf(stderr, "make_pngs: zlib cannot deflate %zu bytes\n", size);
		exit(1);
	}
	out->size = start + length;
}

bool png_find_chunk(const struct bytes *png, const char *type, struct chunk *chunk)
{
	size_t offset = SIGNATURE_SIZE;

	while (png_chunk_at(png, offset, chunk)) {
		if (strcmp(chunk->type, type) == 0)
			return true;
		offset = png_chunk_end(chunk);
	}
	return false;
}

bool png_chunk_at(const struct bytes *png, size_t offset, struct chunk *chunk)
{
	if (offset + CHUNK_START > png->size)
		return false;
	*chunk = (struct chunk){
		.content = offset + CHUNK_START,
		.length = load_be32(png->data + offset),
	};
	memcpy(chunk->type, png->data + offset + 4, 4);
	return true;
}

size_t png_chunk_end(const struct chunk *chunk)
{
	return chunk->content + chunk->length + CHECKSUM_SIZE;
}

void png_mend_checksum(struct bytes *png, const struct chunk *chunk)
{
	uint8_t *type = png->data + chunk->content - 4;

	store_be32(type + 4 + chunk->length, (uint32_t)crc32(0, type, chunk->length + 4));
}
