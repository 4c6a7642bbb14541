/* SPDX-License-Identifier: MIT
 *
 * Whether the figures of a run are reliable, and why not, in words. Pure. */
#ifndef SHMFLIP_BENCH_VALIDITY_H
#define SHMFLIP_BENCH_VALIDITY_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "load.h"

enum { VALIDITY_REASONS = 4, VALIDITY_REASON_SIZE = 160 };

/* Facts about the whole run. */
struct evidence {
	unsigned rounds;
	size_t measured;
	size_t disturbed;     /* of the measured */
	double stolen;        /* share of one processor's time */
	double typical_noise; /* between rounds, median over all measurements */
};

struct validity {
	char reasons[VALIDITY_REASONS][VALIDITY_REASON_SIZE]; /* why it is not valid */
	unsigned count;                                       /* 0: valid */
};

/* Whether to repeat a measurement. */
bool validity_is_disturbed(const struct load_shares *load);

void validity_judge(const struct evidence *evidence, struct validity *validity);

/* An array of the reasons. NULL: out of memory. */
json_t *validity_json(const struct validity *validity);

#endif
