/* SPDX-License-Identifier: MIT */
#include "loan_arrays.h"

#include "arrays.h"

/* References to a base that are no further views: the tuple's, and the array's. */
enum { OWN_REFERENCES = 2 };

static PyObject *make_views(PyObject *bases)
{
	Py_ssize_t count = PyTuple_Size(bases);
	PyObject *views = PyTuple_New(count), *view;

	for (Py_ssize_t i = 0; views && i < count; i++) {
		view = arrays_view(PyTuple_GetItem(bases, i));
		if (!view || PyTuple_SetItem(views, i, view) < 0)
			Py_CLEAR(views);
	}
	return views;
}

/* Keeps the arrays, unless another thread has made some, or ended the loan, meanwhile. */
static int keep(struct loan *self, PyObject *bases, PyObject *arrays)
{
	int is_over = self->frame->closed;

	if (is_over || self->arrays) {
		Py_XDECREF(bases);
		Py_DECREF(arrays);
	} else {
		self->bases = bases;
		self->arrays = arrays;
	}
	if (is_over)
		PyErr_SetString(PyExc_ValueError, "the loan is over: take another one");
	return is_over ? -1 : 0;
}

int loan_arrays_make(struct loan *self)
{
	int have_numpy = arrays_have_numpy();
	PyObject *arrays, *views;

	if (self->arrays)
		return 0;
	arrays = have_numpy < 0 ? NULL : frame_arrays(self->frame);
	if (!arrays)
		return -1;
	if (!have_numpy)
		return keep(self, NULL, arrays);
	views = make_views(arrays);
	if (views)
		return keep(self, arrays, views);
	Py_DECREF(arrays);
	return -1;
}

static int fail_views(void)
{
	PyErr_SetString(PyExc_BufferError,
	                "views of the loan's array are still in use, so nothing is published: "
	                "delete them before the end of the block");
	return -1;
}

/* NumPy's arrays become read-only. */
static int finish_numpy(const struct frame *frame, PyObject *bases, PyObject *arrays)
{
	Py_ssize_t count = PyTuple_Size(bases);
	int error = 0;

	for (Py_ssize_t i = 0; !error && i < count; i++)
		if (Py_REFCNT(PyTuple_GetItem(bases, i)) > OWN_REFERENCES)
			error = fail_views();
	if (!error && frame->buffers > count)
		error = fail_views();
	for (Py_ssize_t i = 0; !error && i < count; i++) {
		error = arrays_take_right_to_write(PyTuple_GetItem(arrays, i));
		if (!error)
			error = arrays_take_right_to_write(PyTuple_GetItem(bases, i));
	}
	return error;
}

/* Memoryviews are released. Those of parts are found by their buffer. */
static int finish_memoryviews(const struct frame *frame, PyObject *arrays)
{
	Py_ssize_t count = PyTuple_Size(arrays);
	PyObject *none;

	for (Py_ssize_t i = 0; i < count; i++) {
		none = PyObject_CallMethod(PyTuple_GetItem(arrays, i), "release", NULL);
		if (!none)
			return PyErr_ExceptionMatches(PyExc_BufferError) ? fail_views() : -1;
		Py_DECREF(none);
	}
	return frame->buffers > 0 ? fail_views() : 0;
}

/* Callbacks of weak references to arrays may make other ones, so none may be left here then. */
void loan_arrays_forget(struct loan *self)
{
	PyObject *arrays = self->arrays, *bases = self->bases;

	self->arrays = NULL;
	self->bases = NULL;
	Py_XDECREF(arrays);
	Py_XDECREF(bases);
}

/* Python code may run meanwhile, and end the loan. While arrays exist, reuse() is refused. */
int loan_arrays_finish(struct loan *self)
{
	PyObject *bases = Py_XNewRef(self->bases), *arrays = Py_XNewRef(self->arrays);
	int error;

	if (bases)
		error = finish_numpy(self->frame, bases, arrays);
	else if (arrays)
		error = finish_memoryviews(self->frame, arrays);
	else
		error = self->frame->buffers > 0 ? fail_views() : 0;
	Py_XDECREF(bases);
	Py_XDECREF(arrays);
	return error;
}
