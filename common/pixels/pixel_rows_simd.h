/* SPDX-License-Identifier: MIT
 *
 * Converts rows with vectors, written once for all instruction sets. The pixel_vec_ headers define
 * the vectors and each operation. Each source that includes this header is compiled for one of the
 * sets.
 *
 * Vectors of words (vec) hold one sample of PIXELS pixels. Seen as numbers of 32 bits, their lanes
 * hold what two pixels share. So chroma needs no shuffle: it is widened to 32 bits, and its word is
 * repeated within the lane. Vectors of floats (vecf) hold PIXELS / 2 values.
 *
 * All loads are for exactly PIXELS pixels. The rest of a row is copied to a block of its own. */
#ifndef SHMFLIP_PIXEL_ROWS_SIMD_H
#define SHMFLIP_PIXEL_ROWS_SIMD_H

#include <string.h>

#include "pixel_rows.h"

#if defined(__aarch64__)
#include "pixel_vec_neon.h"
#elif defined(__AVX2__)
#include "pixel_vec_avx2.h"
#else
#include "pixel_vec_sse2.h"
#endif

enum { STEPS = COLOUR_MAP_STEPS, BYTES_MAX = 8 * PIXELS };

/* Coefficients in every lane, and the colours of steps. */
struct lanes {
	vec black, chroma_zero; /* with the bits of the samples */
	vec luma, v_red, u_green, v_green, u_blue;
	vec rounding, low_max;
	vec alpha_floor;
	vecf low, scale, step_max, half;
	vecf rgba_low, rgba_scale; /* red, green, blue, and alpha */
	vec zero_is_no_value;      /* a mask */
	const uint32_t *colours;
};

/* Converts PIXELS pixels. */
typedef void block_function(const struct lanes *lanes, const uint8_t *const in[3], uint8_t *out);

INLINE struct lanes make_lanes(const struct pixel_converter *converter)
{
	const struct pixel_yuv *yuv = &converter->yuv;
	int sample_scale = converter->source.format->bits == 10 ? 4 : 1;

	return (struct lanes){
		.black = vec_set(sample_scale * yuv->black),
		.chroma_zero = vec_set(sample_scale * YUV_CHROMA_ZERO),
		.luma = vec_set(yuv->luma),
		.v_red = vec_set(yuv->v_red),
		.u_green = vec_set(yuv->u_green),
		.v_green = vec_set(yuv->v_green),
		.u_blue = vec_set(yuv->u_blue),
		.rounding = vec_set(YUV_ROUNDING),
		.low_max = vec_set(YUV_LOW_MAX),
		.alpha_floor = vec_set_32(converter->alpha_floor),
		.low = vecf_set(converter->low),
		.scale = vecf_set(converter->scale),
		.step_max = vecf_set(STEPS - 1),
		.half = vecf_set(0.5F),
		.rgba_low = vecf_set_rgba(converter->low, 0),
		.rgba_scale = vecf_set_rgba(converter->scale, converter->alpha_scale),
		.zero_is_no_value = vec_set_32(converter->zero_is_no_value ? UINT32_MAX : 0),
		.colours = converter->colours,
	};
}

/* ---- YUV ------------------------------------------------------------------------------------ */

/* y, u and v have the additional bits. */
INLINE void convert_yuv(const struct lanes *lanes, vec y, vec u, vec v, uint8_t *out)
{
	vec luma = vec_add(vec_product(y, lanes->luma), lanes->rounding);
	vec red = vec_add(luma, vec_product(v, lanes->v_red));
	vec blue = vec_add(luma, vec_product(u, lanes->u_blue));
	vec green = vec_add(
		luma, vec_add(vec_product(u, lanes->u_green), vec_product(v, lanes->v_green)));

	vec_store_sums(out, blue, green, red);
}

INLINE void convert_8(const struct lanes *lanes, vec y, vec u, vec v, uint8_t *out)
{
	convert_yuv(lanes, vec_shift_left(vec_sub(y, lanes->black), YUV_LUMA_BITS),
	            vec_shift_left(vec_sub(u, lanes->chroma_zero), YUV_CHROMA_BITS),
	            vec_shift_left(vec_sub(v, lanes->chroma_zero), YUV_CHROMA_BITS), out);
}

