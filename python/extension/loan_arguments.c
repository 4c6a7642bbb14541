/* SPDX-License-Identifier: MIT */
#include "loan_arguments.h"

#include "arguments.h"
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
	const char *name = arguments_text(value, "format");
	int error = name ? shmflip_format_find(name, fourcc) : 0;

	if (error)
		errors_raise(error);
	return name && !error ? 0 : -1;
}

static int read_size(PyObject *value, const char *name, uint32_t *size)
{
	return number_u32(value, name, 1, UINT32_MAX, size);
}

static bool is_name(PyObject *name, const char *text)
{
	return PyUnicode_CompareWithASCIIString(name, text) == 0;
}

static int read_keep(PyObject *value, bool *keep)
{
	int is_true = PyObject_IsTrue(value);

	*keep = is_true > 0;
	return is_true < 0 ? -1 : 0;
}

static int read_argument(PyObject *name, PyObject *value, struct loan_arguments *arguments,
                         PyObject **timeout)
{
	struct loan_difference *difference = &arguments->difference;
	bool is_none = value == Py_None;

	if (is_name(name, "timeout"))
		return *timeout = value, 0;
	if (is_name(name, "keep"))
		return read_keep(value, &arguments->keep);
	difference->any |= !is_none;
	if (is_name(name, "width"))
		return is_none ? 0 : read_size(value, "width", &difference->width);
	if (is_name(name, "height"))
		return is_none ? 0 : read_size(value, "height", &difference->height);
	if (is_name(name, "format"))
		return is_none ? 0 : read_format(value, &difference->fourcc);
	PyErr_Format(PyExc_TypeError, "loan() has no argument %U", name);
	return -1;
}

int loan_arguments_read(PyObject *const *args, Py_ssize_t count, PyObject *names,
                        struct loan_arguments *arguments)
{
	PyObject *timeout = NULL;
	int error = 0;

	arguments->difference = (struct loan_difference){ 0 };
	arguments->keep = false;
	for (Py_ssize_t i = 0; !error && names && i < PyTuple_Size(names); i++)
		error = read_argument(PyTuple_GetItem(names, i), args[count + i], arguments,
		                      &timeout);
	if (!error && count > (timeout ? 0 : 1)) {
		PyErr_SetString(PyExc_TypeError, "loan() takes timeout, and others by name");
		return -1;
	}
	if (count > 0)
		timeout = args[0];
	return error ? -1 : deadline_parse(timeout, &arguments->deadline);
}
