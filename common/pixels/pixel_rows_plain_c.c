/* SPDX-License-Identifier: MIT
 *
 * For processors without a variant of their own. The other variants are tested against this one.
 * YUV is converted in blocks of a fixed length, so that compilers vectorize the loop. */
#include <endian.h>
#include <string.h>

#include "pixel_rows.h"
#include "read_float.h"

#define INLINE static inline __attribute__((always_inline))

#define ROW                                                                                        \
	const struct pixel_converter *converter, const uint8_t *const in[3], uint32_t width,       \
		uint8_t *out

static void store(uint8_t *out, uint32_t pixel)
{
	pixel = htole32(pixel);
	memcpy(out, &pixel, sizeof(pixel));
}

static unsigned load_word(const uint8_t *in)
{
	return in[0] | (unsigned)in[1] << 8;
}

/* ---- YUV ------------------------------------------------------------------------------------ */

enum depth { BYTE, LOW_10, HIGH_10 };

enum { BLOCK = 64, NO_CHROMA = 3 };

/* Where the samples of a pixel lie: in which plane, at which byte, and how far apart. */
struct yuv_order {
	enum depth depth;
	unsigned y_byte, y_step;
	unsigned u_plane, u_byte, v_plane, v_byte; /* or NO_CHROMA */
	unsigned chroma_step, chroma_shift;
};

/* bits: how many more a sample of 8 bits gets. */
INLINE int16_t load_sample(const uint8_t *in, enum depth depth, int zero, int bits)
{
	int sample;

	if (depth == BYTE)
		return (int16_t)((in[0] - zero) * (1 << bits));
	sample = (int)load_word(in);
	if (depth == HIGH_10)
		sample >>= 6;
	sample = sample > YUV_LOW_MAX ? YUV_LOW_MAX : sample;
	return (int16_t)((sample - 4 * zero) * (1 << (bits - 2)));
}

/* Samples with their additional bits. */
struct yuv_block {
	int16_t y[BLOCK], u[BLOCK], v[BLOCK];
};

/* The upper half of a product: one instruction on vectors of 16 bits. */
static int16_t product(int16_t a, int16_t b)
{
	return (int16_t)(a * b >> 16);
}

static uint16_t clamp(int16_t sum)
{
	int16_t value = (int16_t)(sum >> YUV_SUM_BITS);

	value = value < 0 ? 0 : value;
	return (uint16_t)(value > 255 ? 255 : value);
}

static void convert_block(const struct pixel_yuv *coefficients, const struct yuv_block *block,
                          uint32_t pixels[BLOCK])
{
	const struct pixel_yuv by = *coefficients;

	for (int x = 0; x < BLOCK; x++) {
		int16_t luma = (int16_t)(product(block->y[x], by.luma) + YUV_ROUNDING);
		int16_t red = (int16_t)(luma + product(block->v[x], by.v_red));
		int16_t green = (int16_t)(luma + product(block->u[x], by.u_green) +
		                          product(block->v[x], by.v_green));
		int16_t blue = (int16_t)(luma + product(block->u[x], by.u_blue));
		uint16_t low = (uint16_t)(clamp(green) << 8 | clamp(blue));
		uint16_t high = (uint16_t)(0xff00 | clamp(red));

		pixels[x] = htole32((uint32_t)high << 16 | low);
	}
}

INLINE void load_chroma(struct yuv_block *block, const uint8_t *const in[3], size_t first,
                        size_t count, const struct yuv_order *order)
{
	for (size_t x = 0; x < count; x++) {
		size_t at = ((first + x) >> order->chroma_shift) * order->chroma_step;
		const uint8_t *u = in[order->u_plane] + order->u_byte + at;
		const uint8_t *v = in[order->v_plane] + order->v_byte + at;

		block->u[x] = load_sample(u, order->depth, YUV_CHROMA_ZERO, YUV_CHROMA_BITS);
		block->v[x] = load_sample(v, order->depth, YUV_CHROMA_ZERO, YUV_CHROMA_BITS);
	}
}

INLINE void load_luma(struct yuv_block *block, const uint8_t *in, size_t count,
                      const struct yuv_order *order, int black)
{
	for (size_t x = 0; x < count; x++)
		block->y[x] = load_sample(in + order->y_byte + x * order->y_step, order->depth,
		                          black, YUV_LUMA_BITS);
}

INLINE void convert_yuv(ROW, const struct yuv_order *order)
{
	struct yuv_block block = { 0 };
	uint32_t pixels[BLOCK];

	for (size_t x = 0; x < width; x += BLOCK) {
		size_t count = width - x < BLOCK ? width - x : BLOCK;

		load_luma(&block, in[0] + x * order->y_step, count, order, converter->yuv.black);
		if (order->u_plane != NO_CHROMA)
			load_chroma(&block, in, x, count, order);
		convert_block(&converter->yuv, &block, pixels);
		memcpy(out + 4 * x, pixels, 4 * count);
	}
}

