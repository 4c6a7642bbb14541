/* SPDX-License-Identifier: MIT
 *
 * A fuzz target is one function that is given bytes, of any number and value, and stops the program if
 * what is done with them breaks a promise. libFuzzer calls it with bytes that it makes up; in ordinary
 * builds replay.c calls it with each file of its corpus. To add one: fuzz_NAME.c, a directory
 * corpus/NAME, and a line in meson.build. */
#ifndef TESTS_FUZZ_H
#define TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Optional, and known to libFuzzer by these names: changes data, which may grow to max_size; returns its
 * size. The second one is libFuzzer's own way to do that, for the first to call. */
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed);
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);

#define REQUIRE(condition)                                                                         \
	do {                                                                                       \
		if (!(condition)) {                                                                \
			fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition);    \
			abort();                                                                   \
		}                                                                                  \
	} while (0)

/* A sequence of numbers that is the same for the same bytes. */
static inline uint64_t fuzz_seed(const uint8_t *data, size_t size)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325); /* FNV-1a */

	for (size_t i = 0; i < size; i++)
		hash = (hash ^ data[i]) * UINT64_C(0x100000001b3);
	return hash | 1;
}

static inline uint64_t fuzz_next(uint64_t *state)
{
	/* xorshift64 */
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

/* Numbers at which sums, products and comparisons go wrong, or any at all. */
static inline uint64_t fuzz_odd_number(uint64_t *state)
{
	uint64_t number = fuzz_next(state);

	switch (number >> 61) {
	case 0:
		return UINT64_C(1) << (number & 63);
	case 1:
		return (UINT64_C(1) << (number & 63)) - 1;
	case 2:
		return number & 255;
	case 3:
		return -(number & 255);
	case 4:
		return number & 0xfffff000;
	default:
		return number >> (number & 63);
	}
}

#endif
