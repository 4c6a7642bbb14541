/* SPDX-License-Identifier: MIT */
#include "raw_format.h"

#include <endian.h>
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

static uint8_t narrow(const uint8_t *word)
{
	return (uint8_t)(((word[0] | (uint32_t)word[1] << 8) * 255 + 32767) / 65535);
}

static uint8_t from_gray16(const uint8_t *in, uint8_t *out, size_t width)
{
	for (size_t x = 0; x < width; x++) {
		out[4 * x] = out[4 * x + 1] = out[4 * x + 2] = narrow(in + 2 * x);
		out[4 * x + 3] = 255;
	}
	return 255;
}

static uint8_t from_rgba64(const uint8_t *in, uint8_t *out, size_t width)
{
	uint8_t all = 255;

	for (size_t x = 0; x < width; x++) {
		for (size_t i = 0; i < 3; i++)
			out[4 * x + i] = narrow(in + 8 * x + 4 - 2 * i);
		out[4 * x + 3] = narrow(in + 8 * x + 6);
		all &= out[4 * x + 3];
	}
	return all;
}

static uint8_t from_rgb064(const uint8_t *in, uint8_t *out, size_t width)
{
	from_rgba64(in, out, width);
	for (size_t x = 0; x < width; x++)
		out[4 * x + 3] = 255;
	return 255;
}

/* 0 is black and 1 white. What is no number is black. */
static uint8_t from_float(const uint8_t *in, uint8_t *out, size_t width)
{
	for (size_t x = 0; x < width; x++) {
		uint32_t word;
		float value;

		memcpy(&word, in + 4 * x, sizeof(word));
		word = le32toh(word);
		memcpy(&value, &word, sizeof(value));
		value = value > 0 ? value < 1 ? value : 1 : 0;
		memset(out + 4 * x, (int)(value * 255 + 0.5F), 3);
		out[4 * x + 3] = 255;
	}
	return 255;
}

/* A format of a channel, and one that is only converted, with samples of 8 bits. */
#define OWN(code, converter, bytes) .fourcc = (code), .convert = (converter), .pixel_bytes = (bytes)
#define OTHER(text, converter, bytes)                                                              \
	.name = (text), .convert = (converter), .pixel_bytes = (bytes), .exact = true

static const struct raw_format formats[] = {
	{ OWN(SHMFLIP_ARGB8888, from_bgra, 4), .exact = true, .in_place = true },
	{ OWN(SHMFLIP_XRGB8888, from_bgr0, 4), .exact = true, .in_place = true },
	{ OWN(SHMFLIP_ABGR8888, from_rgba, 4), .exact = true },
	{ OWN(SHMFLIP_XBGR8888, from_rgb0, 4), .exact = true },
	{ OWN(SHMFLIP_BGR888, from_rgb24, 3), .exact = true },
	{ OWN(SHMFLIP_RGB888, from_bgr24, 3), .exact = true },
	{ OWN(SHMFLIP_R8, from_gray, 1), .exact = true },
	{ OTHER("argb", from_argb, 4) },
	{ OTHER("0rgb", from_0rgb, 4) },
	{ OTHER("abgr", from_abgr, 4) },
	{ OTHER("0bgr", from_0bgr, 4) },
	{ OTHER("ya8", from_ya8, 2) },
	{ OWN(SHMFLIP_R16, from_gray16, 2) },
	{ OWN(SHMFLIP_R32F, from_float, 4) },
	{ OWN(SHMFLIP_XBGR16161616, from_rgb064, 8) },
	{ OWN(SHMFLIP_ABGR16161616, from_rgba64, 8) },
	{ .fourcc = SHMFLIP_YUYV },
	{ .fourcc = SHMFLIP_UYVY },
	{ .fourcc = SHMFLIP_NV12 },
	{ .fourcc = SHMFLIP_NV21 },
	{ .fourcc = SHMFLIP_NV16 },
	{ .fourcc = SHMFLIP_YUV420 },
	{ .fourcc = SHMFLIP_YUV422 },
	{ .fourcc = SHMFLIP_YUV444 },
	{ .fourcc = SHMFLIP_P010 },
	{ .fourcc = SHMFLIP_S010 },
	{ .fourcc = SHMFLIP_S210 },
	{ .fourcc = SHMFLIP_S410 },
};

enum { FORMATS = sizeof(formats) / sizeof(formats[0]) };

const struct raw_format *raw_format_of(uint32_t fourcc)
{
	for (size_t i = 0; i < FORMATS; i++) {
		if (formats[i].fourcc == fourcc)
			return &formats[i];
	}
	return NULL;
}

const struct raw_format *raw_format_find(const char *name)
{
	uint32_t fourcc;

	for (size_t i = 0; i < FORMATS; i++) {
		if (formats[i].name && strcmp(formats[i].name, name) == 0)
			return &formats[i];
	}
	return shmflip_format_find(name, &fourcc) ? NULL : raw_format_of(fourcc);
}

const char *raw_format_name(const struct raw_format *format)
{
	const struct shmflip_format_info *info = shmflip_format_info(format->fourcc);

	if (!info)
		return format->name;
	return info->ffmpeg ? info->ffmpeg : info->name;
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
