/* SPDX-License-Identifier: MIT
 *
 * Whether a run may be relied on: what disturbed it, in words. Pure. */
#ifndef BENCH_VERDICT_H
#define BENCH_VERDICT_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "load.h"

enum { VERDICT_REASONS = 4, VERDICT_REASON_SIZE = 160 };

/* What was seen of the whole run. */
struct evidence {
	unsigned rounds;
	size_t measured;
	size_t disturbed;     /* of the measured */
	double stolen;        /* of a processor's time */
	double typical_noise; /* between the rounds of a measurement, in the median of all */
};

struct verdict {
	char reasons[VERDICT_REASONS][VERDICT_REASON_SIZE]; /* against it */
	unsigned count;                                     /* 0: valid */
};

/* Whether a measurement is to be made again. */
bool verdict_disturbed(const struct load_shares *load);

void verdict_find(const struct evidence *evidence, struct verdict *verdict);

/* An array of the reasons. NULL: out of memory. */
json_t *verdict_json(const struct verdict *verdict);

#endif
