/* SPDX-License-Identifier: MIT
 *
 * What a storm has counted, added up over its rounds, and how it is printed: lines of two words and a
 * number, which the script adds up over the programs that it runs side by side. */
#ifndef SHMFLIP_CRASH_TALLY_H
#define SHMFLIP_CRASH_TALLY_H

#include <stdint.h>

#include "round_state.h"

struct tally {
	uint64_t rounds;
	uint64_t kills;
	uint64_t stops;
	uint64_t frames;      /* checked by viewers */
	uint64_t inside[OPS]; /* kills by what they hit */
};

void tally_kill(struct tally *tally, uint32_t op);

/* Takes over what the viewers of a round have counted. */
void tally_round(struct tally *tally, const struct round_state *shared);

void tally_print(const struct tally *tally, const char *what);

/* Sorts times and prints median and 99th percentile in milliseconds. */
void tally_print_times(const char *what, int64_t *times_ns, unsigned count);

#endif
