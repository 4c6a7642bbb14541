/* SPDX-License-Identifier: MIT
 *
 * Frames per second as a fraction, which stays exact: 30000/1001. Pure; any thread. */
#ifndef SHMFLIP_PRODUCER_INPUT_FRAME_RATE_H
#define SHMFLIP_PRODUCER_INPUT_FRAME_RATE_H

#include <stdint.h>

struct frame_rate {
	uint32_t num; /* 0: no rate */
	uint32_t den; /* not 0 if num is not */
};

/* 0: no rate. */
static inline double frame_rate_hz(struct frame_rate rate)
{
	return rate.num ? (double)rate.num / rate.den : 0;
}

#endif
