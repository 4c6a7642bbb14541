/* SPDX-License-Identifier: MIT
 *
 * Output that all commands share. */
#ifndef SHMFLIP_BENCH_REPORT_H
#define SHMFLIP_BENCH_REPORT_H

#include <jansson.h>
#include <stdbool.h>

#include "options.h"
#include "validity.h"

/* Whether stdout gets a table rather than JSON. */
bool report_is_table(const struct options *options);

/* Writes the object and releases it. NULL stands for out of memory. Returns 0, or -EIO after a
 * message. */
int report_json(const char *path, json_t *object);

/* Prints why figures are not valid. Returns the exit status. */
int report_validity(const struct options *options, const struct validity *validity);

/* The command line as one string. NULL: out of memory. */
json_t *report_command(const struct options *options);

#endif
