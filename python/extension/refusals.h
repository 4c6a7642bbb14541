/* SPDX-License-Identifier: MIT
 *
 * What no object of the library can do. */
#ifndef REFUSALS_H
#define REFUSALS_H

#include "python_api.h"

/* A method __reduce__: raises TypeError, which says what to do instead. */
PyObject *refuse_pickle(PyObject *self, PyObject *unused);

#endif
