/* SPDX-License-Identifier: MIT */
#include "pixel_range.h"

#include <math.h>
#include <string.h>

#include "read_float.h"

enum { STEP = 4, LOW_PERCENT = 1, HIGH_PERCENT = 99, DIGIT_BITS = 11, DIGITS = 1 << DIGIT_BITS };

#define SIGN 0x80000000u

/* Limited range of ITU-T H.273, as parts of 256. */
#define LIMITED_BLACK (16.0F / 256)
#define LIMITED_WHITE (235.0F / 256)

struct pixel_range pixel_range_full(const struct pixel_source *source)
{
	if (source->format->order == ORDER_GRAY_16 && !source->full_range)
		return (struct pixel_range){ LIMITED_BLACK * (source->white + 1),
			                     LIMITED_WHITE * (source->white + 1) };
	return (struct pixel_range){ 0, source->white };
}

/* ---- Percentiles ---------------------------------------------------------------------------- */

/* Values as keys: whole numbers that have the same order. 0 is no value. So are the keys of 0 and
 * of floats that are not finite. A key's digits are found one after the other, the highest first,
 * by counting the keys that begin with those found so far. This needs no memory for the values. */

static uint32_t key_of_float(const uint8_t *bytes)
{
	float value = read_float(bytes);
	uint32_t word;

	if (value == 0 || !isfinite(value))
		return 0;
	memcpy(&word, &value, sizeof(word));
	return word & SIGN ? ~word : word | SIGN;
}

static float value_of_key(const struct pixel_source *source, uint32_t key)
{
	uint32_t word = key & SIGN ? key & ~SIGN : ~key;
	float value;

	if (source->format->bits != 32)
		return (float)key;
	memcpy(&value, &word, sizeof(value));
	return value;
}

static uint32_t key_of_word(const uint8_t *bytes)
{
	return bytes[0] | (uint32_t)bytes[1] << 8;
}

/* Counts the keys with such upper bits by their next digit. */
struct count {
	unsigned shift; /* of the digit */
	uint32_t prefix;
	uint64_t keys[DIGITS];
};

static void count_key(struct count *count, uint32_t key)
{
	if (key && (uint64_t)key >> (count->shift + DIGIT_BITS) == count->prefix)
		count->keys[key >> count->shift & (DIGITS - 1)]++;
}

static void count_row(const struct pixel_source *source, const uint8_t *row, struct count *count)
{
	size_t step = (size_t)STEP * source->format->block_bytes[0];

	for (uint32_t x = 0; x < source->width; x += STEP, row += step) {
		if (source->format->bits == 32) {
			count_key(count, key_of_float(row));
			continue;
		}
		count_key(count, key_of_word(row));
		if (source->format->kind == PIXEL_RGBA16) {
			count_key(count, key_of_word(row + 2));
			count_key(count, key_of_word(row + 4));
		}
	}
}

static void count_keys(const struct pixel_source *source, struct count *count)
{
	const struct pixel_plane *plane = &source->plane[0];

	memset(count->keys, 0, sizeof(count->keys));
	for (uint32_t y = 0; y < source->height; y += STEP)
		count_row(source, plane->pixels + y * plane->stride_bytes, count);
}

static uint64_t sum_of(const struct count *count)
{
	uint64_t sum = 0;

	for (int i = 0; i < DIGITS; i++)
		sum += count->keys[i];
	return sum;
}

/* The digit of the key that has rank keys before it. Makes rank that within the digit. Memory that
 * changes meanwhile may hold fewer keys than before: the last digit then. */
static uint32_t find_digit(const struct count *count, uint64_t *rank)
{
	uint32_t digit = 0;

	while (digit < DIGITS - 1 && *rank >= count->keys[digit])
		*rank -= count->keys[digit++];
	return digit;
}

/* The first digit is counted already. */
static uint32_t find_key(const struct pixel_source *source, const struct count *first,
                         uint64_t rank)
{
	struct count count = { .shift = first->shift };
	uint32_t key = find_digit(first, &rank);

	while (count.shift > 0) {
		count.shift -= DIGIT_BITS;
		count.prefix = key;
		count_keys(source, &count);
		key = key << DIGIT_BITS | find_digit(&count, &rank);
	}
	return key;
}

bool pixel_range_measure(const struct pixel_source *source, struct pixel_range *range)
{
	struct count first = { .shift = source->format->bits == 32 ? 2 * DIGIT_BITS : DIGIT_BITS };
	uint64_t sum;

	count_keys(source, &first);
	sum = sum_of(&first);
	if (sum == 0)
		return false;
	range->low = value_of_key(source, find_key(source, &first, sum * LOW_PERCENT / 100));
	range->high =
		value_of_key(source, find_key(source, &first, (sum - 1) * HIGH_PERCENT / 100));
	return true;
}

/* ---- From frame to frame -------------------------------------------------------------------- */

void pixel_range_follow(struct pixel_range *shown, const struct pixel_range *measured)
{
	/* A float does not hold the span from -3e38 to 3e38. */
	double far = ((double)shown->high - (double)shown->low) / 4;
	double low = (double)measured->low - (double)shown->low;
	double high = (double)measured->high - (double)shown->high;

	if (!(fabs(low) <= far && fabs(high) <= far)) {
		*shown = *measured;
		return;
	}
	shown->low = (float)((double)shown->low + low / 4);
	shown->high = (float)((double)shown->high + high / 4);
}
