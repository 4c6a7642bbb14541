/* SPDX-License-Identifier: MIT
 *
 * A slot that a program fills: shmflip.Loan. All functions need the GIL. */
#ifndef LOAN_H
#define LOAN_H

#include "python_api.h"

#include <stdbool.h>

#include "shmflip.h"

/* Makes the type. Adds it to the module. Returns 0, or -1 with an exception. */
int loan_init(PyObject *module);

/* Makes a loan of a lent frame, which it owns, also on failure. It keeps the producer open. keep:
 * publishing does not end it. NULL with an exception. */
PyObject *loan_new(struct shmflip_frame *handle, PyObject *producer, bool keep);

#endif
