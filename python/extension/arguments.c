/* SPDX-License-Identifier: MIT */
#include "arguments.h"

#include <stdarg.h>

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
