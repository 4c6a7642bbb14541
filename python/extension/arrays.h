/* SPDX-License-Identifier: MIT
 *
 * Arrays: NumPy's if it is installed, else memoryviews. All functions need the GIL. */
#ifndef ARRAYS_H
#define ARRAYS_H

#include "python_api.h"

/* Makes an array of what an object exports, without a copy. NULL with an exception. */
PyObject *arrays_of(PyObject *exporter);

/* Makes an array with memory of its own. */
PyObject *arrays_copy(PyObject *exporter);

/* Of NumPy's arrays: makes a view, which keeps its base; and makes an array read-only. */
PyObject *arrays_view(PyObject *base);
int arrays_take_right_to_write(PyObject *base);

/* Calls numpy.asarray(exporter, dtype), or numpy.array(). ImportError: there is no NumPy. */
PyObject *arrays_numpy(PyObject *exporter, PyObject *dtype, int copy);

/* Whether NumPy is installed. -1 with an exception: it does not start. */
int arrays_have_numpy(void);

#endif
