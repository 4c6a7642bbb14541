/* SPDX-License-Identifier: MIT */
#include "errors.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

#include "shmflip.h"

enum { DETAIL_MAX = 512 };

/* Several rows may have one class; errors without a row are those of the first one. */
static struct {
	int error;
	const char *name;
	PyObject *class;
} classes[] = {
	{ 0, "Error", NULL },
	{ ENOENT, "ChannelNotFound", NULL },
	{ EAGAIN, "Timeout", NULL },
	{ ENODATA, "EndOfStream", NULL },
	{ EPIPE, "ProducerDied", NULL },
	{ EPERM, "Refused", NULL },
	{ EACCES, "Refused", NULL },
	{ EMSGSIZE, "FrameTooLarge", NULL },
	{ EOVERFLOW, "FrameTooLarge", NULL },
	{ EINVAL, "BadArgument", NULL },
	{ ENAMETOOLONG, "BadArgument", NULL },
	{ EBUSY, "Busy", NULL },
	{ ENOBUFS, "Busy", NULL },
	{ EPROTO, "ProtocolError", NULL },
	{ EBADMSG, "ProtocolError", NULL },
	{ EPROTONOSUPPORT, "ProtocolError", NULL },
	{ ECANCELED, "Interrupted", NULL },
};

#define CLASSES (sizeof(classes) / sizeof(classes[0]))

int errors_init(void)
{
	PyObject *module = PyImport_ImportModule("shmflip._errors");

	for (size_t i = 0; module && i < CLASSES; i++) {
		classes[i].class = PyObject_GetAttrString(module, classes[i].name);
		if (!classes[i].class)
			Py_CLEAR(module);
	}
	Py_XDECREF(module);
	return module ? 0 : -1;
}

static PyObject *class_of(int error)
{
	for (size_t i = 1; i < CLASSES; i++)
		if (classes[i].error == -error)
			return classes[i].class;
	return classes[0].class;
}

/* Takes the text, which may be NULL. */
static PyObject *make(int error, PyObject *text)
{
	PyObject *exception = NULL;

	if (text)
		exception = PyObject_CallFunction(class_of(error), "iO", -error, text);
	Py_XDECREF(text);
	return exception;
}

/* Takes the exception, which may be NULL. */
static void raise_exception(int error, PyObject *exception)
{
	if (exception) {
		PyErr_SetObject(class_of(error), exception);
		Py_DECREF(exception);
	}
}

PyObject *errors_make(int error, const char *detail)
{
	/* The detail may name a file of any bytes. */
	return make(error,
	            PyUnicode_DecodeUTF8(detail, (Py_ssize_t)strlen(detail), "backslashreplace"));
}

void errors_raise_with(int error, const char *detail)
{
	raise_exception(error, errors_make(error, detail));
}

/* The library's lines on timeouts and interruptions are constants, because they come often. */
int errors_raise_about(int error, PyObject *handle, const char *what, const char *advice)
{
	PyObject *place = PyObject_GetAttrString(handle, "_place");
	PyObject *text = place ? PyUnicode_FromFormat("%s %S: %s", what, place, advice) : NULL;

	Py_XDECREF(place);
	raise_exception(error, make(error, text));
	return -1;
}

PyObject *errors_raise(int error)
{
	errors_raise_with(error, shmflip_error_detail());
	return NULL;
}

int errors_interrupted(PyObject *handle)
{
	return errors_raise_about(-ECANCELED, handle, "interrupted on",
	                          "call resume() before the next wait");
}

int errors_bad_argument(const char *format, ...)
{
	char detail[DETAIL_MAX];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(detail, sizeof(detail), format, arguments);
	va_end(arguments);
	errors_raise_with(-EINVAL, detail);
	return -1;
}

int errors_wrong_type(PyObject *value, const char *argument, const char *wanted)
{
	PyObject *type = PyType_GetName(Py_TYPE(value));

	if (type)
		PyErr_Format(PyExc_TypeError, "%s must be %s, not %U", argument, wanted, type);
	Py_XDECREF(type);
	return -1;
}

int errors_forked(void)
{
	errors_raise_with(-ECHILD,
	                  "this belongs to the parent process: open another one after the fork");
	return -1;
}
