/* SPDX-License-Identifier: MIT
 *
 * What `shmflip-bench transports` measures, and the results. */
#ifndef SHMFLIP_BENCH_RESULTS_H
#define SHMFLIP_BENCH_RESULTS_H

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
	int error;                /* if set, later rounds skip it */
	char detail[LINK_DETAIL_SIZE];
};

struct results {
	const struct options *options;
	struct environment environment;
	struct cpu_affinity affinity;
	struct result *items; /* comparable measurements are adjacent */
	size_t count;
	size_t disturbed;        /* number of samples */
	struct load_shares load; /* over the whole run */
	struct validity validity;
};

/* Lists every meaningful combination of the options. Returns 0 or -ENOMEM. */
int results_init(struct results *results, const struct options *options);
void results_finish(struct results *results);

/* Whether the two differ only in the transport. */
bool measurement_is_comparable(const struct measurement *one, const struct measurement *other);

/* One figure, a double, given by its offset in struct sample: of one round, or over all rounds. */
double result_figure(const struct result *result, unsigned round, size_t offset);
void result_spread(const struct result *result, size_t offset, struct spread *spread);
double result_median(const struct result *result, size_t offset);
#define RESULT_MEDIAN(result, figure) result_median(result, offsetof(struct sample, figure))

uint64_t result_torn(const struct result *result);

/* Bytes that the kernel copies per frame for all receivers, computed from how each transport
 * works. */
double result_kernel_bytes(const struct result *result);

/* Sets results->validity. */
void results_judge(struct results *results);

#endif
