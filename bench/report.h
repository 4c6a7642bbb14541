/* SPDX-License-Identifier: MIT
 *
 * How every command puts out what it measured. */
#ifndef BENCH_OUTPUT_H
#define BENCH_OUTPUT_H

#include <jansson.h>
#include <stdbool.h>

#include "options.h"
#include "verdict.h"

/* Whether stdout is for people, rather than for JSON. */
bool output_table(const struct options *options);

/* Writes the object and lets it go; NULL: there was no memory for it. 0, or -EIO after a message. */
int output_json(const char *path, json_t *object);

/* Says what speaks against the figures. Returns the exit status. */
int output_verdict(const struct options *options, const struct verdict *verdict);

/* The words of the command line, as one string. NULL: out of memory. */
json_t *output_command(const struct options *options);

#endif
