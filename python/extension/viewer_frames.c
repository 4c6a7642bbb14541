/* SPDX-License-Identifier: MIT */
#include "viewer_frames.h"

#include <errno.h>

#include "frame.h"

/* ---- One frame ---- */

/* A loop holds a frame while it waits for the next one: that starves nobody. */
static int warn_if_many_are_held(struct viewer *self)
{
	unsigned many = self->slots > 3 ? self->slots - 1 : 2;

	if (self->holds->held < many) {
		self->holds->warned = false;
		return 0;
	}
	if (self->holds->warned || self->slots == 0)
		return 0;
	self->holds->warned = true;
	return PyErr_WarnFormat(PyExc_RuntimeWarning, 1,
	                        "%u frames of %u slots are held, and the producer has none left: "
	                        "release frames, or keep frame.copy()",
	                        self->holds->held, self->slots);
}

PyObject *viewer_take(struct viewer *self, const struct deadline *deadline, uint64_t ends,
                      int *error)
{
	const struct shmflip_frame *handle = NULL;
	struct frame *frame;

	*error = 0;
	if (viewer_check(self) || warn_if_many_are_held(self))
		return NULL;
	*error = viewer_wait_for(self, deadline, ends, viewer_try_acquire, &handle);
	if (*error) {
		if (*error > 0)
			*error = 0;
		return NULL;
	}
	frame = frame_new((struct shmflip_frame *)handle, self->holds);
	if (!frame)
		shmflip_frame_release(handle);
	return (PyObject *)frame;
}

PyObject *viewer_poll_result(const struct viewer *self, PyObject *frame, int error)
{
	if (error == -EAGAIN || error == -EBUSY)
		Py_RETURN_NONE;
	if (error)
		viewer_raise(self, error);
	return frame;
}

/* ---- Iteration ---- */

static PyTypeObject *iterator_type;

struct iterator {
	PyObject_HEAD
	struct viewer *viewer;
	uint64_t ends; /* those before the iteration */
};

PyObject *viewer_frames(PyObject *viewer)
{
	struct iterator *self = PyObject_GC_New(struct iterator, iterator_type);

	if (!self)
		return NULL;
	self->viewer = (struct viewer *)Py_NewRef(viewer);
	self->ends = self->viewer->ends;
	PyObject_GC_Track(self);
	return (PyObject *)self;
}

static PyObject *next(PyObject *object)
{
	const struct iterator *self = (const struct iterator *)object;
	struct deadline deadline;
	PyObject *frame;
	int error;

	if (deadline_parse(NULL, &deadline))
		return NULL;
	frame = viewer_take(self->viewer, &deadline, self->ends, &error);
	if (error && error != -ENODATA) /* the end of the stream is that of the iteration */
		viewer_raise(self->viewer, error);
	return frame;
}

static PyObject *poll_frame(PyObject *object, PyObject *unused)
{
	static const struct deadline no_wait = { .end_ns = INT64_MIN };
	const struct iterator *self = (const struct iterator *)object;
	PyObject *frame;
	int error;

	(void)unused;
	frame = viewer_take(self->viewer, &no_wait, self->ends, &error);
	return viewer_poll_result(self->viewer, frame, error);
}

/* A cycle through the viewer's attributes is broken there. */
static int traverse(PyObject *object, visitproc visit, void *arg)
{
	const struct iterator *self = (const struct iterator *)object;

	Py_VISIT(Py_TYPE(object));
	Py_VISIT(self->viewer);
	return 0;
}

static void dealloc(PyObject *object)
{
	struct iterator *self = (struct iterator *)object;
	PyTypeObject *type = Py_TYPE(object);

	PyObject_GC_UnTrack(object);
	Py_DECREF(self->viewer);
	PyObject_GC_Del(object);
	Py_DECREF(type);
}

static PyMethodDef methods[] = {
	{ "poll", poll_frame, METH_NOARGS, NULL },
	{ NULL, NULL, 0, NULL },
};

int viewer_frames_init(void)
{
	static PyType_Slot slots[] = {
		{ Py_tp_dealloc, dealloc },        { Py_tp_traverse, traverse },
		{ Py_tp_iter, PyObject_SelfIter }, { Py_tp_iternext, next },
		{ Py_tp_methods, methods },        { 0, NULL },
	};
	static PyType_Spec spec = {
		.name = "shmflip._shmflip.Frames",
		.basicsize = sizeof(struct iterator),
		.flags =
			Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_DISALLOW_INSTANTIATION,
		.slots = slots,
	};

	if (!iterator_type)
		iterator_type = (PyTypeObject *)PyType_FromSpec(&spec);
	return iterator_type ? 0 : -1;
}
