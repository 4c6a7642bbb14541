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

#endif
