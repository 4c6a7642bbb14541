/* SPDX-License-Identifier: MIT
 *
 * png_decode: whatever the bytes, it returns, and writes no byte outside the picture. The size
 * decides whether the samples stay what they are. png_colour and png_display: they return valid
 * codes. A sanitizer guards the memory around the pixels. Libraries are built without one, so that
 * memory is compared, too. */
#include <errno.h>
#include <sanitizer/asan_interface.h>

#include "fuzz.h"
#include "png_colour.h"
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

static void check_picture(const struct png_decoded *picture,
                          const struct png_decode_options *options)
{
	uint64_t bytes = (uint64_t)picture->stride_bytes * picture->height;
	uint32_t format = picture->format;
	struct shmflip_layout layout;

	shmflip_init(&layout);
	REQUIRE(shmflip_format_layout(format, picture->width, picture->height, &layout) == 0);
	REQUIRE(picture->stride_bytes == layout.stride_bytes[0]);
	REQUIRE(picture->width && picture->height && bytes <= options->pixels_size);
	if (options->fourcc == SHMFLIP_ABGR16161616)
		REQUIRE(format == SHMFLIP_ABGR16161616 || format == SHMFLIP_XBGR16161616);
	else if (options->fourcc)
		REQUIRE(format == options->fourcc);
	else
		REQUIRE(format == SHMFLIP_XRGB8888 || format == SHMFLIP_ARGB8888);
	REQUIRE(!options->flatten || !(shmflip_format_info(format)->flags & SHMFLIP_FORMAT_ALPHA));
}

static void check_display(const uint8_t *data, size_t size)
{
	struct png_display display;

	png_display_read(data, size, &display);
	REQUIRE(display.orientation <= 8);
	REQUIRE((display.aspect_num == 0) == (display.aspect_den == 0));
}

static void check_colour(const uint8_t *data, size_t size, const struct png_header *header)
{
	struct shmflip_colour colour;
	const char *warning = png_colour_read(data, size, header, &colour);

	REQUIRE(!warning || (colour.range == 0 && colour.primaries == 0));
	REQUIRE(colour.range <= 2 && colour.bits <= 16 && colour.matrix == 0);
}

/* Sets the format, and the size of exactly this picture; or the largest size that the target
 * allows. */
static void choose_format(struct png_decode_options *options, const uint8_t *data, size_t size)
{
	struct shmflip_layout layout;
	struct png_header header;
	const char *reason;

	options->pixels_size = PIXELS_MAX;
	if (png_header_parse(data, size, &header, &reason))
		return;
	check_colour(data, size, &header);
	if (size & 2)
		options->fourcc = png_header_format(&header);
	shmflip_init(&layout);
	if (shmflip_format_layout(options->fourcc ? options->fourcc : SHMFLIP_XRGB8888,
	                          header.width, header.height, &layout) == 0 &&
	    layout.bytes <= PIXELS_MAX)
		options->pixels_size = layout.bytes;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct png_decode_options options = { .flatten = size & 1, .background = 0x102030 };
	uint8_t *pixels = guarded + GUARD_BYTES, *end;
	struct png_decoded picture;
	int error;

	check_display(data, size);
	choose_format(&options, data, size);
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
		check_picture(&picture, &options);
	}
	return 0;
}
