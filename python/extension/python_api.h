/* SPDX-License-Identifier: MIT
 *
 * Python's limited API as of 3.11: one build serves all later versions. */
#ifndef PYTHON_API_H
#define PYTHON_API_H

#define Py_LIMITED_API 0x030b0000
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <structmember.h>

/* Casts a method of any of Python's signatures to what the table of methods holds. */
#define METHOD(function) ((PyCFunction)(void (*)(void))(function))

#endif
