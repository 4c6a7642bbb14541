/* SPDX-License-Identifier: MIT */
#include "touch.h"

#include <stddef.h>
#include <string.h>

#define GOLDEN_RATIO_64                                                                            \
	UINT64_C(0x9e3779b97f4a7c15) /* 2^64 by the golden ratio: successive multiples scatter */

enum { LANES = 8 }; /* of registers: as much as a processor loads while one addition takes */

/* A register's worth of words, wherever a transport puts them. */
typedef uint64_t words __attribute__((vector_size(16), aligned(sizeof(uint64_t)), may_alias));

const char *const touch_names[] = { "none", "read", "write+read", "copy+read", NULL };

uint64_t touch_word(enum touch touch, uint64_t sequence)
{
	uint64_t byte = touch == TOUCH_WRITE_READ ? sequence % 255 + 1 : 255;

	return byte * (UINT64_MAX / 255);
}

void touch_fill(uint8_t *pixels, uint64_t bytes, uint64_t word)
{
	memset(pixels + STAMP_BYTES, (int)(word & 0xff), bytes - (uint64_t)2 * STAMP_BYTES);
}

uint64_t touch_sum(const uint8_t *pixels, uint64_t bytes)
{
	const words *body = (const words *)(pixels + STAMP_BYTES);
	const words *end = (const words *)(pixels + bytes - STAMP_BYTES);
	words sums[LANES] = { { 0 } };

	for (; end - body >= LANES; body += LANES) {
#pragma GCC unroll 8
		for (int lane = 0; lane < LANES; lane++)
			sums[lane] += body[lane];
	}
	for (; body < end; body++)
		sums[0] += *body;
	for (int lane = 1; lane < LANES; lane++)
		sums[0] += sums[lane];
	return sums[0][0] + sums[0][1];
}

void touch_stamp(uint8_t *pixels, uint64_t bytes, const struct stamp *stamp)
{
	memcpy(pixels, stamp, sizeof(*stamp));
	memcpy(pixels + bytes - sizeof(stamp->sequence), &stamp->sequence, sizeof(stamp->sequence));
}

void touch_read_stamp(const uint8_t *pixels, struct stamp *stamp)
{
	memcpy(stamp, pixels, sizeof(*stamp));
}

/* In the body of a frame of so many bytes. */
static uint64_t words_of(uint64_t bytes)
{
	return (bytes / STAMP_BYTES - 2) * (STAMP_BYTES / sizeof(uint64_t));
}

static bool samples_right(const uint8_t *pixels, uint64_t bytes, uint64_t sequence, uint64_t word)
{
	uint64_t words_in_body = words_of(bytes);
	uint64_t at = STAMP_BYTES + sequence * GOLDEN_RATIO_64 % words_in_body * sizeof(word);

	return memcmp(pixels + at, &word, sizeof(word)) == 0;
}

bool touch_receive(enum touch touch, const uint8_t *pixels, uint64_t bytes,
                   const struct stamp *stamp)
{
	uint64_t word = touch_word(touch, stamp->sequence);

	if (memcmp(pixels + bytes - sizeof(stamp->sequence), &stamp->sequence,
	           sizeof(stamp->sequence)))
		return false;
	if (touch == TOUCH_NONE)
		return samples_right(pixels, bytes, stamp->sequence, word);
	return touch_sum(pixels, bytes) == word * words_of(bytes);
}
