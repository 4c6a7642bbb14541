/* SPDX-License-Identifier: MIT
 *
 * Errors of the library as exceptions of shmflip._errors. All functions need the GIL. */
#ifndef ERRORS_H
#define ERRORS_H

#include "python_api.h"

/* Finds the exception classes. Returns 0, or -1 with an exception. */
int errors_init(void);

/* Raises the exception for an error of the thread's last call of the library. Returns NULL. */
PyObject *errors_raise(int error);

/* Raises it with another line. */
void errors_raise_with(int error, const char *detail);

/* Makes the exception for an error and its detail, without raising it. */
PyObject *errors_make(int error, const char *detail);

/* Raises it with a line about a handle: what happened, the handle's channel, and what to do.
 * Returns -1. */
int errors_raise_about(int error, PyObject *handle, const char *what, const char *advice);

/* Raises Interrupted. Returns -1. */
int errors_interrupted(PyObject *handle);

/* Raises BadArgument with this line. Returns -1. */
int errors_bad_argument(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Raises TypeError: the argument must be what is wanted, not of the value's type. Returns -1. */
int errors_wrong_type(PyObject *value, const char *argument, const char *wanted);

/* Raises the error of a handle that belongs to the parent process. Returns -1. */
int errors_forked(void);

#endif
