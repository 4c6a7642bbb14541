/* SPDX-License-Identifier: MIT
 *
 * Waits in slices, so that Ctrl-C and close() end them soon. All functions need the GIL. */
#ifndef WAITING_H
#define WAITING_H

#include "python_api.h"

#include <stdint.h>

/* When a wait ends. */
struct deadline {
	int64_t end_ns; /* INT64_MIN: no wait. INT64_MAX: no end */
};

/* Reads a timeout in seconds; None or NULL has no end. Returns 0, or -1 with an exception. */
int deadline_parse(PyObject *timeout, struct deadline *deadline);

/* The milliseconds of the next slice; 0: the time is over. Between slices, callers run signal
 * handlers. When the time is over they do not: a handler may call the library, and then the line
 * about the timeout is lost. */
int deadline_slice_ms(const struct deadline *deadline);

/* Reads the arguments of a method with one, timeout, by position or name, and fast. Returns 0, or
 * -1 with an exception. */
int deadline_from_arguments(PyObject *const *args, Py_ssize_t count, PyObject *names,
                            struct deadline *deadline);

#endif
