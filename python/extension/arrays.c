/* SPDX-License-Identifier: MIT */
#include "arrays.h"

/* NumPy's functions, once it is imported. */
static PyObject *asarray, *array, *view, *setflags;
static int missing;

static PyObject *find(PyObject *module, const char *class, const char *name)
{
	PyObject *type = PyObject_GetAttrString(module, class);
	PyObject *method = type ? PyObject_GetAttrString(type, name) : NULL;

	Py_XDECREF(type);
	return method;
}

static int import_numpy(void)
{
	PyObject *module;

	if (asarray)
		return 0;
	module = PyImport_ImportModule("numpy");
	if (!module)
		return -1;
	array = PyObject_GetAttrString(module, "array");
	view = find(module, "ndarray", "view");
	setflags = find(module, "ndarray", "setflags");
	if (array && view && setflags)
		asarray = PyObject_GetAttrString(module, "asarray");
	Py_DECREF(module);
	return asarray ? 0 : -1;
}

int arrays_have_numpy(void)
{
	if (missing)
		return 0;
	if (import_numpy() == 0)
		return 1;
	if (!PyErr_ExceptionMatches(PyExc_ModuleNotFoundError))
		return -1;
	PyErr_Clear();
	missing = 1;
	return 0;
}

PyObject *arrays_of(PyObject *exporter)
{
	int have = arrays_have_numpy();

	if (have < 0)
		return NULL;
	return have ? PyObject_CallFunctionObjArgs(asarray, exporter, NULL)
	            : PyMemoryView_FromObject(exporter);
}

PyObject *arrays_numpy(PyObject *exporter, PyObject *dtype, int copy)
{
	PyObject *memory, *result;

	if (import_numpy())
		return NULL;
	/* asarray() of the exporter itself would call its __array__ again if it has no buffer. */
	memory = PyMemoryView_FromObject(exporter);
	if (!memory)
		return NULL;
	result = PyObject_CallFunctionObjArgs(copy ? array : asarray, memory, dtype, NULL);
	Py_DECREF(memory);
	return result;
}

PyObject *arrays_view(PyObject *base)
{
	return PyObject_CallFunctionObjArgs(view, base, NULL);
}

int arrays_take_right_to_write(PyObject *base)
{
	PyObject *none = PyObject_CallFunctionObjArgs(setflags, base, Py_False, NULL);

	Py_XDECREF(none);
	return none ? 0 : -1;
}

/* A memoryview of a bytearray, with the shape of the exporter's view. */
static PyObject *copy_memory(PyObject *memory, const Py_buffer *from)
{
	PyObject *bytes = PyByteArray_FromStringAndSize(NULL, from->len);
	PyObject *flat = NULL, *shape = NULL, *result = NULL;

	if (bytes && PyBuffer_ToContiguous(PyByteArray_AsString(bytes), (Py_buffer *)from,
	                                   from->len, 'C') == 0) {
		flat = PyMemoryView_FromObject(bytes);
		shape = PyObject_GetAttrString(memory, "shape");
	}
	if (flat && shape)
		result = PyObject_CallMethod(flat, "cast", "sO", from->format, shape);
	Py_XDECREF(shape);
	Py_XDECREF(flat);
	Py_XDECREF(bytes);
	return result;
}

static PyObject *copy_without_numpy(PyObject *exporter)
{
	PyObject *memory = PyMemoryView_FromObject(exporter), *result = NULL;
	Py_buffer buffer;

	if (memory && PyObject_GetBuffer(memory, &buffer, PyBUF_FULL_RO) == 0) {
		result = copy_memory(memory, &buffer);
		PyBuffer_Release(&buffer);
	}
	Py_XDECREF(memory);
	return result;
}

PyObject *arrays_copy(PyObject *exporter)
{
	int have = arrays_have_numpy();

	if (have < 0)
		return NULL;
	return have ? PyObject_CallFunctionObjArgs(array, exporter, NULL)
	            : copy_without_numpy(exporter);
}
