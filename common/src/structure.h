/* SPDX-License-Identifier: MIT
 *
 * Structures that callers hand in, which begin with their size. Pure functions. */
#ifndef SHMFLIP_STRUCTURE_H
#define SHMFLIP_STRUCTURE_H

#include <stddef.h>

/* Copies a caller's structure into one of this library's size. What the caller does not have is 0.
 * name is for the error's detail.
 * -EINVAL  the size is not set, or fields that this library does not know are not 0 */
int structure_read(void *own, size_t bytes, const void *given, const char *name);

/* Checks that a caller's structure, whose content does not matter, says its size. -EINVAL. */
int structure_check(const void *given, const char *name);

/* Copies into a caller's structure as much as it has room for, and keeps its size. -EINVAL. */
int structure_write(void *given, const void *own, size_t bytes, const char *name);

#endif
