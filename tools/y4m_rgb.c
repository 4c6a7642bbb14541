/* SPDX-License-Identifier: MIT */
#include "y4m_rgb.h"

#include <endian.h>
#include <math.h>
#include <string.h>

#include "pixel_convert.h"

#define WIDE 256LL /* samples of 16 bits, by those of 8 */

/* Pixels that are converted at once. Even: see pixel_convert(). */
enum { PIXELS = 512, BYTES = 4 * PIXELS };

/* Fractional bits of coefficients: all products of 8-bit samples fit 32 bits. */
enum { BITS_8 = 16, BITS_16 = 32 };

#define INLINE static inline __attribute__((always_inline))

/* Coefficients from red, green and blue to each plane. */
struct planes {
	int64_t y[3], u[3], v[3];
};

static int64_t coefficient(double value, double scale)
{
	return llround(value * scale);
}

/* scale: a sample's unit by the value that is white, and by 2^bits. */
static void init_planes(struct planes *planes, const struct matrix *matrix, double scale)
{
	double u = 2 * (1 - matrix->blue), v = 2 * (1 - matrix->red);

	planes->y[0] = coefficient(matrix->red, 219 * scale);
	planes->y[1] = coefficient(1 - matrix->red - matrix->blue, 219 * scale);
	planes->y[2] = coefficient(matrix->blue, 219 * scale);
	planes->u[0] = coefficient(-matrix->red / u, 224 * scale);
	planes->u[2] = planes->v[0] = coefficient(0.5, 224 * scale);
	planes->v[2] = coefficient(-matrix->blue / v, 224 * scale);
	/* Grey has no chroma, so each sum is 0. */
	planes->u[1] = -planes->u[0] - planes->u[2];
	planes->v[1] = -planes->v[0] - planes->v[2];
}

/* Colours that are multiplied by alpha lie over black already. */
static bool is_to_blend(const struct pixel_source *source)
{
	return source->format->alpha && !source->premultiplied;
}

/* ---- 8 bits --------------------------------------------------------------------------------- */

INLINE int blend_8(int value, int alpha)
{
	return alpha == UINT8_MAX ? value : (value * alpha + UINT8_MAX / 2) / UINT8_MAX;
}

INLINE uint8_t sum_8(const int64_t by[3], int r, int g, int b, int zero)
{
	int sum = (int)by[0] * r + (int)by[1] * g + (int)by[2] * b;

	return (uint8_t)(zero + ((sum + (1 << (BITS_8 - 1))) >> BITS_8));
}

INLINE void convert_8(const struct planes *planes, uint8_t *const out[3], const uint8_t *bgra,
                      uint32_t width, bool opaque)
{
	/* Stores to out cannot change these. */
	const struct planes by = *planes;
	uint8_t *y = out[0], *u = out[1], *v = out[2];

	for (uint32_t x = 0; x < width; x++, bgra += 4) {
		int alpha = opaque ? UINT8_MAX : bgra[3];
		int b = blend_8(bgra[0], alpha);
		int g = blend_8(bgra[1], alpha);
		int r = blend_8(bgra[2], alpha);

		y[x] = sum_8(by.y, r, g, b, 16);
		u[x] = sum_8(by.u, r, g, b, 128);
		v[x] = sum_8(by.v, r, g, b, 128);
	}
}

/* Pixels as B, G, R, A: in place, or converted to room. */
static const uint8_t *load_8(const struct pixel_converter *converter, uint32_t x, uint32_t y,
                             uint32_t width, uint8_t room[BYTES])
{
	const struct pixel_source *source = &converter->source;
	const uint8_t *row = source->plane[0].pixels + y * source->plane[0].stride_bytes;

	if (source->format->order == ORDER_BGRA)
		return row + 4 * (size_t)x;
	pixel_convert(converter, x, y, width, 1, room, BYTES);
	return room;
}

static void planes_8(const struct pixel_source *source, const struct planes *by, uint8_t *out)
{
	size_t plane = (size_t)source->width * source->height;
	bool blend = is_to_blend(source);
	struct pixel_source as_it_lies = *source;
	struct pixel_converter converter;
	uint8_t room[BYTES];

	as_it_lies.premultiplied = false;
	pixel_converter_init(&converter, &as_it_lies, NULL);
	for (uint32_t y = 0; y < source->height; y++) {
		for (uint32_t x = 0; x < source->width; x += PIXELS) {
			uint32_t width = source->width - x < PIXELS ? source->width - x : PIXELS;
			uint8_t *const to[3] = { out, out + plane, out + 2 * plane };
			const uint8_t *bgra = load_8(&converter, x, y, width, room);

			if (blend)
				convert_8(by, to, bgra, width, false);
			else
				convert_8(by, to, bgra, width, true);
			out += width;
		}
	}
}

/* ---- 16 bits -------------------------------------------------------------------------------- */

static void store_word(uint8_t *out, int64_t value)
{
	uint16_t word = htole16((uint16_t)value);

	memcpy(out, &word, sizeof(word));
}

/* At most white. */
static int64_t load_word(const uint8_t *in, int64_t white)
{
	uint16_t word;

	memcpy(&word, in, sizeof(word));
	word = le16toh(word);
	return word < white ? word : white;
}

INLINE int64_t blend_16(int64_t value, int64_t alpha, int64_t white)
{
	return alpha == white ? value : (value * alpha + white / 2) / white;
}

INLINE int64_t sum_16(const int64_t by[3], int64_t r, int64_t g, int64_t b, int zero)
{
	int64_t sum = by[0] * r + by[1] * g + by[2] * b;

	return zero * WIDE + ((sum + (1LL << (BITS_16 - 1))) >> BITS_16);
}

static void convert_16(const struct planes *planes, uint8_t *const out[3], const uint8_t *rgba,
                       const struct pixel_source *source)
{
	const struct planes by = *planes;
	int64_t white = (int64_t)source->white;

	for (size_t x = 0; x < source->width; x++, rgba += 8) {
		int64_t alpha = is_to_blend(source) ? load_word(rgba + 6, white) : white;
		int64_t r = blend_16(load_word(rgba, white), alpha, white);
		int64_t g = blend_16(load_word(rgba + 2, white), alpha, white);
		int64_t b = blend_16(load_word(rgba + 4, white), alpha, white);

		store_word(out[0] + 2 * x, sum_16(by.y, r, g, b, 16));
		store_word(out[1] + 2 * x, sum_16(by.u, r, g, b, 128));
		store_word(out[2] + 2 * x, sum_16(by.v, r, g, b, 128));
	}
}

static void planes_16(const struct pixel_source *source, const struct planes *by, uint8_t *out)
{
	size_t row = 2 * (size_t)source->width, plane = row * source->height;

	for (uint32_t y = 0; y < source->height; y++, out += row) {
		uint8_t *const to[3] = { out, out + plane, out + 2 * plane };

		convert_16(by, to, source->plane[0].pixels + y * source->plane[0].stride_bytes,
		           source);
	}
}

void y4m_rgb(const struct pixel_source *source, const struct matrix *matrix, uint8_t *out)
{
	struct planes by;

	if (source->format->kind == PIXEL_RGB) {
		init_planes(&by, matrix, (double)(1 << BITS_8) / UINT8_MAX);
		planes_8(source, &by, out);
	} else {
		init_planes(&by, matrix, (double)(WIDE << BITS_16) / (double)source->white);
		planes_16(source, &by, out);
	}
}
