/* SPDX-License-Identifier: MIT
 *
 * `shmflip-bench pipeline`: files to a viewer, compared with other programs. Each contender
 * shows one frame, then many. Figures come from the difference of the two, so they do not
 * include start-up. */
#ifndef SHMFLIP_BENCH_PIPELINE_H
#define SHMFLIP_BENCH_PIPELINE_H

#include "contender.h"
#include "environment.h"
#include "load.h"
#include "options.h"
#include "validity.h"

extern const struct command command_pipeline;

enum { CONTENDERS_MAX = 16 };

struct pipeline_result {
	const struct contender *contender;
	double fps[ROUNDS_MAX];
	double cpu_ms[ROUNDS_MAX]; /* per frame, of all its processes */
	unsigned count;
	int error; /* if set, later rounds skip it */
	char detail[PROCESS_GROUP_DETAIL_SIZE];
};

struct pipeline_results {
	const struct options *options;
	struct environment environment;
	struct pipeline_result items[CONTENDERS_MAX];
	unsigned count;
	uint32_t width;
	uint32_t height;
	unsigned files;
	unsigned frames; /* shown in each round */
	unsigned disturbed;
	struct load_shares load;
	struct validity validity;
};

/* ---- Output ---------------------------------------------------------------------------------- */

void pipeline_print(const struct pipeline_results *results, FILE *file);
json_t *pipeline_json(const struct pipeline_results *results);
int pipeline_plot(const struct pipeline_results *results);

#endif
