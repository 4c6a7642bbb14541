/* SPDX-License-Identifier: MIT
 *
 * The fast path against libpng alone: for any bytes both give the same verdict, message and
 * pixels, and write no byte outside the memory that the fast path asks for. The bytes choose the
 * instruction set, the way to inflate but libdeflate, which accepts more, and the pixels: ours, or
 * the samples as they are. */
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
		for (unsigned i = 1; png_inflater_name(i); i++) {
			if (strcmp(png_inflater_name(i), "libdeflate") != 0)
				paths[count++] = png_fast_create(i, 0);
		}
	}
	REQUIRE(count > 0);
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

static size_t pixel_bytes(uint32_t fourcc)
{
	switch (fourcc) {
	case SHMFLIP_R8:
		return 1;
	case SHMFLIP_R16:
		return 2;
	case SHMFLIP_BGR888:
		return 3;
	case SHMFLIP_XRGB8888:
	case SHMFLIP_ARGB8888:
		return 4;
	default:
		return 8;
	}
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
		               pixel_bytes(reference.picture.format) * reference.picture.width) ==
		        0);
	}
}

/* Sets the format, and the size that the fast path needs, if this target allows so large a
 * picture. */
static void choose_format(const uint8_t *data, size_t size, bool own,
                          struct png_decode_options *options)
{
	struct shmflip_layout layout;
	struct png_header header;
	const char *reason;
	uint64_t needed;

	options->fourcc = SHMFLIP_XRGB8888;
	options->pixels_size = PIXELS_MAX;
	if (png_header_parse(data, size, &header, &reason))
		return;
	if (own && png_header_format(&header))
		options->fourcc = png_header_format(&header);
	shmflip_init(&layout);
	if (shmflip_format_layout(options->fourcc, header.width, header.height, &layout) ||
	    layout.bytes > PIXELS_MAX)
		return;
	needed = png_fast_buffer_size(options->fourcc, header.width, header.height);
	options->pixels_size = needed > BUFFER_MAX ? layout.bytes : needed;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint64_t seed = fuzz_seed(data, size);
	struct png_decode_options options = { .flatten = (seed & 15) == 0, .background = 0x102030 };

	choose_format(data, size, seed & 16, &options);
	decode(&reference, data, size, &options);
	options.fast = choose_path(seed >> 8);
	REQUIRE(options.fast);
	decode(&fast, data, size, &options);
	REQUIRE(fast.error == reference.error);
	REQUIRE(strcmp(fast.picture.message, reference.picture.message) == 0);
	if (fast.error == 0)
		require_same_picture();
	return 0;
}
