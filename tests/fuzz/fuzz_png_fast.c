/* SPDX-License-Identifier: MIT
 *
 * The fast path against libpng alone: the same verdict, the same message, the same pixels, whatever the
 * bytes; and not a byte written outside the room that it asks for. Which instruction set, and whether libdeflate or
 * zlib, is up to the bytes.
 *
 * One difference is known. zlib turns away Huffman codes that no encoder makes, incomplete ones and symbols
 * that mean nothing, where libdeflate gives them a meaning; with the right checksum at the end of the data
 * libdeflate shows such a picture. Then zlib's message must be one of these, and all pixels are there. */
#include <errno.h>

#include "fuzz.h"
#include "png_decode.h"
#include "png_fast.h"
#include "png_header.h"
#include "shmflip.h"

enum { GUARD_BYTES = 4096, GUARD = 0x5a, PIXELS_MAX = 1 << 18, ROOM_MAX = 2 * PIXELS_MAX };

struct decoding {
	uint8_t memory[GUARD_BYTES + ROOM_MAX + GUARD_BYTES];
	struct png_decoded picture;
	int result;
};

static struct decoding slow, fast;

static struct png_fast *choose_path(uint64_t number)
{
	static struct png_fast *paths[8];
	static unsigned count;

	while (count == 0 || (paths[count - 1] && count < 7)) {
		paths[count] = png_fast_create(false, count);
		count++;
	}
	if (!paths[count - 1])
		paths[count - 1] = png_fast_create(true, 0);
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
	decoding->result = png_decode(data, size, options, pixels, &decoding->picture);
	REQUIRE(memcmp(decoding->memory, guard, GUARD_BYTES) == 0);
	REQUIRE(memcmp(end, guard, GUARD_BYTES) == 0);
}

static bool is_odd_code(const char *message)
{
	static const char *const odd[] = {
		"IDAT: too many length or distance symbols",
		"IDAT: invalid code lengths set",
		"IDAT: invalid literal/lengths set",
		"IDAT: invalid distances set",
		"IDAT: invalid code -- missing end-of-block",
		"IDAT: invalid literal/length code",
		"IDAT: invalid distance code",
	};

	for (size_t i = 0; i < sizeof(odd) / sizeof(odd[0]); i++) {
		if (strcmp(message, odd[i]) == 0)
			return true;
	}
	return false;
}

static void require_same_picture(void)
{
	REQUIRE(fast.picture.width == slow.picture.width);
	REQUIRE(fast.picture.height == slow.picture.height);
	REQUIRE(fast.picture.stride_bytes == slow.picture.stride_bytes);
	REQUIRE(fast.picture.format == slow.picture.format);
	for (uint32_t y = 0; y < slow.picture.height; y++) {
		size_t row = GUARD_BYTES + (size_t)y * slow.picture.stride_bytes;

		REQUIRE(memcmp(fast.memory + row, slow.memory + row,
		               4 * (size_t)slow.picture.width) == 0);
	}
}

/* As much as the fast path wants, if the picture is no larger than this target allows. */
static uint64_t room_for(const uint8_t *data, size_t size)
{
	struct png_header header;
	const char *reason;
	uint32_t stride_bytes;
	uint64_t bytes, room;

	if (png_header_parse(data, size, &header, &reason) ||
	    shmflip_frame_size(header.width, header.height, &stride_bytes, &bytes) ||
	    bytes > PIXELS_MAX)
		return PIXELS_MAX;
	room = png_fast_buffer_size(header.width, header.height);
	return room > ROOM_MAX ? bytes : room;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint64_t seed = fuzz_seed(data, size);
	struct png_decode_options options = { .flatten = (seed & 15) == 0,
		                              .background = 0x102030,
		                              .pixels_size = room_for(data, size) };

	decode(&slow, data, size, &options);
	options.fast = choose_path(seed >> 8);
	REQUIRE(options.fast);
	decode(&fast, data, size, &options);
	if (fast.result == 0 && fast.picture.fast && is_odd_code(slow.picture.message))
		return 0;
	REQUIRE(fast.result == slow.result);
	REQUIRE(strcmp(fast.picture.message, slow.picture.message) == 0);
	if (fast.result == 0)
		require_same_picture();
	return 0;
}
