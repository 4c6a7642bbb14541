/* SPDX-License-Identifier: MIT */
#include "raw_format.h"

#include <endian.h>
#include <string.h>

#include "h273.h"
#include "shmflip.h"

enum { NO_ALPHA = 32 };

/* The common form of these formats: a pixel every step bytes, and in the word there the bit
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

static uint8_t from_ya8(const uint8_t *in, uint8_t *out, size_t width)
{
	return convert(in, out, width, 2, 0, 0, 0, 8);
}

uint8_t raw_alpha_of_row(const uint8_t *pixels, size_t width)
{
	uint32_t all = UINT32_MAX, word;

	for (size_t x = 0; x < width; x++) {
		memcpy(&word, pixels + 4 * x, sizeof(word));
		all &= word;
	}
	return (uint8_t)(le32toh(all) >> 24);
}

/* The pixels are in place already. */
/* NOLINTNEXTLINE(readability-non-const-parameter): a raw_convert */
static uint8_t from_bgra(const uint8_t *in, uint8_t *out, size_t width)
{
	(void)out;
	return raw_alpha_of_row(in, width);
}

/* Most programs write 255 into the unused byte. */
static uint8_t from_bgr0(const uint8_t *in, uint8_t *out, size_t width)
{
	if (raw_alpha_of_row(in, width) == 255)
		return 255;
	return convert(in, out, width, 4, 16, 8, 0, NO_ALPHA);
}

/* A format of a channel, and one that is only converted, with samples of 8 bits. */
#define OWN(code, bytes) .fourcc = (code), .pixel_bytes = (bytes)
#define OTHER(text, converter, bytes)                                                              \
	.name = (text), .convert = (converter), .pixel_bytes = (bytes), .exact = true

static const struct raw_format formats[] = {
	{ OWN(SHMFLIP_ARGB8888, 4), .convert = from_bgra, .exact = true, .in_place = true },
	{ OWN(SHMFLIP_XRGB8888, 4), .convert = from_bgr0, .exact = true, .in_place = true },
	{ OWN(SHMFLIP_ABGR8888, 4), .exact = true },
	{ OWN(SHMFLIP_XBGR8888, 4), .exact = true },
	{ OWN(SHMFLIP_BGR888, 3), .exact = true },
	{ OWN(SHMFLIP_RGB888, 3), .exact = true },
	{ OWN(SHMFLIP_R8, 1), .exact = true },
	{ OTHER("argb", from_argb, 4) },
	{ OTHER("0rgb", from_0rgb, 4) },
	{ OTHER("abgr", from_abgr, 4) },
	{ OTHER("0bgr", from_0bgr, 4) },
	{ OTHER("ya8", from_ya8, 2) },
	{ OWN(SHMFLIP_R16, 2) },
	{ OWN(SHMFLIP_R32F, 4) },
	{ OWN(SHMFLIP_XBGR16161616, 8) },
	{ OWN(SHMFLIP_ABGR16161616, 8) },
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
	/* Names that also say a white or a range. */
	{ .name = "gray10le", OWN(SHMFLIP_R16, 2), .white = 1023 },
	{ .name = "gray12le", OWN(SHMFLIP_R16, 2), .white = 4095 },
	{ .name = "gray14le", OWN(SHMFLIP_R16, 2), .white = 16383 },
	{ .name = "Y10", OWN(SHMFLIP_R16, 2), .white = 1023 },
	{ .name = "Y12", OWN(SHMFLIP_R16, 2), .white = 4095 },
	{ .name = "yuvj420p", .fourcc = SHMFLIP_YUV420, .range = RANGE_FULL },
	{ .name = "yuvj422p", .fourcc = SHMFLIP_YUV422, .range = RANGE_FULL },
	{ .name = "yuvj444p", .fourcc = SHMFLIP_YUV444, .range = RANGE_FULL },
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

	if (format->name)
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
