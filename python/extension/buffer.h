/* SPDX-License-Identifier: MIT
 *
 * The buffer protocol of a frame's planes. All functions need the GIL. */
#ifndef BUFFER_H
#define BUFFER_H

#include "frame.h"

/* Fills in a view of a plane for an exporter. Returns 0, or -1 with an exception. */
int buffer_get(struct frame *frame, uint32_t plane, PyObject *exporter, Py_buffer *view, int flags);

/* An exporter that is one plane of a frame. */
struct plane {
	PyObject_HEAD
	struct frame *frame;
	uint32_t plane;
};

/* Makes the type of planes. Returns NULL with an exception. */
PyObject *buffer_make_plane_type(void);

#endif
