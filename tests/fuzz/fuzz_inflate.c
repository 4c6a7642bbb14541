/* SPDX-License-Identifier: MIT
 *
 * Each inflater against zlib, on any bytes as a deflate stream in a zlib stream with the right
 * checksum: the same verdict and bytes, in bands, and no byte outside the memory that it may use.
 * The bytes choose the inflater. */
#include <zlib.h>

#include "fuzz.h"
#include "png_inflate.h"

enum { DATA_MAX = 1 << 18, HEADER_BYTES = 2, ADLER_BYTES = 4, WAYS_MAX = 8 };

static uint8_t expected[DATA_MAX];

/* Returns whether the stream ends with the last byte, and how many bytes of data it has. */
static bool inflate_by_zlib(const uint8_t *packed, size_t packed_bytes, size_t *data_bytes)
{
	z_stream stream = { .next_in = (Bytef *)(uintptr_t)packed,
		            .avail_in = (uInt)packed_bytes,
		            .next_out = expected,
		            .avail_out = DATA_MAX };
	int status;

	REQUIRE(inflateInit2(&stream, -15) == Z_OK);
	status = inflate(&stream, Z_FINISH);
	*data_bytes = DATA_MAX - stream.avail_out;
	inflateEnd(&stream);
	return status == Z_STREAM_END && stream.avail_in == 0;
}

/* Leaves out libdeflate, which accepts more. */
static struct png_inflater *choose_way(uint64_t number)
{
	static struct png_inflater *ways[WAYS_MAX];
	static unsigned count;

	for (unsigned i = 0; count == 0 && png_inflater_name(i); i++) {
		if (strcmp(png_inflater_name(i), "libdeflate") != 0)
			ways[count++] = png_inflater_create(i);
	}
	REQUIRE(count > 0);
	return ways[number % count];
}

static uint8_t *wrap(const uint8_t *data, size_t size, uint32_t adler)
{
	uint8_t *packed = malloc(HEADER_BYTES + size + ADLER_BYTES);

	REQUIRE(packed);
	packed[0] = 0x78;
	packed[1] = 0x01;
	memcpy(packed + HEADER_BYTES, data, size);
	for (size_t i = 0; i < ADLER_BYTES; i++)
		packed[HEADER_BYTES + size + i] = (uint8_t)(adler >> (24 - 8 * i));
	return packed;
}

static bool inflate_in_bands(struct png_inflater *inflater, const uint8_t *packed, size_t size,
                             uint8_t *data, size_t data_bytes, uint64_t *seed)
{
	size_t ready = 0;

	png_inflate_begin(inflater, packed, HEADER_BYTES + size + ADLER_BYTES, data, data_bytes);
	while (ready < data_bytes) {
		size_t until = ready + 1 + fuzz_next(seed) % 50000;

		if (!png_inflate_until(inflater, until < data_bytes ? until : data_bytes, &ready))
			return false;
	}
	return png_inflate_until(inflater, data_bytes, &ready);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint64_t seed = fuzz_seed(data, size);
	size_t data_bytes;
	bool valid = inflate_by_zlib(data, size, &data_bytes);
	uint8_t *packed = wrap(data, size, (uint32_t)adler32_z(1, expected, data_bytes));
	uint8_t *out = malloc(data_bytes + PNG_INFLATE_ROOM);

	REQUIRE(out);
	REQUIRE(inflate_in_bands(choose_way(seed >> 8), packed, size, out, data_bytes, &seed) ==
	        valid);
	if (valid)
		REQUIRE(memcmp(out, expected, data_bytes) == 0);
	free(out);
	free(packed);
	return 0;
}
