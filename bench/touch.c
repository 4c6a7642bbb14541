/* SPDX-License-Identifier: MIT */
#include "touch.h"

#include <stddef.h>
#include <string.h>

#define ODD                                                                                        \
	UINT64_C(0x9e3779b97f4a7c15) /* 2^64 by the golden ratio: successive multiples scatter */

/* Registers' worth of words, wherever a transport puts them; the compiler makes of it what the processor
 * has. */
typedef uint64_t words
	__attribute__((vector_size(STAMP_BYTES), aligned(sizeof(uint64_t)), may_alias));

const char *const touch_names[] = { "none", "read", "write+read", "copy+read", NULL };

uint64_t touch_word(enum touch touch, uint64_t sequence)
{
	return touch == TOUCH_WRITE_READ ? sequence * ODD : ODD;
}

void touch_fill(uint8_t *pixels, uint64_t bytes, uint64_t word)
{
	words *body = (words *)(pixels + STAMP_BYTES);
	words value = word - (words){ 0 };

	for (uint64_t i = 0; i < bytes / STAMP_BYTES - 2; i++)
		body[i] = value;
}

uint64_t touch_sum(const uint8_t *pixels, uint64_t bytes)
{
	const words *body = (const words *)(pixels + STAMP_BYTES);
	uint64_t count = bytes / STAMP_BYTES - 2, i = 0, sum = 0;
	words even = { 0 }, odd = { 0 };

	for (; i + 1 < count; i += 2) {
		even += body[i];
		odd += body[i + 1];
	}
	if (i < count)
		even += body[i];
	even += odd;
	for (size_t lane = 0; lane < sizeof(even) / sizeof(sum); lane++)
		sum += even[lane];
	return sum;
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
	uint64_t at = STAMP_BYTES + sequence * ODD % words_in_body * sizeof(word);

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
