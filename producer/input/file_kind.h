/* SPDX-License-Identifier: MIT
 *
 * Names what comes instead of a PNG, by its first bytes, and what to do with it. Pure; any
 * thread. */
#ifndef SHMFLIP_PRODUCER_INPUT_FILE_KIND_H
#define SHMFLIP_PRODUCER_INPUT_FILE_KIND_H

#include <stddef.h>
#include <stdint.h>

/* As many bytes tell every kind. */
#define FILE_KIND_BYTES 16

/* Returns "a JPEG, not a PNG: ...", a static string; NULL: the kind is unknown, or is PNG. Fewer
 * bytes than FILE_KIND_BYTES may be too few. */
const char *file_kind_fault(const uint8_t *bytes, size_t size);

#endif
