/* SPDX-License-Identifier: MIT
 *
 * The arrays of a loan. All functions need the GIL, and return 0, or -1 with an exception.
 *
 * The program gets a view of a base array that only the loan knows. NumPy makes the base the base
 * of all further views. So the base's references tell views that remain from names of the array
 * itself, which are harmless: the array becomes read-only. */
#ifndef LOAN_ARRAYS_H
#define LOAN_ARRAYS_H

#include "python_api.h"

#include "frame.h"

struct loan {
	PyObject_HEAD
	struct frame *frame; /* closed: the loan is over. Not writable: published and kept */
	bool keep;
	PyObject *producer;
	PyObject *bases;   /* a tuple. NULL: not made yet, or no NumPy */
	PyObject *arrays;  /* what the program got. NULL: not made yet, or over */
	PyObject *source;  /* bytes */
	uint64_t sequence; /* when published */
	int64_t published_ns;
};

/* Makes the arrays of an open loan, unless it has them. */
int loan_arrays_make(struct loan *self);

/* Takes the right to write from the program. BufferError: it has further views. Python code may
 * run meanwhile, and end the loan. */
int loan_arrays_finish(struct loan *self);

/* The program's references to the arrays are the only ones then. */
void loan_arrays_forget(struct loan *self);

#endif
