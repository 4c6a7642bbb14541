/* SPDX-License-Identifier: MIT
 *
 * One pixel after the other, for processors without a variant of their own. The other variants are
 * tested against this one. */
#include <endian.h>
#include <string.h>

#include "pixel_rows.h"

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

/* Where the samples of a pixel lie: in which plane, at which byte, and how far apart. */
struct yuv_order {
	enum depth depth;
	unsigned y_byte, y_step;
	unsigned u_plane, u_byte, v_plane, v_byte;
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

static int product(int16_t a, int16_t b)
{
	return a * b >> 16;
}

static uint32_t clamp(int sum)
{
	sum >>= YUV_SUM_BITS;
	return sum < 0 ? 0 : sum > 255 ? 255 : (uint32_t)sum;
}

static uint32_t pixel_of_yuv(const struct pixel_yuv *yuv, int16_t y, int16_t u, int16_t v)
{
	int luma = product(y, yuv->luma) + YUV_ROUNDING;
	int green = luma + product(u, yuv->u_green) + product(v, yuv->v_green);

	return 0xff000000u | clamp(luma + product(v, yuv->v_red)) << 16 | clamp(green) << 8 |
	       clamp(luma + product(u, yuv->u_blue));
}

INLINE void convert_yuv(ROW, const struct yuv_order *order)
{
	for (uint32_t x = 0; x < width; x++, out += 4) {
		size_t chroma = (size_t)(x >> order->chroma_shift) * order->chroma_step;
		const uint8_t *y = in[0] + order->y_byte + (size_t)x * order->y_step;
		const uint8_t *u = in[order->u_plane] + order->u_byte + chroma;
		const uint8_t *v = in[order->v_plane] + order->v_byte + chroma;

		store(out,
		      pixel_of_yuv(
			      &converter->yuv,
			      load_sample(y, order->depth, converter->yuv.black, YUV_LUMA_BITS),
			      load_sample(u, order->depth, YUV_CHROMA_ZERO, YUV_CHROMA_BITS),
			      load_sample(v, order->depth, YUV_CHROMA_ZERO, YUV_CHROMA_BITS)));
	}
}

#define YUV_FUNCTION(name, ...)                                                                    \
	static void name(ROW)                                                                      \
	{                                                                                          \
		static const struct yuv_order order = { __VA_ARGS__ };                             \
                                                                                                   \
		convert_yuv(converter, in, width, out, &order);                                    \
	}

YUV_FUNCTION(yuyv_8, BYTE, 0, 2, 0, 1, 0, 3, 4, 1)
YUV_FUNCTION(uyvy_8, BYTE, 1, 2, 0, 0, 0, 2, 4, 1)
YUV_FUNCTION(y_uv_8, BYTE, 0, 1, 1, 0, 1, 1, 2, 1)
YUV_FUNCTION(y_vu_8, BYTE, 0, 1, 1, 1, 1, 0, 2, 1)
YUV_FUNCTION(y_uv_high, HIGH_10, 0, 2, 1, 0, 1, 2, 4, 1)
YUV_FUNCTION(y_u_v_8, BYTE, 0, 1, 1, 0, 2, 0, 1, 1)
YUV_FUNCTION(y_u_v_low, LOW_10, 0, 2, 1, 0, 2, 0, 2, 1)
YUV_FUNCTION(yuv444_8, BYTE, 0, 1, 1, 0, 2, 0, 1, 0)
YUV_FUNCTION(yuv444_low, LOW_10, 0, 2, 1, 0, 2, 0, 2, 0)

static void gray_8(ROW)
{
	for (uint32_t x = 0; x < width; x++) {
		int16_t y = load_sample(in[0] + x, BYTE, converter->yuv.black, YUV_LUMA_BITS);

		store(out + (size_t)4 * x, pixel_of_yuv(&converter->yuv, y, 0, 0));
	}
}

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
	for (uint32_t x = 0; x < width; x++) {
		uint32_t word;
		float value;

		memcpy(&word, in[0] + (size_t)4 * x, sizeof(word));
		word = le32toh(word);
		memcpy(&value, &word, sizeof(value));
		store(out + (size_t)4 * x, colour_of(converter, value));
	}
}

static void rgba_16(ROW)
{
	for (uint32_t x = 0; x < width; x++, out += 4) {
		const uint8_t *pixel = in[0] + (size_t)8 * x;
		uint32_t channels[4];

		for (int i = 0; i < 4; i++)
			channels[i] = step_of((float)load_word(pixel + 2 * i),
			                      i == 3 ? 0 : converter->low,
			                      i == 3 ? converter->alpha_scale : converter->scale);
		store(out, converter->alpha_floor | channels[3] << 24 | channels[0] << 16 |
		                   channels[1] << 8 | channels[2]);
	}
}

const struct pixel_rows pixel_rows_plain_c = { "plain C", PIXEL_ROW_FUNCTIONS };
