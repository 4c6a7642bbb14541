/* SPDX-License-Identifier: MIT
 *
 * The fast path against libpng alone: for any bytes both give the same verdict, message and
 * pixels, and write no byte outside the memory that the fast path asks for. The bytes choose the
 * instruction set, and libdeflate or zlib.
 *
 * One difference is known. zlib rejects Huffman codes that no encoder makes: incomplete ones,
 * and symbols without a meaning. libdeflate gives some of them a meaning, and accepts such data
 * if the checksum at their end is right. Then the picture is whole, and zlib's message must be
 * one of those below. */
#include <errno.h>

#include "fuzz.h"
#include "png_decode.h"
#include "png_fast.h"
#include "png_header.h"
#include "png_inflate.h"
#include "png_unfilter.h"
#include "shmflip.h"

enum { GUARD_BYTES = 4096, GUARD = 0x5a, PIXELS_MAX = 1 << 18, BUFFER_MAX = 2 * PIXELS_MAX };

struct decoding {
	uint8_t memory[GUARD_BYTES + BUFFER_MAX + GUARD_BYTES];
	struct png_decoded picture;
	int error;
};

static struct decoding reference, fast;

static struct png_fast *choose_path(uint64_t number)
{
	static struct png_fast *paths[16];
	static unsigned count;

	if (count == 0) {
		while (png_unfilter_get(count)) {
			paths[count] = png_fast_create(0, count);
			count++;
		}
		for (unsigned i = 1; png_inflater_name(i); i++)
			paths[count++] = png_fast_create(i, 0);
	}
	return paths[number % count];
}

static void decode(struct decoding *decoding, const uint8_t *data, size_t size,
                   const struct png_decode_options *options)
{
	static uint8_t guard[GUARD_BYTES];
	uint8_t *pixels = decoding->memory + GUARD_BYTES, *end = pixels + options->pixels_size;

	memset(guard, GUARD, GUARD_BYTES);
	memset(decoding->memory, GUARD, GUARD_BYTES);
	memset(end, GUARD, GUARD_BYTES);
	decoding->error = png_decode(data, size, options, pixels, &decoding->picture);
	REQUIRE(memcmp(decoding->memory, guard, GUARD_BYTES) == 0);
	REQUIRE(memcmp(end, guard, GUARD_BYTES) == 0);
}

static bool is_about_codes(const char *message)
{
	static const char *const messages[] = {
		"IDAT: too many length or distance symbols",
		"IDAT: invalid code lengths set",
		"IDAT: invalid literal/lengths set",
		"IDAT: invalid distances set",
		"IDAT: invalid code -- missing end-of-block",
		"IDAT: invalid literal/length code",
		"IDAT: invalid distance code",
	};

	for (size_t i = 0; i < sizeof(messages) / sizeof(messages[0]); i++) {
		if (strcmp(message, messages[i]) == 0)
			return true;
	}
	return false;
}

static void require_same_picture(void)
{
	REQUIRE(fast.picture.width == reference.picture.width);
	REQUIRE(fast.picture.height == reference.picture.height);
	REQUIRE(fast.picture.stride_bytes == reference.picture.stride_bytes);
	REQUIRE(fast.picture.format == reference.picture.format);
	for (uint32_t y = 0; y < reference.picture.height; y++) {
		size_t row = GUARD_BYTES + (size_t)y * reference.picture.stride_bytes;

		REQUIRE(memcmp(fast.memory + row, reference.memory + row,
		               4 * (size_t)reference.picture.width) == 0);
	}
}

/* Returns the size that the fast path needs, if this target allows so large a picture. */
static uint64_t buffer_size_for(const uint8_t *data, size_t size)
{
	struct png_header header;
	const char *reason;
	struct shmflip_layout layout;
	uint64_t needed;

	if (png_header_parse(data, size, &header, &reason) ||
	    png_layout(header.width, header.height, &layout) || layout.bytes > PIXELS_MAX)
		return PIXELS_MAX;
	needed = png_fast_buffer_size(SHMFLIP_XRGB8888, header.width, header.height);
	return needed > BUFFER_MAX ? layout.bytes : needed;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint64_t seed = fuzz_seed(data, size);
	struct png_decode_options options = { .flatten = (seed & 15) == 0,
		                              .background = 0x102030,
		                              .pixels_size = buffer_size_for(data, size) };

	decode(&reference, data, size, &options);
	options.fast = choose_path(seed >> 8);
	REQUIRE(options.fast);
	decode(&fast, data, size, &options);
	if (fast.error == 0 && fast.picture.fast && is_about_codes(reference.picture.message))
		return 0;
	REQUIRE(fast.error == reference.error);
	REQUIRE(strcmp(fast.picture.message, reference.picture.message) == 0);
	if (fast.error == 0)
		require_same_picture();
	return 0;
}
