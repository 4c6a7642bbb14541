/* SPDX-License-Identifier: MIT */
#include "waiting.h"

#include <math.h>

#include "errors.h"
#include "monotonic.h"
#include "numbers.h"

/* Half of what Ctrl-C may take. */
enum { SLICE_MS = 50 };

static const int64_t now_only = INT64_MIN, without_end = INT64_MAX;

int deadline_parse(PyObject *timeout, struct deadline *deadline)
{
	double seconds, ns;

	deadline->end_ns = without_end;
	if (!timeout || timeout == Py_None)
		return 0;
	if (number_real(timeout, "timeout", "a number of seconds or None", &seconds))
		return -1;
	if (isnan(seconds) || seconds < 0)
		return errors_bad_argument("a timeout is 0 or more seconds, or None");
	ns = seconds * 1e9;
	if (seconds == 0)
		deadline->end_ns = now_only;
	else if (ns < (double)(INT64_MAX / 2))
		deadline->end_ns = monotonic_now_ns() + (int64_t)ns;
	return 0;
}

int deadline_slice_ms(const struct deadline *deadline)
{
	int64_t left_ns;

	if (deadline->end_ns == now_only)
		return 0;
	if (deadline->end_ns == without_end)
		return SLICE_MS;
	left_ns = deadline->end_ns - monotonic_now_ns();
	if (left_ns <= 0)
		return 0;
	return left_ns >= SLICE_MS * NS_PER_MS ? SLICE_MS
	                                       : (int)((left_ns + NS_PER_MS - 1) / NS_PER_MS);
}

int deadline_from_arguments(PyObject *const *args, Py_ssize_t count, PyObject *names,
                            struct deadline *deadline)
{
	Py_ssize_t named = names ? PyTuple_Size(names) : 0;
	PyObject *name = named == 1 ? PyTuple_GetItem(names, 0) : NULL;

	if (count + named > 1 || (name && PyUnicode_CompareWithASCIIString(name, "timeout") != 0)) {
		PyErr_SetString(PyExc_TypeError, "the only argument is timeout");
		return -1;
	}
	return deadline_parse(count + named ? args[0] : NULL, deadline);
}
