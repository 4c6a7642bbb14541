/* SPDX-License-Identifier: MIT */
#include "channels.h"

#include <errno.h>
#include <limits.h>

#include "arguments.h"
#include "classes.h"
#include "docs.h"
#include "errors.h"
#include "numbers.h"
#include "streams.h"

/* Runs while channels are listed, with the GIL. */
static int append(const char *channel, void *list)
{
	PyObject *name = PyUnicode_FromString(channel);
	int error = name ? PyList_Append(list, name) : -1;

	Py_XDECREF(name);
	return error ? 1 : 0;
}

/* channels(dir) */
static PyObject *list_channels(PyObject *module, PyObject *args)
{
	const char *dir;
	PyObject *list;
	int error;

	(void)module;
	if (!PyArg_ParseTuple(args, "O&", arguments_dir, &dir))
		return NULL;
	list = PyList_New(0);
	if (!list)
		return NULL;
	error = shmflip_channel_list(dir, append, list);
	if (!error)
		error = PyList_Sort(list) ? 1 : 0;
	if (!error)
		return list;
	Py_DECREF(list);
	return error < 0 ? errors_raise(error) : NULL;
}

/* status(channel, dir) */
static PyObject *get_status(PyObject *module, PyObject *args)
{
	const struct shmflip_status *status = NULL;
	const char *channel, *dir;
	PyObject *name, *result;
	int error;

	(void)module;
	if (!PyArg_ParseTuple(args, "OO&", &name, arguments_dir, &dir))
		return NULL;
	channel = arguments_text(name, "channel");
	if (!channel)
		return NULL;
	Py_BEGIN_ALLOW_THREADS
	error = shmflip_channel_status(dir, channel, &status);
	Py_END_ALLOW_THREADS
	if (error)
		return errors_raise(error);
	result = classes_status(status);
	shmflip_status_free(status);
	return result;
}

/* The library's line says what a second producer is to do. */
static PyObject *fail_alive(const char *channel)
{
	char detail[128];

	PyOS_snprintf(detail, sizeof(detail), "channel %s has a live producer: nothing was removed",
	              channel);
	errors_raise_with(-EBUSY, detail);
	return NULL;
}

/* clean(channel, dir) */
static PyObject *clean(PyObject *module, PyObject *args)
{
	struct shmflip_removed removed;
	const char *channel, *dir;
	PyObject *name;
	int error;

	(void)module;
	if (!PyArg_ParseTuple(args, "OO&", &name, arguments_dir, &dir))
		return NULL;
	channel = arguments_text(name, "channel");
	if (!channel)
		return NULL;
	shmflip_init(&removed);
	Py_BEGIN_ALLOW_THREADS
	error = shmflip_channel_clean(dir, channel, &removed);
	Py_END_ALLOW_THREADS
	if (error == -EBUSY)
		return fail_alive(channel);
	return error ? errors_raise(error) : classes_removed(&removed);
}

static PyObject *get_default_dir(PyObject *module, PyObject *unused)
{
	char path[PATH_MAX];
	int error = shmflip_default_dir(path, sizeof(path));

	(void)module;
	(void)unused;
	return error ? errors_raise(error) : PyUnicode_DecodeFSDefault(path);
}

static PyObject *find_format(PyObject *module, PyObject *value)
{
	const char *name = arguments_text(value, "format");
	uint32_t fourcc;
	int error;

	(void)module;
	if (!name)
		return NULL;
	error = shmflip_format_find(name, &fourcc);
	return error ? errors_raise(error) : classes_format(shmflip_format_info(fourcc));
}

/* format_layout(name, width, height) */
static PyObject *compute_layout(PyObject *module, PyObject *args, PyObject *keywords)
{
	static const char *const names[] = { "format", "width", "height", NULL };
	struct shmflip_layout layout;
	PyObject *format, *width, *height;
	uint32_t fourcc, columns, rows;
	const char *name;
	int error;

	(void)module;
	if (!arguments_parse(args, keywords, "OOO:format_layout", names, &format, &width,
	                     &height) ||
	    number_u32(width, "width", 1, UINT32_MAX, &columns) ||
	    number_u32(height, "height", 1, UINT32_MAX, &rows))
		return NULL;
	shmflip_init(&layout);
	name = arguments_text(format, "format");
	if (!name)
		return NULL;
	error = shmflip_format_find(name, &fourcc);
	if (!error)
		error = shmflip_format_layout(fourcc, columns, rows, &layout);
	return error ? errors_raise(error) : classes_layout(&layout);
}

/* seconds(value, name): a float, for modules in Python. */
static PyObject *read_seconds(PyObject *module, PyObject *args)
{
	PyObject *value;
	const char *name;
	double number;

	(void)module;
	if (!PyArg_ParseTuple(args, "Os", &value, &name) ||
	    number_real(value, name, "a number of seconds or None", &number))
		return NULL;
	return PyFloat_FromDouble(number);
}

/* stream(tuple): the Stream that producers make of a tuple of flatten(). */
static PyObject *read_stream(PyObject *module, PyObject *tuple)
{
	struct shmflip_stream stream;
	PyObject *result;

	(void)module;
	result = streams_read(tuple, &stream) ? NULL : classes_stream(&stream);
	streams_free(&stream);
	return result;
}

static PyObject *get_version(PyObject *module, PyObject *unused)
{
	uint32_t version = shmflip_version();

	(void)module;
	(void)unused;
	return PyUnicode_FromFormat("%u.%u.%u", (unsigned)(version >> 16),
	                            (unsigned)(version >> 8 & 0xff), (unsigned)(version & 0xff));
}

PyMethodDef channels_functions[] = {
	{ "channels", list_channels, METH_VARARGS, NULL },
	{ "status", get_status, METH_VARARGS, NULL },
	{ "clean", clean, METH_VARARGS, NULL },
	{ "default_dir", get_default_dir, METH_NOARGS, DOC_DEFAULT_DIR },
	{ "format_info", find_format, METH_O, DOC_FORMAT_INFO },
	{ "format_layout", METHOD(compute_layout), METH_VARARGS | METH_KEYWORDS,
	  DOC_FORMAT_LAYOUT },
	{ "seconds", read_seconds, METH_VARARGS, NULL },
	{ "stream", read_stream, METH_O, NULL },
	{ "version", get_version, METH_NOARGS, NULL },
	{ NULL, NULL, 0, NULL },
};
