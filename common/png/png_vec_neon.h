/* SPDX-License-Identifier: MIT
 *
 * The operations of png_unfilter_simd.h in the vectors of 64-bit Arm. A lane is four bytes. */
#ifndef SHMFLIP_PNG_VEC_NEON_H
#define SHMFLIP_PNG_VEC_NEON_H

#include <arm_neon.h>
#include <stdint.h>
#include <string.h>

typedef uint8x16_t vec;

#define vec_of_32(v) vreinterpretq_u8_u32(v)
#define vec_to_32(v) vreinterpretq_u32_u8(v)
#define vec_of_64(v) vreinterpretq_u8_u64(v)
#define vec_to_64(v) vreinterpretq_u64_u8(v)

#define vec_load(bytes) vld1q_u8(bytes)
#define vec_load_8(bytes) vcombine_u8(vld1_u8(bytes), vdup_n_u8(0))
#define vec_store(bytes, v) vst1q_u8(bytes, v)
#define vec_set_32(number) vec_of_32(vdupq_n_u32(number))
#define vec_and(v, w) vandq_u8(v, w)
#define vec_or(v, w) vorrq_u8(v, w)
#define vec_xor(v, w) veorq_u8(v, w)
#define vec_add(v, w) vaddq_u8(v, w)
#define vec_sub(v, w) vsubq_u8(v, w)
#define vec_add_saturated(v, w) vqaddq_u8(v, w)
#define vec_sub_saturated(v, w) vqsubq_u8(v, w)
#define vec_min(v, w) vminq_u8(v, w)
#define vec_max(v, w) vmaxq_u8(v, w)
#define vec_average_up(v, w) vrhaddq_u8(v, w)
#define vec_less_or_equal(v, w) vcleq_u8(v, w)
#define vec_select(mask, yes, no) vbslq_u8(mask, yes, no)
#define vec_shuffle(v, order) vqtbl1q_u8(v, order)
#define vec_zip_32_low(v, w) vec_of_32(vzip1q_u32(vec_to_32(v), vec_to_32(w)))
#define vec_zip_32_high(v, w) vec_of_32(vzip2q_u32(vec_to_32(v), vec_to_32(w)))
#define vec_zip_64_low(v, w) vec_of_64(vzip1q_u64(vec_to_64(v), vec_to_64(w)))
#define vec_zip_64_high(v, w) vec_of_64(vzip2q_u64(vec_to_64(v), vec_to_64(w)))
#define vec_repeat_lane(v, lane) vec_of_32(vdupq_laneq_u32(vec_to_32(v), lane))
#define vec_shift_lanes_up(v, count) vextq_u8(vdupq_n_u8(0), v, 16 - 4 * (count))
#define vec_shift_lanes_down(v, count) vextq_u8(v, vdupq_n_u8(0), 4 * (count))

static inline __attribute__((always_inline)) vec vec_load_4(const uint8_t *bytes)
{
	uint32_t number;

	memcpy(&number, bytes, sizeof(number));
	return vec_of_32(vsetq_lane_u32(number, vdupq_n_u32(0), 0));
}

/* Returns lane k of above, followed by the first three of v. */
static inline __attribute__((always_inline)) vec vec_push_lane(vec v, vec above, int k)
{
	switch (k) {
	case 0:
		return vextq_u8(vec_repeat_lane(above, 0), v, 12);
	case 1:
		return vextq_u8(vec_repeat_lane(above, 1), v, 12);
	case 2:
		return vextq_u8(vec_repeat_lane(above, 2), v, 12);
	default:
		return vextq_u8(above, v, 12);
	}
}

#endif
