/* SPDX-License-Identifier: MIT
 *
 * `shmflip-bench transports`: hands frames over with each transport. */
#ifndef SHMFLIP_BENCH_TRANSPORTS_H
#define SHMFLIP_BENCH_TRANSPORTS_H

#include "options.h"
#include "results.h"

extern const struct command command_transports;

/* ---- Output: each in a file of its own ------------------------------------------------------- */

void transports_print(const struct results *results, FILE *file);

/* NULL: out of memory. */
json_t *transports_json(const struct results *results);

/* Draws the results into options->plot_path. Returns 0, or a negative errno after a message. */
int transports_plot(const struct results *results);

#endif
