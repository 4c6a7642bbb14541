/* SPDX-License-Identifier: MIT
 *
 * Counts what the rounds of a storm did, and prints it: lines of two words and a number, which
 * campaign.sh adds up over the programs that it runs side by side. */
#ifndef SHMFLIP_TESTS_CRASH_TALLY_H
#define SHMFLIP_TESTS_CRASH_TALLY_H

#include <stdint.h>

#include "round_state.h"

struct tally {
	uint64_t rounds;
	uint64_t kills;
	uint64_t stops;
	uint64_t frames;        /* checked by viewers */
	uint64_t kills_in[OPS]; /* kills by the call that they hit */
};

void tally_add_kill(struct tally *tally, uint32_t op);

/* Adds what the viewers of a round have counted. */
void tally_add_round(struct tally *tally, const struct round_state *shared);

void tally_print(const struct tally *tally, const char *what);

/* Sorts the times and prints their median, 99th percentile and maximum in milliseconds. */
void tally_print_times(const char *what, int64_t *times_ns, unsigned count);

#endif