INLINE void convert_10(const struct lanes *lanes, vec y, vec u, vec v, uint8_t *out)
{
	convert_yuv(lanes, vec_shift_left(vec_sub(y, lanes->black), YUV_LUMA_BITS - 2),
	            vec_shift_left(vec_sub(u, lanes->chroma_zero), YUV_CHROMA_BITS - 2),
	            vec_shift_left(vec_sub(v, lanes->chroma_zero), YUV_CHROMA_BITS - 2), out);
}

INLINE vec low_byte(vec words)
{
	return vec_and(words, vec_set(0xff));
}

INLINE vec high_byte(vec words)
{
	return vec_shift_right(words, 8);
}

/* Words that hold luma in one byte, and U or V by turns in the other. */
INLINE void convert_pairs(const struct lanes *lanes, vec y, vec chroma, uint8_t *out)
{
	convert_8(lanes, y, vec_repeat_low(chroma), vec_repeat_high(chroma), out);
}

#define BLOCK const struct lanes *lanes, const uint8_t *const in[3], uint8_t *out

INLINE void block_yuyv_8(BLOCK)
{
	vec words = vec_load(in[0]);

	convert_pairs(lanes, low_byte(words), high_byte(words), out);
}

INLINE void block_uyvy_8(BLOCK)
{
	vec words = vec_load(in[0]);

	convert_pairs(lanes, high_byte(words), low_byte(words), out);
}

INLINE void block_y_uv_8(BLOCK)
{
	vec chroma = vec_repeat_low(vec_load_16_to_32(in[1]));

	convert_8(lanes, vec_load_8_to_16(in[0]), low_byte(chroma), high_byte(chroma), out);
}

INLINE void block_y_vu_8(BLOCK)
{
	vec chroma = vec_repeat_low(vec_load_16_to_32(in[1]));

	convert_8(lanes, vec_load_8_to_16(in[0]), high_byte(chroma), low_byte(chroma), out);
}

INLINE void block_y_uv_high(BLOCK)
{
	vec chroma = vec_shift_right(vec_load(in[1]), 6);

	convert_10(lanes, vec_shift_right(vec_load(in[0]), 6), vec_repeat_low(chroma),
	           vec_repeat_high(chroma), out);
}

INLINE void block_y_u_v_8(BLOCK)
{
	convert_8(lanes, vec_load_8_to_16(in[0]), vec_repeat_low(vec_load_8_to_32(in[1])),
	          vec_repeat_low(vec_load_8_to_32(in[2])), out);
}

INLINE void block_y_u_v_low(BLOCK)
{
	vec u = vec_repeat_low(vec_load_16_to_32(in[1]));
	vec v = vec_repeat_low(vec_load_16_to_32(in[2]));

	convert_10(lanes, vec_min(vec_load(in[0]), lanes->low_max), vec_min(u, lanes->low_max),
	           vec_min(v, lanes->low_max), out);
}

INLINE void block_yuv444_8(BLOCK)
{
	convert_8(lanes, vec_load_8_to_16(in[0]), vec_load_8_to_16(in[1]), vec_load_8_to_16(in[2]),
	          out);
}

INLINE void block_yuv444_low(BLOCK)
{
	convert_10(lanes, vec_min(vec_load(in[0]), lanes->low_max),
	           vec_min(vec_load(in[1]), lanes->low_max),
	           vec_min(vec_load(in[2]), lanes->low_max), out);
}

INLINE void block_gray_8(BLOCK)
{
	vec y = vec_sub(vec_load_8_to_16(in[0]), lanes->black);
	vec luma = vec_product(vec_shift_left(y, YUV_LUMA_BITS), lanes->luma);

	luma = vec_add(luma, lanes->rounding);
	vec_store_sums(out, luma, luma, luma);
}

/* ---- RGB of 8 bits -------------------------------------------------------------------------- */

INLINE vec swap_red_blue(vec pixels)
{
	vec kept = vec_and(pixels, vec_set_32(0xff00ff00));
	vec swapped = vec_and(pixels, vec_set_32(0x00ff00ff));

	return vec_or(kept, vec_swap_words(swapped));
}

