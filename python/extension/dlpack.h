/* SPDX-License-Identifier: MIT
 *
 * DLPack 1.0: how array libraries hand memory to each other, here with the read-only flag. */
#ifndef DLPACK_H
#define DLPACK_H

#include "python_api.h"

/* Methods of Frame: __dlpack__ and __dlpack_device__. */
PyObject *dlpack_export(PyObject *frame, PyObject *args, PyObject *keywords);
PyObject *dlpack_device(PyObject *frame, PyObject *unused);

#endif
