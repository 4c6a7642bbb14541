/* SPDX-License-Identifier: MIT
 *
 * What `shmflip-bench transports` measures, and what has come of it. */
#ifndef BENCH_RESULTS_H
#define BENCH_RESULTS_H

#include "environment.h"
#include "measurement.h"
#include "options.h"
#include "statistics.h"
#include "validity.h"

struct result {
	struct measurement measurement;
	struct sample samples[ROUNDS_MAX];
	unsigned count;           /* of samples */
	struct histogram latency; /* of all frames in all rounds */
	int error;                /* the first; then there was no other try */
	char detail[LINK_DETAIL_SIZE];
};

struct results {
	const struct options *options;
	struct environment environment;
	struct cpu_affinity affinity;
	struct result *items; /* those that differ in nothing but the transport side by side */
	size_t count;
	size_t disturbed;        /* samples */
	struct load_shares load; /* over the whole run */
	struct validity validity;
};

/* Every combination of what the options ask for that makes sense. -ENOMEM. */
int results_init(struct results *results, const struct options *options);
void results_finish(struct results *results);

/* Whether the two differ in nothing but the transport. */
bool measurement_is_comparable(const struct measurement *one, const struct measurement *other);

/* One figure, a double, given by its offset in struct sample: of one round, or over all of them. */
double result_figure(const struct result *result, unsigned round, size_t offset);
void result_spread(const struct result *result, size_t offset, struct spread *spread);
double result_median(const struct result *result, size_t offset);
#define RESULT_MEDIAN(result, figure) result_median(result, offsetof(struct sample, figure))

uint64_t result_torn(const struct result *result);

/* What the kernel copies of a frame, for all receivers: known from how each transport works. */
double result_kernel_bytes(const struct result *result);

/* Looks at all of them. */
void results_judge(struct results *results);

#endif
