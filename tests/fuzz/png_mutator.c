/* SPDX-License-Identifier: MIT
 *
 * Changes PNGs where a generic fuzzer would never get: corrects the CRCs after most changes, and
 * changes rows before they are compressed. */
#include <zlib.h>

#include "fuzz.h"
#include "png_header.h"

enum { CHUNK_BYTES = 12, ROWS_MAX = 1 << 16 };

/* Returns the length of the chunk at an offset, or SIZE_MAX if the chunk is not whole. */
static size_t chunk_length(const uint8_t *png, size_t size, size_t at)
{
	size_t length;

	if (size < CHUNK_BYTES || at > size - CHUNK_BYTES)
		return SIZE_MAX;
	length = png_read_u32(png + at);
	return length <= size - at - CHUNK_BYTES ? length : SIZE_MAX;
}

static void store_be32(uint8_t *bytes, uint32_t number)
{
	for (int i = 0; i < 4; i++)
		bytes[i] = (uint8_t)(number >> (24 - 8 * i));
}

static void correct_crcs(uint8_t *png, size_t size)
{
	size_t at = PNG_SIGNATURE_BYTES, length;

	while ((length = chunk_length(png, size, at)) != SIZE_MAX) {
		store_be32(png + at + 8 + length,
		           (uint32_t)crc32(0, png + at + 4, (uInt)length + 4));
		at += CHUNK_BYTES + length;
	}
}

/* Inflates an IDAT as far as possible. Returns how many bytes of rows there are. */
/* NOLINTNEXTLINE(readability-non-const-parameter): zlib writes there */
static size_t inflate_rows(const uint8_t *data, size_t size, uint8_t *rows)
{
	z_stream stream = { .next_in = (uint8_t *)(uintptr_t)data,
		            .avail_in = (uInt)size,
		            .next_out = rows,
		            .avail_out = ROWS_MAX };

	if (inflateInit(&stream) != Z_OK)
		return 0;
	inflate(&stream, Z_SYNC_FLUSH);
	inflateEnd(&stream);
	return stream.total_out;
}

/* Replaces the rows of the IDAT at an offset. Returns the new size of the file, or 0 if it
 * exceeds max. */
static size_t replace_rows(uint8_t *png, size_t size, size_t max, size_t at, const uint8_t *rows,
                           size_t rows_bytes, int level)
{
	static uint8_t packed[ROWS_MAX + 4096];
	size_t old = chunk_length(png, size, at), tail = at + 8 + old;
	uLongf length = sizeof(packed);

	if (compress2(packed, &length, rows, rows_bytes, level) != Z_OK ||
	    size - old + length > max)
		return 0;
	memmove(png + at + 8 + length, png + tail, size - tail);
	memcpy(png + at + 8, packed, length);
	store_be32(png + at, (uint32_t)length);
	return size - old + length;
}

static size_t find_idat(const uint8_t *png, size_t size)
{
	size_t at = PNG_SIGNATURE_BYTES, length;

	while ((length = chunk_length(png, size, at)) != SIZE_MAX) {
		if (memcmp(png + at + 4, "IDAT", 4) == 0)
			return at;
		at += CHUNK_BYTES + length;
	}
	return SIZE_MAX;
}

static size_t mutate_rows(uint8_t *png, size_t size, size_t max, unsigned seed)
{
	static uint8_t rows[ROWS_MAX];
	size_t at = find_idat(png, size), bytes;

	if (at == SIZE_MAX)
		return 0;
	bytes = inflate_rows(png + at + 8, chunk_length(png, size, at), rows);
	bytes = LLVMFuzzerMutate(rows, bytes, bytes + 64 < ROWS_MAX ? bytes + 64 : ROWS_MAX);
	return replace_rows(png, size, max, at, rows, bytes, seed & 16 ? 0 : 6);
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed)
{
	size_t changed = seed % 4 == 0 ? mutate_rows(data, size, max_size, seed) : 0;

	if (!changed)
		changed = LLVMFuzzerMutate(data, size, max_size);
	if (seed >> 5 & 7)
		correct_crcs(data, changed);
	return changed;
}