INLINE void block_bgra_8(BLOCK)
{
	for (size_t i = 0; i < 2; i++)
		vec_store(out + i * VEC_BYTES,
		          vec_or(vec_load(in[0] + i * VEC_BYTES), lanes->alpha_floor));
}

INLINE void block_rgba_8(BLOCK)
{
	for (size_t i = 0; i < 2; i++) {
		vec pixels = swap_red_blue(vec_load(in[0] + i * VEC_BYTES));

		vec_store(out + i * VEC_BYTES, vec_or(pixels, lanes->alpha_floor));
	}
}

INLINE void block_bgr_8(BLOCK)
{
	vec first = vec_load_24(in[0]), last = vec_load_24_last(in[0]);

	vec_store(out, vec_or(first, lanes->alpha_floor));
	vec_store(out + VEC_BYTES, vec_or(last, lanes->alpha_floor));
}

INLINE void block_rgb_8(BLOCK)
{
	vec first = swap_red_blue(vec_load_24(in[0]));
	vec last = swap_red_blue(vec_load_24_last(in[0]));

	vec_store(out, vec_or(first, lanes->alpha_floor));
	vec_store(out + VEC_BYTES, vec_or(last, lanes->alpha_floor));
}

/* ---- Values --------------------------------------------------------------------------------- */

INLINE vecf clamp_steps(const struct lanes *lanes, vecf steps)
{
	return vecf_min(vecf_max(steps, vecf_set(0)), lanes->step_max);
}

/* Numbers of 32 bits: colours[] begins with the steps, then there is no value. */
INLINE vec step_of(const struct lanes *lanes, vecf values)
{
	vecf steps = vecf_product(vecf_sub(values, lanes->low), lanes->scale);
	vec is_number = vecf_equal(values, values);
	vec is_zero = vec_and(vecf_equal(values, vecf_set(0)), lanes->zero_is_no_value);
	vec step = vecf_to_int(vecf_add(clamp_steps(lanes, steps), lanes->half));
	vec is_value = vec_and_not(is_number, is_zero);

	return vec_or(vec_and(step, is_value), vec_and_not(vec_set_32(STEPS), is_value));
}

INLINE void look_up(const uint32_t *colours, vec steps, uint8_t *out)
{
	uint32_t step[PIXELS / 2];

	vec_store((uint8_t *)step, steps);
	for (size_t i = 0; i < PIXELS / 2; i++)
		memcpy(out + 4 * i, &colours[step[i]], 4);
}

INLINE void block_gray_16(BLOCK)
{
	look_up(lanes->colours, step_of(lanes, vecf_load_16(in[0])), out);
	look_up(lanes->colours, step_of(lanes, vecf_load_16(in[0] + PIXELS)), out + VEC_BYTES);
}

INLINE void block_float_32(BLOCK)
{
	look_up(lanes->colours, step_of(lanes, vecf_load(in[0])), out);
	look_up(lanes->colours, step_of(lanes, vecf_load(in[0] + VEC_BYTES)), out + VEC_BYTES);
}

INLINE vec channels_of(const struct lanes *lanes, const uint8_t *in)
{
	vecf values = vecf_sub(vecf_load_16(in), lanes->rgba_low);
	vecf steps = clamp_steps(lanes, vecf_product(values, lanes->rgba_scale));

	return vecf_to_int(vecf_add(steps, lanes->half));
}

INLINE void block_rgba_16(BLOCK)
{
	for (size_t i = 0; i < 2; i++) {
		const size_t half = PIXELS; /* the bytes of PIXELS / 2 words */
		const uint8_t *from = in[0] + 4 * half * i;
		vec pixels = vec_narrow_32_to_8(
			channels_of(lanes, from), channels_of(lanes, from + half),
			channels_of(lanes, from + 2 * half), channels_of(lanes, from + 3 * half));

		vec_store(out + i * VEC_BYTES, vec_or(swap_red_blue(pixels), lanes->alpha_floor));
	}
}

