/* SPDX-License-Identifier: MIT */
#include "arguments.h"

#include <stdarg.h>
#include <stdint.h>

bool arguments_parse(PyObject *args, PyObject *keywords, const char *format,
                     const char *const *names, ...)
{
	va_list results;
	int parsed;

	va_start(results, names);
	parsed = PyArg_VaParseTupleAndKeywords(args, keywords, format, (char **)names, results);
	va_end(results);
	return parsed != 0;
}

int arguments_dir(PyObject *value, void *dir)
{
	char *text = NULL;

	if (value != Py_None && PyBytes_AsStringAndSize(value, &text, NULL) < 0)
		return 0;
	*(const char **)dir = text;
	return 1;
}

PyObject *arguments_text(PyObject *value, const char *name, const char **text)
{
	PyObject *bytes;

	if (!value || !PyUnicode_Check(value)) {
		PyErr_Format(PyExc_TypeError, "%s is a str", name);
		return NULL;
	}
	bytes = PyUnicode_AsUTF8String(value);
	if (bytes && PyBytes_AsStringAndSize(bytes, (char **)(uintptr_t)text, NULL) < 0)
		Py_CLEAR(bytes);
	return bytes;
}
