/* SPDX-License-Identifier: MIT
 *
 * Changes PNGs where a fuzzer that knows nothing of them would never get: mends the CRCs behind most
 * changes, and changes the rows before they are compressed. */
#include <zlib.h>

#include "fuzz.h"
#include "png_header.h"

enum { CHUNK_BYTES = 12, ROWS_MAX = 1 << 16 };

/* The chunk at this place, if it is whole: its length, or SIZE_MAX. */
static size_t data_bytes(const uint8_t *png, size_t size, size_t at)
{
	size_t length;

	if (size < CHUNK_BYTES || at > size - CHUNK_BYTES)
		return SIZE_MAX;
	length = png_read_u32(png + at);
	return length <= size - at - CHUNK_BYTES ? length : SIZE_MAX;
}

static void put_number(uint8_t *bytes, uint32_t number)
{
	for (int i = 0; i < 4; i++)
		bytes[i] = (uint8_t)(number >> (24 - 8 * i));
}

static void mend_crcs(uint8_t *png, size_t size)
{
	size_t at = PNG_SIGNATURE_BYTES, length;

	while ((length = data_bytes(png, size, at)) != SIZE_MAX) {
		put_number(png + at + 8 + length,
		           (uint32_t)crc32(0, png + at + 4, (uInt)length + 4));
		at += CHUNK_BYTES + length;
	}
}

/* What the first IDAT inflates to, as far as it does. */
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

/* Puts other rows into the IDAT at this place. Returns the new size of all, 0 if that exceeds max. */
static size_t replace_rows(uint8_t *png, size_t size, size_t max, size_t at, const uint8_t *rows,
                           size_t rows_bytes, int level)
{
	static uint8_t packed[ROWS_MAX + 4096];
	size_t old = data_bytes(png, size, at), tail = at + 8 + old;
	uLongf length = sizeof(packed);

	if (compress2(packed, &length, rows, rows_bytes, level) != Z_OK ||
	    size - old + length > max)
		return 0;
	memmove(png + at + 8 + length, png + tail, size - tail);
	memcpy(png + at + 8, packed, length);
	put_number(png + at, (uint32_t)length);
	return size - old + length;
}

static size_t find_idat(const uint8_t *png, size_t size)
{
	size_t at = PNG_SIGNATURE_BYTES, length;

	while ((length = data_bytes(png, size, at)) != SIZE_MAX) {
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
	bytes = inflate_rows(png + at + 8, data_bytes(png, size, at), rows);
	bytes = LLVMFuzzerMutate(rows, bytes, bytes + 64 < ROWS_MAX ? bytes + 64 : ROWS_MAX);
	return replace_rows(png, size, max, at, rows, bytes, seed & 16 ? 0 : 6);
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed)
{
	size_t changed = seed % 4 == 0 ? mutate_rows(data, size, max_size, seed) : 0;

	if (!changed)
		changed = LLVMFuzzerMutate(data, size, max_size);
	if (seed >> 5 & 7)
		mend_crcs(data, changed);
	return changed;
}
