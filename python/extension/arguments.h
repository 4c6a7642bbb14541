/* SPDX-License-Identifier: MIT
 *
 * Arguments by name, for methods that need not be fast. */
#ifndef ARGUMENTS_H
#define ARGUMENTS_H

#include "python_api.h"

#include <stdbool.h>

/* As PyArg_ParseTupleAndKeywords(), whose names cannot be const before Python 3.13. False with an
 * exception. */
bool arguments_parse(PyObject *args, PyObject *keywords, const char *format,
                     const char *const *names, ...);

/* A converter for "O&": reads a directory as shmflip._viewer.channel_dir() gives it, bytes or None,
 * into a const char *, which points into the bytes. */
int arguments_dir(PyObject *value, void *dir);

/* Checks that the value has a buffer. Returns 0, or -1 with an exception. */
int arguments_check_bytes(PyObject *value, const char *name);

/* Returns the UTF-8 of a str, which has it as long as it exists; NULL with an exception. */
const char *arguments_text(PyObject *value, const char *name);

#endif
