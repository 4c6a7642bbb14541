/* SPDX-License-Identifier: MIT
 *
 * What a loan says about itself, to read and to set. All functions need the GIL. */
#ifndef LOAN_DESCRIPTION_H
#define LOAN_DESCRIPTION_H

#include "python_api.h"

#include "loan_arrays.h"

/* Checks that the loan is not over, and not a parent's; and that it is not published. Return 0, or
 * -1 with an exception. */
int loan_check(const struct loan *self);
int loan_check_lent(const struct loan *self);

/* Fills the type's table of attributes. */
void loan_description_fill(PyGetSetDef *table);

/* Methods. */
PyObject *loan_repr(PyObject *object);
PyObject *loan_add_metadata(PyObject *object, PyObject *args);
PyObject *loan_metadata(PyObject *object, PyObject *type);

#endif
