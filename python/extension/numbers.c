/* SPDX-License-Identifier: MIT */
#include "numbers.h"

#include "errors.h"
#include "shmflip.h"

/* Times that the library takes are less. */
#define TIME_END (INT64_C(1) << 62)

static PyObject *read_integer(PyObject *value, const char *name)
{
	PyObject *integer = PyIndex_Check(value) ? PyNumber_Index(value) : NULL;

	if (integer || (PyErr_Occurred() && !PyErr_ExceptionMatches(PyExc_TypeError)))
		return integer;
	PyErr_Clear();
	errors_wrong_type(value, name, "an integer");
	return NULL;
}

int number_u64(PyObject *value, const char *name, uint64_t *number)
{
	PyObject *integer = read_integer(value, name);
	unsigned long long result;

	if (!integer)
		return -1;
	result = PyLong_AsUnsignedLongLong(integer);
	Py_DECREF(integer);
	if (PyErr_Occurred()) {
		PyErr_Clear();
		return errors_bad_argument("%s is out of range: use 0 to 2^64 - 1", name);
	}
	*number = result;
	return 0;
}

/* Reads an integer, which is one more or less than the bounds if it is beyond them. */
static int read_within(PyObject *value, const char *name, int64_t min, int64_t max, int64_t *number)
{
	PyObject *integer = read_integer(value, name);
	long long result;
	int overflow;

	if (!integer)
		return -1;
	result = PyLong_AsLongLongAndOverflow(integer, &overflow);
	Py_DECREF(integer);
	if (overflow < 0 || (overflow == 0 && result < min))
		*number = min - 1;
	else if (overflow > 0 || result > max)
		*number = max + 1;
	else
		*number = result;
	return 0;
}

int number_u32(PyObject *value, const char *name, uint32_t min, uint32_t max, uint32_t *number)
{
	int64_t result;

	if (read_within(value, name, min, max, &result))
		return -1;
	if (result >= min && result <= max) {
		*number = (uint32_t)result;
		return 0;
	}
	if (max >= UINT32_MAX - 1)
		return errors_bad_argument("%s is out of range: use %u to 2^32 - %u", name, min,
		                           0 - max);
	return errors_bad_argument("%s is out of range: use %u to %u", name, min, max);
}

static int read_time(PyObject *value, const char *name, int64_t min, const char *bounds,
                     int64_t *number)
{
	int64_t result = SHMFLIP_NO_TIME;

	if (value != Py_None) {
		if (read_within(value, name, min, TIME_END - 1, &result))
			return -1;
		if (result < min || result == TIME_END)
			return errors_bad_argument("%s is out of range: use %s", name, bounds);
	}
	*number = result;
	return 0;
}

int number_time(PyObject *value, const char *name, int64_t *number)
{
	return read_time(value, name, -TIME_END + 1, "nanoseconds between -2^62 and 2^62, or None",
	                 number);
}

int number_duration(PyObject *value, const char *name, int64_t *number)
{
	return read_time(value, name, 0, "0 to 2^62 - 1 nanoseconds, or None", number);
}

int number_real(PyObject *value, const char *name, const char *wanted, double *number)
{
	/* Without a float in between, whose memory takes long. */
	*number = PyLong_Check(value) ? PyLong_AsDouble(value) : PyFloat_AsDouble(value);
	if (*number != -1 || !PyErr_Occurred())
		return 0;
	if (PyErr_ExceptionMatches(PyExc_TypeError)) {
		PyErr_Clear();
		return errors_wrong_type(value, name, wanted);
	}
	if (!PyErr_ExceptionMatches(PyExc_OverflowError))
		return -1;
	PyErr_Clear();
	return errors_bad_argument("%s is out of range: use less than 10^308", name);
}