/* A 257th, rounded: the same as by range, in half of the time. */
INLINE vec divide_257(vec words)
{
	vec sum = vec_add_saturated(words, vec_set(128));

	return vec_shift_right(vec_sub(sum, vec_shift_right(sum, 8)), 8);
}

INLINE void block_rgba_16_full(BLOCK)
{
	for (size_t i = 0; i < 2; i++) {
		const uint8_t *from = in[0] + 2 * i * (size_t)VEC_BYTES;
		vec pixels = vec_narrow_16_to_8(divide_257(vec_load(from)),
		                                divide_257(vec_load(from + VEC_BYTES)));

		vec_store(out + i * VEC_BYTES, vec_or(swap_red_blue(pixels), lanes->alpha_floor));
	}
}

/* ---- Rows ----------------------------------------------------------------------------------- */

/* The bytes of so many pixels in a plane. */
INLINE size_t bytes_of(const struct pixel_format *format, unsigned plane, uint32_t pixels)
{
	unsigned shift = plane ? format->chroma_shift_x : format->pair;

	return (size_t)((pixels + shift) >> shift) * format->block_bytes[plane];
}

INLINE void convert_rest(const struct pixel_converter *converter, const struct lanes *lanes,
                         const uint8_t *const in[3], uint32_t width, uint8_t *out,
                         block_function *block)
{
	uint8_t copies[3][BYTES_MAX] = { 0 }, pixels[4 * PIXELS];
	const uint8_t *const from[3] = { copies[0], copies[1], copies[2] };

	for (unsigned i = 0; i < converter->source.format->planes; i++)
		memcpy(copies[i], in[i], bytes_of(converter->source.format, i, width));
	block(lanes, from, pixels);
	memcpy(out, pixels, (size_t)4 * width);
}

/* Pointers that are no array stay in registers: arrays make conversion of RGB a third slower. */
INLINE void convert_row(const struct pixel_converter *converter, const uint8_t *const in[3],
                        uint32_t width, uint8_t *out, block_function *block)
{
	const struct pixel_format *format = converter->source.format;
	const size_t step0 = bytes_of(format, 0, PIXELS), step1 = bytes_of(format, 1, PIXELS);
	const size_t step2 = bytes_of(format, 2, PIXELS);
	const struct lanes lanes = make_lanes(converter);
	const size_t out_bytes = (size_t)4 * PIXELS;
	const uint8_t *plane0 = in[0], *plane1 = in[1], *plane2 = in[2];

	for (; width >= PIXELS; width -= PIXELS, out += out_bytes) {
		block(&lanes, (const uint8_t *[]){ plane0, plane1, plane2 }, out);
		plane0 += step0;
		plane1 += step1;
		plane2 += step2;
	}
	if (width > 0)
		convert_rest(converter, &lanes, (const uint8_t *[]){ plane0, plane1, plane2 },
		             width, out, block);
}

#define ROW_FUNCTION(name)                                                                         \
	static void name(const struct pixel_converter *converter, const uint8_t *const in[3],      \
	                 uint32_t width, uint8_t *out)                                             \
	{                                                                                          \
		convert_row(converter, in, width, out, block_##name);                              \
	}

ROW_FUNCTION(bgra_8)
ROW_FUNCTION(rgba_8)
ROW_FUNCTION(bgr_8)
ROW_FUNCTION(rgb_8)
ROW_FUNCTION(gray_8)
ROW_FUNCTION(gray_16)
ROW_FUNCTION(float_32)
ROW_FUNCTION(yuyv_8)
ROW_FUNCTION(uyvy_8)
ROW_FUNCTION(y_uv_8)
ROW_FUNCTION(y_vu_8)
ROW_FUNCTION(y_uv_high)
ROW_FUNCTION(y_u_v_8)
ROW_FUNCTION(y_u_v_low)
ROW_FUNCTION(yuv444_8)
ROW_FUNCTION(yuv444_low)

static void rgba_16(const struct pixel_converter *converter, const uint8_t *const in[3],
                    uint32_t width, uint8_t *out)
{
	if (converter->is_full_16)
		convert_row(converter, in, width, out, block_rgba_16_full);
	else
		convert_row(converter, in, width, out, block_rgba_16);
}

#endif
