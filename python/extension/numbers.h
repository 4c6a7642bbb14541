/* SPDX-License-Identifier: MIT
 *
 * Python's numbers of any size as those of C. Each function returns 0, or -1 with BadArgument or
 * TypeError, which name the argument. All functions need the GIL. */
#ifndef NUMBERS_H
#define NUMBERS_H

#include "python_api.h"

#include <stdint.h>

int number_u64(PyObject *value, const char *name, uint64_t *number);
int number_u32(PyObject *value, const char *name, uint32_t min, uint32_t max, uint32_t *number);

/* Nanoseconds; None is SHMFLIP_NO_TIME. A duration is 0 or more. */
int number_time(PyObject *value, const char *name, int64_t *number);
int number_duration(PyObject *value, const char *name, int64_t *number);

/* Any real number. wanted: what TypeError says that it must be. */
int number_real(PyObject *value, const char *name, const char *wanted, double *number);

#endif
