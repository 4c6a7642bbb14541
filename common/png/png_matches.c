/* SPDX-License-Identifier: MIT */
#include "png_matches.h"

#include <endian.h>
#include <string.h>

#define WORD_BYTES 8
/* After each 16 literals without a match, one byte more is passed over before the next look. */
#define SKIP_BITS 4
#define PROBE_BYTES 16384
/* Of data with fewer zeros than one in this many, not even a part is probed. */
#define ZEROS_MIN 8
#define SAMPLE_STEP_BYTES 104
/* Typical, over all kinds of pictures. */
#define LITERAL_BITS 5
#define NEAR_MATCH_BITS 6
#define FAR_MATCH_BITS 20
/* Any repeats must save three eighths of what runs of zeros leave. */
#define GAIN_NUM 5
#define GAIN_DEN 8

struct match_list {
	struct png_match *matches;
	size_t count;
	size_t literals_at; /* the first byte that no match has */
};

static uint64_t read_word(const uint8_t *bytes)
{
	uint64_t word;

	memcpy(&word, bytes, sizeof(word));
	return word;
}

static void add(struct match_list *list, size_t at, size_t length, size_t distance)
{
	list->matches[list->count++] = (struct png_match){
		.literals = (uint32_t)(at - list->literals_at),
		.length = (uint16_t)length,
		.distance = (uint16_t)distance,
	};
	list->literals_at = at + length;
}

/* Adds a match of any length. A rest that is too short for a match of its own stays literal.
 * Returns where the matches end. */
static size_t add_long(struct match_list *list, size_t at, size_t length, size_t distance)
{
	for (; length > MATCH_MAX; at += MATCH_MAX, length -= MATCH_MAX)
		add(list, at, MATCH_MAX, distance);
	if (length < MATCH_MIN)
		return at;
	add(list, at, length, distance);
	return at + length;
}

static size_t finish(struct match_list *list, size_t size)
{
	add(list, size, 0, 0);
	return list->count;
}

/* How many bytes from one on are the same as from other on. */
static size_t count_same(const uint8_t *one, const uint8_t *other, size_t max)
{
	size_t same = 0;

	for (; same + WORD_BYTES <= max; same += WORD_BYTES) {
		uint64_t difference = le64toh(read_word(one + same) ^ read_word(other + same));

		if (difference)
			return same + (unsigned)__builtin_ctzll(difference) / 8;
	}
	while (same < max && one[same] == other[same])
		same++;
	return same;
}

size_t png_matches_find_zeros(const uint8_t *data, size_t size, struct png_match *matches)
{
	struct match_list list = { .matches = matches };
	size_t at = 0;

	while (at + WORD_BYTES <= size) {
		if (read_word(data + at) != 0) {
			at += WORD_BYTES;
			continue;
		}
		/* The first zero is what the others repeat. */
		size_t length = count_same(data + at, data + at + 1, size - at - 1);

		at = add_long(&list, at + 1, length, 1);
	}
	return finish(&list, size);
}

static unsigned hash(uint64_t word)
{
	return (unsigned)(word * 0x9e3779b97f4a7c15 >> (64 - MATCH_HASH_BITS));
}

/* Adds the match of a word, longer to both sides. Returns where it ends. */
static size_t add_around(struct match_list *list, const uint8_t *data, size_t size, size_t at,
                         size_t distance)
{
	size_t end = at + WORD_BYTES;

	end += count_same(data + end, data + end - distance, size - end);
	while (at > list->literals_at && at > distance && data[at - 1] == data[at - 1 - distance])
		at--;
	return add_long(list, at, end - at, distance);
}

size_t png_matches_find_any(const uint8_t *data, size_t size, struct png_match_table *table,
                            struct png_match *matches)
{
	struct match_list list = { .matches = matches };
	size_t at = 1;

	memset(table->at, 0, sizeof(table->at));
	while (at + WORD_BYTES <= size) {
		uint64_t word = read_word(data + at);
		uint32_t *last = &table->at[hash(word)];
		size_t distance = at - *last;

		if (word == read_word(data + at - 1))
			distance = 1;
		else
			*last = (uint32_t)at;
		if (distance <= MATCH_DISTANCE_MAX && word == read_word(data + at - distance))
			at = add_around(&list, data, size, at, distance);
		else
			at += 1 + ((at - list.literals_at) >> SKIP_BITS);
	}
	return finish(&list, size);
}

static bool has_zeros(const uint8_t *data, size_t size)
{
	size_t samples = 0, zeros = 0;
	uint32_t word;

	for (size_t at = 0; at + sizeof(word) <= size; at += SAMPLE_STEP_BYTES, samples++) {
		memcpy(&word, data + at, sizeof(word));
		zeros += word == 0;
	}
	return zeros * ZEROS_MIN >= samples;
}

/* About how many bits matches and literals take. Zeros have short codes, and no distance. */
static size_t estimate(const struct png_match *matches, size_t count)
{
	size_t bits = 0;

	for (size_t i = 0; i < count; i++)
		bits += LITERAL_BITS * (size_t)matches[i].literals +
		        (matches[i].distance > 1 ? FAR_MATCH_BITS : NEAR_MATCH_BITS);
	return bits;
}

bool png_has_repeats(const uint8_t *data, size_t size, struct png_match_table *table,
                     struct png_match *matches)
{
	size_t probed = size < PROBE_BYTES ? size : PROBE_BYTES, any, zeros;

	if (!has_zeros(data, size))
		return false;
	any = estimate(matches, png_matches_find_any(data, probed, table, matches));
	zeros = estimate(matches, png_matches_find_zeros(data, probed, matches));
	return any * GAIN_DEN < zeros * GAIN_NUM;
}
