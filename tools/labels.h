/* SPDX-License-Identifier: MIT
 *
 * Words for the numbers that commands print. Strings are static. */
#ifndef SHMFLIP_TOOLS_LABELS_H
#define SHMFLIP_TOOLS_LABELS_H

#include <stddef.h>

#include "snapshot.h"

/* "alive", "stopped", "stale" or "unknown". */
const char *label_state(const struct snapshot *snapshot);

/* "latest" or "lossless". */
const char *label_policy(uint32_t policy);

/* "XRGB8888" or "ARGB8888". */
const char *label_format(uint32_t format);

/* "1234", or "?" for 0: a process that is not known, or of another pid namespace. */
void label_pid(char *out, size_t size, int32_t pid);

/* "230 KiB", "11.9 MiB". */
void label_bytes(char *out, size_t size, uint64_t bytes);

#endif
