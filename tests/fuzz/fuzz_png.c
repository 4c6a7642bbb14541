/* SPDX-License-Identifier: MIT
 *
 * png_decode: whatever the bytes, it returns, and writes no byte outside the picture. A sanitizer
 * guards the memory around the pixels. Libraries are built without one, so that memory is compared,
 * too. png_display: it returns what is valid, and reads no byte outside the file. */
#include <errno.h>
#include <sanitizer/asan_interface.h>

#include "fuzz.h"
#include "png_decode.h"
#include "png_display.h"
#include "png_header.h"
#include "shmflip.h"

enum { GUARD_BYTES = 4096, GUARD = 0x5a, PIXELS_MAX = 1 << 18 };

static uint8_t guarded[GUARD_BYTES + PIXELS_MAX + GUARD_BYTES];

static void guard(uint8_t *bytes)
{
	memset(bytes, GUARD, GUARD_BYTES);
	ASAN_POISON_MEMORY_REGION(bytes, GUARD_BYTES);
}

static void require_untouched(const uint8_t *bytes)
{
	static uint8_t untouched[GUARD_BYTES];

	ASAN_UNPOISON_MEMORY_REGION(bytes, GUARD_BYTES);
	if (!untouched[0])
		memset(untouched, GUARD, sizeof(untouched));
	REQUIRE(memcmp(bytes, untouched, GUARD_BYTES) == 0);
}

static void check_picture(const struct png_decoded *picture, uint64_t pixels_size)
{
	uint64_t bytes = (uint64_t)picture->stride_bytes * picture->height;

	REQUIRE(picture->width && picture->height && bytes <= pixels_size);
	REQUIRE((uint64_t)picture->width * 4 <= picture->stride_bytes);
	REQUIRE(picture->format == SHMFLIP_XRGB8888 || picture->format == SHMFLIP_ARGB8888);
}

static void check_display(const uint8_t *data, size_t size)
{
	struct png_display display;

	png_display_read(data, size, &display);
	REQUIRE(display.orientation <= 8);
	REQUIRE((display.aspect_num == 0) == (display.aspect_den == 0));
}

/* Returns exactly the size of this picture, or the largest size that the target allows. */
static uint64_t slot_bytes_for(const uint8_t *data, size_t size)
{
	struct png_header header;
	const char *reason;
	struct shmflip_layout layout;

	if (png_header_parse(data, size, &header, &reason) ||
	    png_layout(header.width, header.height, &layout) || layout.bytes > PIXELS_MAX)
		return PIXELS_MAX;
	return layout.bytes;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct png_decode_options options = { .flatten = size & 1, .background = 0x102030 };
	uint8_t *pixels = guarded + GUARD_BYTES, *end;
	struct png_decoded picture;
	int error;

	check_display(data, size);
	options.pixels_size = slot_bytes_for(data, size);
	end = pixels + options.pixels_size;
	guard(guarded);
	guard(end);
	error = png_decode(data, size, &options, pixels, &picture);
	require_untouched(guarded);
	require_untouched(end);
	REQUIRE(memchr(picture.message, '\0', sizeof(picture.message)));
	if (error) {
		REQUIRE(error == -EBADMSG || error == -EMSGSIZE || error == -ENOMEM);
		REQUIRE(picture.message[0]);
	} else {
		check_picture(&picture, options.pixels_size);
		REQUIRE(!options.flatten || picture.format == SHMFLIP_XRGB8888);
	}
	return 0;
}
