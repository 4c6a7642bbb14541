/* SPDX-License-Identifier: MIT
 *
 * Whether a run may be relied on: what disturbed it, in words. Pure. */
#ifndef SHMFLIP_BENCH_VALIDITY_H
#define SHMFLIP_BENCH_VALIDITY_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "load.h"

enum { VALIDITY_REASONS = 4, VALIDITY_REASON_SIZE = 160 };

/* What was seen of the whole run. */
struct evidence {
	unsigned rounds;
	size_t measured;
	size_t disturbed;     /* of the measured */
	double stolen;        /* of a processor's time */
	double typical_noise; /* between the rounds of a measurement, in the median of all */
};

struct validity {
	char reasons[VALIDITY_REASONS][VALIDITY_REASON_SIZE]; /* against it */
	unsigned count;                                       /* 0: valid */
};

/* Whether a measurement is to be made again. */
bool validity_is_disturbed(const struct load_shares *load);

void validity_judge(const struct evidence *evidence, struct validity *validity);

/* An array of the reasons. NULL: out of memory. */
json_t *validity_json(const struct validity *validity);

#endif
