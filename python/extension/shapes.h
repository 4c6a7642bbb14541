/* SPDX-License-Identifier: MIT
 *
 * The shapes of arrays: what each pixel format's planes look like to Python. */
#ifndef SHAPES_H
#define SHAPES_H

#include "python_api.h"

#include "shmflip.h"

enum { SHAPE_DIMENSIONS_MAX = 3 };

struct shape {
	const char *code; /* of struct, for one sample */
	Py_ssize_t sample_bytes;
	int dimensions; /* rows, columns, and perhaps samples per pixel */
	Py_ssize_t sizes[SHAPE_DIMENSIONS_MAX];
	Py_ssize_t strides[SHAPE_DIMENSIONS_MAX];
	Py_ssize_t bytes; /* of the samples, without gaps between rows */
};

/* Computes the shape of a frame's plane, which must exist. */
void shape_of(const struct shmflip_frame *frame, uint32_t plane, struct shape *shape);

/* The bytes of each row that hold samples. */
Py_ssize_t shape_row_bytes(const struct shape *shape);

/* Rows follow each other without gaps. */
int shape_is_contiguous(const struct shape *shape);

#endif
