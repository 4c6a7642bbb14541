/* SPDX-License-Identifier: MIT
 *
 * A frame of the library as a Python object, with its pixels as buffers. Viewers hand it out; a
 * loan has one inside. All functions need the GIL.
 *
 *     open -> [buffers] -> closed, no new buffers -> the last buffer goes -> released */
#ifndef FRAME_H
#define FRAME_H

#include "python_api.h"

#include <stdbool.h>

#include "orphans.h"
#include "shapes.h"
#include "shmflip.h"

/* The frames that a viewer's program holds. Outlives the viewer as long as there are frames. */
struct frame_holds {
	unsigned references;
	unsigned held;
	bool warned;
};

struct frame {
	PyObject_HEAD
	struct shmflip_frame *handle; /* NULL: released */
	struct frame_holds *holds;    /* NULL: of a loan */
	Py_ssize_t buffers;           /* in use */
	bool closed;                  /* no new buffers */
	bool writable;                /* new buffers are writable */
	struct orphan_memory memory;
	struct shape shapes[SHMFLIP_PLANES_MAX]; /* of planes that have had buffers */
	PyObject *weak_references;
};

/* Makes the types. Adds Frame to the module. Returns 0, or -1 with an exception. */
int frame_init(PyObject *module);

/* Makes a frame. On success it owns the handle. NULL with an exception: out of memory. */
struct frame *frame_new(struct shmflip_frame *handle, struct frame_holds *holds);

/* Checks that the frame is open, and not a parent's. Returns 0, or -1 with an exception. */
int frame_check_open(const struct frame *self);

/* repr() of an open frame or a loan: <shmflip.NAME: size and format>. */
PyObject *frame_describe(const struct frame *self, const char *name);

/* Computes the shape of a plane. It stays as it is. */
const struct shape *frame_shape(struct frame *self, uint32_t plane);

/* Makes an object that exports the buffer of one plane. */
PyObject *frame_plane(struct frame *self, uint32_t plane);

/* Makes a tuple of all planes as arrays. */
PyObject *frame_arrays(struct frame *self);

/* Marks the memory as in use, so that the frame stays unreleased meanwhile. */
void frame_begin_use(struct frame *self);
void frame_end_use(struct frame *self);

/* No new buffers. Releases now, or when the last buffer goes. */
void frame_close(struct frame *self);

struct frame_holds *frame_holds_new(void);
void frame_holds_unref(struct frame_holds *holds);

#endif
