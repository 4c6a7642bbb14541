/* SPDX-License-Identifier: MIT
 *
 * Facts about the machine that figures depend on. They are reported with the figures. */
#ifndef SHMFLIP_BENCH_ENVIRONMENT_H
#define SHMFLIP_BENCH_ENVIRONMENT_H

#include <jansson.h>
#include <stdio.h>

enum { FACTS_MAX = 16, FACT_SIZE = 160 };

struct environment {
	struct fact {
		const char *name;
		char value[FACT_SIZE];
	} facts[FACTS_MAX];
	unsigned count;
};

void environment_init(struct environment *environment);
/* Prints a line per fact. */
void environment_print(const struct environment *environment, FILE *file);
/* NULL: out of memory. */
json_t *environment_json(const struct environment *environment);

#endif
