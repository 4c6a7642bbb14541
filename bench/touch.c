/* SPDX-License-Identifier: MIT */
#include "touch.h"

#include <stddef.h>
#include <string.h>

/* 2^64 / golden ratio: its multiples scatter. */
#define GOLDEN_RATIO_64 UINT64_C(0x9e3779b97f4a7c15)

enum { LANES = 8 }; /* registers: what a processor can load during one addition */

/* The words of one register. Transports may not align them. */
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

/* The number of words in the body of a frame. */
static uint64_t body_words(uint64_t bytes)
{
	return (bytes / STAMP_BYTES - 2) * (STAMP_BYTES / sizeof(uint64_t));
}

static bool sample_is_right(const uint8_t *pixels, uint64_t bytes, uint64_t sequence, uint64_t word)
{
	uint64_t word_count = body_words(bytes);
	uint64_t at = STAMP_BYTES + sequence * GOLDEN_RATIO_64 % word_count * sizeof(word);

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
		return sample_is_right(pixels, bytes, stamp->sequence, word);
	return touch_sum(pixels, bytes) == word * body_words(bytes);
}
