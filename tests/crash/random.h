/* SPDX-License-Identifier: MIT
 *
 * Random numbers from a seed (xorshift64*, Vigna 2016), so that a failed round can be run again.
 * The processes then do the same, but not at the same instants. */
#ifndef SHMFLIP_TESTS_CRASH_RANDOM_H
#define SHMFLIP_TESTS_CRASH_RANDOM_H

#include <stdbool.h>
#include <stdint.h>

struct random {
	uint64_t state; /* not 0 */
};

/* Spreads the bits of a seed, which may be small. Never returns 0. */
static inline uint64_t random_mix(uint64_t seed)
{
	seed = (seed + 1) * UINT64_C(0x9e3779b97f4a7c15);
	seed = (seed ^ seed >> 31) * UINT64_C(0xbf58476d1ce4e5b9);
	return (seed ^ seed >> 29) | 1;
}

static inline uint64_t random_next(struct random *random)
{
	random->state ^= random->state >> 12;
	random->state ^= random->state << 25;
	random->state ^= random->state >> 27;
	return random->state * UINT64_C(0x2545f4914f6cdd1d) >> 8;
}

/* 0 to below - 1. */
static inline uint32_t random_below(struct random *random, uint32_t below)
{
	return (uint32_t)(random_next(random) % below);
}

static inline bool random_one_in(struct random *random, uint32_t n)
{
	return random_below(random, n) == 0;
}

#endif
