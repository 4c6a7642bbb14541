/* SPDX-License-Identifier: MIT
 *
 * The arguments of Producer.loan(). All functions need the GIL, and return 0, or -1 with an
 * exception. */
#ifndef LOAN_ARGUMENTS_H
#define LOAN_ARGUMENTS_H

#include "python_api.h"

#include <stdbool.h>

#include "shmflip.h"
#include "waiting.h"

/* Where a frame differs from the stream. */
struct loan_difference {
	bool any;
	uint32_t fourcc; /* 0: as the stream */
	uint32_t width;
	uint32_t height;
};

struct loan_arguments {
	struct deadline deadline;
	struct loan_difference difference;
	bool keep;
};

/* Reads all of them, as a fast call has them. */
int loan_arguments_read(PyObject *const *args, Py_ssize_t count, PyObject *names,
                        struct loan_arguments *arguments);

/* Lays a lent frame out. FrameTooLarge; BadArgument: it has no size. */
int loan_difference_apply(struct shmflip_frame *frame, const struct loan_difference *difference);

#endif