#define YUV_FUNCTION(name, ...)                                                                    \
	static void name(ROW)                                                                      \
	{                                                                                          \
		static const struct yuv_order order = { __VA_ARGS__ };                             \
                                                                                                   \
		convert_yuv(converter, in, width, out, &order);                                    \
	}

YUV_FUNCTION(gray_8, BYTE, 0, 1, NO_CHROMA, 0, NO_CHROMA, 0, 0, 0)
YUV_FUNCTION(yuyv_8, BYTE, 0, 2, 0, 1, 0, 3, 4, 1)
YUV_FUNCTION(uyvy_8, BYTE, 1, 2, 0, 0, 0, 2, 4, 1)
YUV_FUNCTION(y_uv_8, BYTE, 0, 1, 1, 0, 1, 1, 2, 1)
YUV_FUNCTION(y_vu_8, BYTE, 0, 1, 1, 1, 1, 0, 2, 1)
YUV_FUNCTION(y_uv_high, HIGH_10, 0, 2, 1, 0, 1, 2, 4, 1)
YUV_FUNCTION(y_u_v_8, BYTE, 0, 1, 1, 0, 2, 0, 1, 1)
YUV_FUNCTION(y_u_v_low, LOW_10, 0, 2, 1, 0, 2, 0, 2, 1)
YUV_FUNCTION(yuv444_8, BYTE, 0, 1, 1, 0, 2, 0, 1, 0)
YUV_FUNCTION(yuv444_low, LOW_10, 0, 2, 1, 0, 2, 0, 2, 0)

/* ---- RGB of 8 bits -------------------------------------------------------------------------- */

/* red, green, blue: at which byte of a pixel. */
INLINE void convert_rgb(ROW, unsigned bytes, unsigned red, unsigned blue)
{
	for (uint32_t x = 0; x < width; x++, out += 4) {
		const uint8_t *pixel = in[0] + (size_t)x * bytes;
		uint32_t alpha = bytes == 4 ? (uint32_t)pixel[3] << 24 : 0;

		store(out, converter->alpha_floor | alpha | (uint32_t)pixel[red] << 16 |
		                   (uint32_t)pixel[1] << 8 | pixel[blue]);
	}
}

static void bgra_8(ROW)
{
	convert_rgb(converter, in, width, out, 4, 2, 0);
}

static void rgba_8(ROW)
{
	convert_rgb(converter, in, width, out, 4, 0, 2);
}

static void bgr_8(ROW)
{
	convert_rgb(converter, in, width, out, 3, 2, 0);
}

static void rgb_8(ROW)
{
	convert_rgb(converter, in, width, out, 3, 0, 2);
}

/* ---- Values --------------------------------------------------------------------------------- */

/* Not for NaN. */
static uint32_t step_of(float value, float low, float scale)
{
	float step = (value - low) * scale;

	step = step > 0 ? step : 0;
	step = step < COLOUR_MAP_STEPS - 1 ? step : COLOUR_MAP_STEPS - 1;
	return (uint32_t)(step + 0.5F);
}

static uint32_t colour_of(const struct pixel_converter *converter, float value)
{
	if (value != value || (converter->zero_is_no_value && value == 0))
		return converter->colours[COLOUR_MAP_STEPS];
	return converter->colours[step_of(value, converter->low, converter->scale)];
}

static void gray_16(ROW)
{
	for (uint32_t x = 0; x < width; x++)
		store(out + (size_t)4 * x,
		      colour_of(converter, (float)load_word(in[0] + (size_t)2 * x)));
}

static void float_32(ROW)
{
	for (uint32_t x = 0; x < width; x++)
		store(out + (size_t)4 * x, colour_of(converter, read_float(in[0] + (size_t)4 * x)));
}

static void rgba_16(ROW)
{
	for (uint32_t x = 0; x < width; x++, out += 4) {
		const uint8_t *pixel = in[0] + (size_t)8 * x;
		uint32_t channels[4];

		for (size_t i = 0; i < 4; i++)
			channels[i] = step_of((float)load_word(pixel + 2 * i),
			                      i == 3 ? 0 : converter->low,
			                      i == 3 ? converter->alpha_scale : converter->scale);
		store(out, converter->alpha_floor | channels[3] << 24 | channels[0] << 16 |
		                   channels[1] << 8 | channels[2]);
	}
}

const struct pixel_rows pixel_rows_plain_c = { "plain C", PIXEL_ROW_FUNCTIONS };
