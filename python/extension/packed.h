/* SPDX-License-Identifier: MIT
 *
 * All planes of a frame as bytes without gaps between rows and planes. All functions need the GIL,
 * and release it while they copy. */
#ifndef PACKED_H
#define PACKED_H

#include "frame.h"

/* Makes bytes of an open frame. NULL with an exception. */
PyObject *packed_read(struct frame *frame);

/* Fills an open, writable frame. Returns 0, or -1 with an exception. */
int packed_write(struct frame *frame, PyObject *bytes);

#endif
