/* SPDX-License-Identifier: MIT */
#include "arguments.h"

#include <stdarg.h>
#include <string.h>

#include "errors.h"

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

int arguments_check_bytes(PyObject *value, const char *name)
{
	return PyObject_CheckBuffer(value) ? 0 : errors_wrong_type(value, name, "bytes");
}

const char *arguments_text(PyObject *value, const char *name)
{
	const char *text;
	Py_ssize_t bytes;

	if (!PyUnicode_Check(value)) {
		errors_wrong_type(value, name, "a str");
		return NULL;
	}
	text = PyUnicode_AsUTF8AndSize(value, &bytes);
	if (text && strlen(text) != (size_t)bytes) {
		errors_bad_argument("%s has a null character: leave it out", name);
		return NULL;
	}
	return text;
}
