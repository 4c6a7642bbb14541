/* SPDX-License-Identifier: MIT
 *
 * Python's integers of any size as those of C. Each function returns 0, or -1 with BadArgument,
 * which names the number, or with TypeError. All functions need the GIL. */
#ifndef NUMBERS_H
#define NUMBERS_H

#include "python_api.h"

#include <stdint.h>

int number_u64(PyObject *value, const char *name, uint64_t *number);
int number_u32(PyObject *value, const char *name, uint32_t *number);

/* Nanoseconds; None is SHMFLIP_NO_TIME. */
int number_time(PyObject *value, const char *name, int64_t *number);

#endif
