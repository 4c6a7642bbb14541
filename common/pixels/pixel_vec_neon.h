/* SPDX-License-Identifier: MIT
 *
 * The operations of pixel_rows_simd.h in the vectors of 64-bit Arm. */
#ifndef SHMFLIP_PIXEL_VEC_NEON_H
#define SHMFLIP_PIXEL_VEC_NEON_H

#include <arm_neon.h>
#include <stdint.h>
#include <string.h>

#define INLINE static inline __attribute__((always_inline))

enum { PIXELS = 8, VEC_BYTES = 16 };

typedef int16x8_t vec;
typedef float32x4_t vecf;

#define vec_of_8(v) vreinterpretq_s16_u8(v)
#define vec_of_u16(v) vreinterpretq_s16_u16(v)
#define vec_to_u16(v) vreinterpretq_u16_s16(v)
#define vec_of_32(v) vreinterpretq_s16_u32(v)
#define vec_to_32(v) vreinterpretq_u32_s16(v)

#define vec_load(in) vec_of_8(vld1q_u8(in))
#define vec_store(out, v) vst1q_u8(out, vreinterpretq_u8_s16(v))
#define vec_set(word) vdupq_n_s16((int16_t)(word))
#define vec_set_32(number) vec_of_32(vdupq_n_u32((uint32_t)(number)))
#define vec_and(v, w) vandq_s16(v, w)
#define vec_and_not(v, w) vbicq_s16(v, w)
#define vec_or(v, w) vorrq_s16(v, w)
#define vec_add(v, w) vaddq_s16(v, w)
#define vec_sub(v, w) vsubq_s16(v, w)
/* The instruction doubles the product. It saturates only for -32768 squared, and no coefficient
 * is that. */
#define vec_product(v, w) vshrq_n_s16(vqdmulhq_s16(v, w), 1)
#define vec_shift_left(v, bits) vshlq_n_s16(v, bits)
#define vec_shift_right(v, bits) vec_of_u16(vshrq_n_u16(vec_to_u16(v), bits))
#define vec_add_saturated(v, w) vec_of_u16(vqaddq_u16(vec_to_u16(v), vec_to_u16(w)))
/* The smaller one, without sign. */
#define vec_min(v, w) vec_of_u16(vminq_u16(vec_to_u16(v), vec_to_u16(w)))

/* Half of a vector's bytes or words, or a quarter, widened. */
#define vec_load_8_to_16(in) vec_of_u16(vmovl_u8(vld1_u8(in)))
#define vec_load_16_to_32(in) vec_of_32(vmovl_u16(vreinterpret_u16_u8(vld1_u8(in))))

/* In lanes of 32 bits: the lower or the upper word in both places; the words exchanged. */
#define vec_repeat_low(v) vtrn1q_s16(v, v)
#define vec_repeat_high(v) vtrn2q_s16(v, v)
#define vec_swap_words(v) vrev32q_s16(v)

#define vecf_load(in) vreinterpretq_f32_u8(vld1q_u8(in))
#define vecf_load_16(in) vcvtq_f32_u32(vec_to_32(vec_load_16_to_32(in)))
#define vecf_set(number) vdupq_n_f32(number)
#define vecf_set_rgba(rgb, alpha) vsetq_lane_f32(alpha, vdupq_n_f32(rgb), 3)
#define vecf_add(v, w) vaddq_f32(v, w)
#define vecf_sub(v, w) vsubq_f32(v, w)
#define vecf_product(v, w) vmulq_f32(v, w)
#define vecf_min(v, w) vminq_f32(v, w)
#define vecf_max(v, w) vmaxq_f32(v, w)
#define vecf_equal(v, w) vec_of_32(vceqq_f32(v, w))
#define vecf_to_int(v) vec_of_32(vcvtq_u32_f32(v))

INLINE vec vec_load_8_to_32(const uint8_t *in)
{
	uint32_t number;

	memcpy(&number, in, sizeof(number));
	return vec_of_32(vmovl_u16(vget_low_u16(vmovl_u8(vcreate_u8(number)))));
}

/* Four pixels of 3 bytes in lanes of 32 bits with a zero upper byte. skip: bytes before them. */
INLINE vec vec_expand_24(const uint8_t *in, uint8_t skip)
{
	static const uint8_t order[VEC_BYTES] = { 0, 1, 2, 128, 3, 4,  5,  128,
		                                  6, 7, 8, 128, 9, 10, 11, 128 };

	return vec_of_8(vqtbl1q_u8(vld1q_u8(in), vaddq_u8(vld1q_u8(order), vdupq_n_u8(skip))));
}

/* The first and the second half of PIXELS pixels. */
#define vec_load_24(in) vec_expand_24(in, 0)
#define vec_load_24_last(in) vec_expand_24((in) + 8, 4)

/* Stores words with YUV_SUM_BITS fractional bits as opaque pixels, clamped. */
INLINE void vec_store_sums(uint8_t *out, vec blue, vec green, vec red)
{
	uint8x8x4_t pixels = { { vqshrun_n_s16(blue, YUV_SUM_BITS),
		                 vqshrun_n_s16(green, YUV_SUM_BITS),
		                 vqshrun_n_s16(red, YUV_SUM_BITS), vdup_n_u8(255) } };

	vst4_u8(out, pixels);
}

/* Words from 0 to 255 as bytes; numbers of 32 bits from 0 to 255 as bytes. */
#define vec_narrow_16_to_8(a, b)                                                                   \
	vec_of_8(vcombine_u8(vmovn_u16(vec_to_u16(a)), vmovn_u16(vec_to_u16(b))))

INLINE vec vec_narrow_32_to_8(vec a, vec b, vec c, vec d)
{
	uint16x8_t first = vuzp1q_u16(vec_to_u16(a), vec_to_u16(b));
	uint16x8_t second = vuzp1q_u16(vec_to_u16(c), vec_to_u16(d));

	return vec_of_8(vcombine_u8(vmovn_u16(first), vmovn_u16(second)));
}

#endif
