/* SPDX-License-Identifier: MIT
 *
 * Takes frames: one, or those of an iteration. All functions need the GIL. */
#ifndef VIEWER_FRAMES_H
#define VIEWER_FRAMES_H

#include "python_api.h"

#include <stdint.h>

#include "viewer_wait.h"

/* Takes a frame. ends: see viewer_wait_for(). Returns a new reference; or NULL, with *error 0 and
 * an exception, or with the library's error. */
PyObject *viewer_take(struct viewer *self, const struct deadline *deadline, uint64_t ends,
                      int *error);

/* Makes the result of a poll of what viewer_take() returned: None if there was no frame. */
PyObject *viewer_poll_result(const struct viewer *self, PyObject *frame, int error);

/* iter(viewer): an iterator that ends with the stream, whichever call gets the end. Its poll()
 * serves tasks of asyncio. */
PyObject *viewer_frames(PyObject *viewer);

/* Makes the iterator's type. Returns 0, or -1 with an exception. */
int viewer_frames_init(void);

#endif
