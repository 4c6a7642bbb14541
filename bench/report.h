/* SPDX-License-Identifier: MIT
 *
 * How every command puts out what it measured. */
#ifndef SHMFLIP_BENCH_REPORT_H
#define SHMFLIP_BENCH_REPORT_H

#include <jansson.h>
#include <stdbool.h>

#include "options.h"
#include "validity.h"

/* Whether stdout is for people, rather than for JSON. */
bool report_is_table(const struct options *options);

/* Writes the object and lets it go; NULL: there was no memory for it. 0, or -EIO after a message. */
int report_json(const char *path, json_t *object);

/* Says what speaks against the figures. Returns the exit status. */
int report_validity(const struct options *options, const struct validity *validity);

/* The words of the command line, as one string. NULL: out of memory. */
json_t *report_command(const struct options *options);

#endif
