/* SPDX-License-Identifier: MIT
 *
 * What was seen of a channel, as JSON. */
#ifndef TOOLS_JSON_H
#define TOOLS_JSON_H

#include <jansson.h>

#include "snapshot.h"

/* An object of the caller's. NULL: there is no memory. */
json_t *json_of_snapshot(const struct snapshot *snapshot);

/* Writes it to stdout, and lets go of it. in_one_line is for one of many. As
 * command_flush(). */
int json_print(json_t *value, bool in_one_line);

#endif
