/* SPDX-License-Identifier: MIT */
#include "numbers.h"

#include "errors.h"
#include "shmflip.h"

static int refuse(const char *name, const char *bounds)
{
	if (!PyErr_ExceptionMatches(PyExc_OverflowError))
		return -1;
	PyErr_Clear();
	return errors_bad_argument("%s is out of range: use %s", name, bounds);
}

int number_u64(PyObject *value, const char *name, uint64_t *number)
{
	PyObject *integer = PyNumber_Index(value);
	unsigned long long result;

	if (!integer)
		return -1;
	result = PyLong_AsUnsignedLongLong(integer);
	Py_DECREF(integer);
	if (PyErr_Occurred())
		return refuse(name, "0 to 2^64 - 1");
	*number = result;
	return 0;
}

int number_u32(PyObject *value, const char *name, uint32_t *number)
{
	PyObject *integer = PyNumber_Index(value);
	int overflow;
	long long result;

	if (!integer)
		return -1;
	result = PyLong_AsLongLongAndOverflow(integer, &overflow);
	Py_DECREF(integer);
	if (overflow || result < 0 || result > UINT32_MAX)
		return errors_bad_argument("%s is out of range: use 0 to 2^32 - 1", name);
	*number = (uint32_t)result;
	return 0;
}

int number_time(PyObject *value, const char *name, int64_t *number)
{
	PyObject *integer;
	long long result;

	if (value == Py_None) {
		*number = SHMFLIP_NO_TIME;
		return 0;
	}
	integer = PyNumber_Index(value);
	if (!integer)
		return -1;
	result = PyLong_AsLongLong(integer);
	Py_DECREF(integer);
	if (result == -1 && PyErr_Occurred())
		return refuse(name, "nanoseconds between -2^62 and 2^62");
	*number = result;
	return 0;
}
