/* SPDX-License-Identifier: MIT
 *
 * A snapshot of a channel as JSON. */
#ifndef SHMFLIP_TOOLS_JSON_H
#define SHMFLIP_TOOLS_JSON_H

#include <jansson.h>

#include "snapshot.h"

/* Returns a new reference, or NULL: out of memory. */
json_t *json_of_snapshot(const struct snapshot *snapshot);

/* Writes value to stdout and releases it; in one line, or indented. NULL: prints "not enough
 * memory". Returns 0, -ENOMEM, or the error of command_flush(). */
int json_print(json_t *value, bool in_one_line);

#endif
