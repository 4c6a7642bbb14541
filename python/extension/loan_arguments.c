/* SPDX-License-Identifier: MIT */
#include "loan_arguments.h"

#include "errors.h"
#include "numbers.h"

int loan_difference_apply(struct shmflip_frame *frame, const struct loan_difference *difference)
{
	int error;

	if (difference->fourcc)
		frame->fourcc = difference->fourcc;
	if (difference->width)
		frame->width = difference->width;
	if (difference->height)
		frame->height = difference->height;
	if (frame->width == 0 || frame->height == 0)
		return errors_bad_argument(
			"the stream has no size: give width and height to loan()");
	error = difference->any ? shmflip_frame_layout(frame) : 0;
	if (error)
		errors_raise(error);
	return error ? -1 : 0;
}

static int read_format(PyObject *value, uint32_t *fourcc)
{
	PyObject *bytes = PyUnicode_AsUTF8String(value);
	int error;

	if (!bytes)
		return -1;
	error = shmflip_format_find(PyBytes_AsString(bytes), fourcc);
	Py_DECREF(bytes);
	if (error)
		errors_raise(error);
	return error ? -1 : 0;
}

static int read_argument(PyObject *name, PyObject *value, struct loan_difference *difference,
                         PyObject **timeout)
{
	if (PyUnicode_CompareWithASCIIString(name, "timeout") == 0)
		return *timeout = value, 0;
	if (value == Py_None)
		return 0;
	difference->any = true;
	if (PyUnicode_CompareWithASCIIString(name, "width") == 0)
		return number_u32(value, "width", &difference->width);
	if (PyUnicode_CompareWithASCIIString(name, "height") == 0)
		return number_u32(value, "height", &difference->height);
	if (PyUnicode_CompareWithASCIIString(name, "format") == 0)
		return read_format(value, &difference->fourcc);
	PyErr_Format(PyExc_TypeError, "loan() has no argument %U", name);
	return -1;
}

int loan_arguments_read(PyObject *const *args, Py_ssize_t count, PyObject *names,
                        struct loan_difference *difference, struct deadline *deadline)
{
	PyObject *timeout = count > 0 ? args[0] : NULL;
	int error = 0;

	if (count > 1) {
		PyErr_SetString(PyExc_TypeError, "loan() takes timeout, and others by name");
		return -1;
	}
	for (Py_ssize_t i = 0; !error && names && i < PyTuple_Size(names); i++)
		error = read_argument(PyTuple_GetItem(names, i), args[count + i], difference,
		                      &timeout);
	return error ? -1 : deadline_parse(timeout, deadline);
}
