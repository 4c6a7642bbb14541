/* SPDX-License-Identifier: MIT */
#include "raw_format.h"

#include <endian.h>
#include <stdio.h>
#include <string.h>

#include "shmflip.h"

enum { NO_ALPHA = 32 };

/* The common form of all packed formats: a pixel every step bytes, and in the word there the bit
 * offsets of red, green, blue and alpha. All numbers are constant at each inlined call, so that the
 * compiler removes most of the work. */
static inline __attribute__((always_inline)) uint8_t convert(const uint8_t *in, uint8_t *out,
                                                             size_t width, size_t step,
                                                             unsigned red, unsigned green,
                                                             unsigned blue, unsigned alpha)
{
	uint32_t all = UINT32_MAX;

	for (size_t x = 0; x < width; x++) {
		uint32_t word, pixel;

		memcpy(&word, in + step * x, sizeof(word));
		word = le32toh(word);
		pixel = (word >> red & 255) << 16 | (word >> green & 255) << 8 |
		        (word >> blue & 255);
		pixel |= alpha == NO_ALPHA ? 0xff000000 : (word >> alpha & 255) << 24;
		all &= pixel;
		pixel = htole32(pixel);
		memcpy(out + 4 * x, &pixel, sizeof(pixel));
	}
	return (uint8_t)(all >> 24);
}

static uint8_t from_rgba(const uint8_t *in, uint8_t *out, size_t width)
{
	return convert(in, out, width, 4, 0, 8, 16, 24);
}

static uint8_t from_rgb0(const uint8_t *in, uint8_t *out, size_t width)
{
	return convert(in, out, width, 4, 0, 8, 16, NO_ALPHA);
}

static uint8_t from_argb(const uint8_t *in, uint8_t *out, size_t width)
{
	return convert(in, out, width, 4, 8, 16, 24, 0);
}

static uint8_t from_0rgb(const uint8_t *in, uint8_t *out, size_t width)
{
	return convert(in, out, width, 4, 8, 16, 24, NO_ALPHA);
}

static uint8_t from_abgr(const uint8_t *in, uint8_t *out, size_t width)
{
	return convert(in, out, width, 4, 24, 16, 8, 0);
}

static uint8_t from_0bgr(const uint8_t *in, uint8_t *out, size_t width)
{
	return convert(in, out, width, 4, 24, 16, 8, NO_ALPHA);
}

static uint8_t from_rgb24(const uint8_t *in, uint8_t *out, size_t width)
{
	return convert(in, out, width, 3, 0, 8, 16, NO_ALPHA);
}

static uint8_t from_bgr24(const uint8_t *in, uint8_t *out, size_t width)
{
	return convert(in, out, width, 3, 16, 8, 0, NO_ALPHA);
}

static uint8_t from_gray(const uint8_t *in, uint8_t *out, size_t width)
{
	return convert(in, out, width, 1, 0, 0, 0, NO_ALPHA);
}

static uint8_t from_ya8(const uint8_t *in, uint8_t *out, size_t width)
{
	return convert(in, out, width, 2, 0, 0, 0, 8);
}

/* The pixels are in place already: only check alpha. */
/* NOLINTNEXTLINE(readability-non-const-parameter): a raw_convert */
static uint8_t from_bgra(const uint8_t *in, uint8_t *out, size_t width)
{
	uint32_t all = UINT32_MAX, word;

	(void)out;
	for (size_t x = 0; x < width; x++) {
		memcpy(&word, in + 4 * x, sizeof(word));
		all &= word;
	}
	return (uint8_t)(le32toh(all) >> 24);
}

/* Most programs write 255 into the unused byte. */
static uint8_t from_bgr0(const uint8_t *in, uint8_t *out, size_t width)
{
	if (from_bgra(in, out, width) == 255)
		return 255;
	return convert(in, out, width, 4, 16, 8, 0, NO_ALPHA);
}

static const struct raw_format formats[] = {
	{ .name = "bgra", .samples = 4, .in_place = true, .convert = from_bgra },
	{ .name = "bgr0", .samples = 4, .in_place = true, .convert = from_bgr0 },
	{ .name = "rgba", .samples = 4, .convert = from_rgba },
	{ .name = "rgb0", .samples = 4, .convert = from_rgb0 },
	{ .name = "argb", .samples = 4, .convert = from_argb },
	{ .name = "0rgb", .samples = 4, .convert = from_0rgb },
	{ .name = "abgr", .samples = 4, .convert = from_abgr },
	{ .name = "0bgr", .samples = 4, .convert = from_0bgr },
	{ .name = "rgb24", .samples = 3, .convert = from_rgb24 },
	{ .name = "bgr24", .samples = 3, .convert = from_bgr24 },
	{ .name = "gray", .samples = 1, .convert = from_gray },
	{ .name = "ya8", .samples = 2, .convert = from_ya8 },
	{ .name = "yuv420p", .fourcc = SHMFLIP_YUV420, .shift_x = 1, .shift_y = 1 },
	{ .name = "yuv422p", .fourcc = SHMFLIP_YUV422, .shift_x = 1 },
	{ .name = "yuv444p", .fourcc = SHMFLIP_YUV444 },
};

enum { FORMATS = sizeof(formats) / sizeof(formats[0]) };

const struct raw_format *raw_format_find(const char *name)
{
	for (size_t i = 0; i < FORMATS; i++) {
		if (strcmp(formats[i].name, name) == 0)
			return &formats[i];
	}
	return NULL;
}

const char *raw_format_name(size_t index)
{
	return index < FORMATS ? formats[index].name : NULL;
}

void raw_flatten_row(uint8_t *pixels, size_t width, uint32_t background)
{
	for (size_t x = 0; x < width; x++) {
		uint8_t *pixel = pixels + 4 * x;
		unsigned alpha = pixel[3];

		for (int i = 0; i < 3; i++) {
			unsigned onto = background >> 8 * i & 255;

			pixel[i] = (uint8_t)((pixel[i] * alpha + onto * (255 - alpha) + 127) / 255);
		}
		pixel[3] = 255;
	}
}
