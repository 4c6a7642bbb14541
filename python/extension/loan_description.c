/* SPDX-License-Identifier: MIT */
#include "loan_description.h"

#include "arguments.h"
#include "description.h"
#include "docs.h"
#include "errors.h"
#include "numbers.h"

int loan_check(const struct loan *self)
{
	if (!self->frame->closed)
		return frame_check_open(self->frame);
	PyErr_SetString(PyExc_ValueError, "the loan is over: take another one");
	return -1;
}

int loan_check_lent(const struct loan *self)
{
	if (loan_check(self))
		return -1;
	if (self->frame->writable)
		return 0;
	PyErr_SetString(PyExc_ValueError, "the loan is published: reuse() lends its slot again");
	return -1;
}

PyObject *loan_repr(PyObject *object)
{
	const struct loan *self = (const struct loan *)object;

	if (self->frame->closed)
		return PyUnicode_FromString("<shmflip.Loan over>");
	return frame_describe(self->frame, self->frame->writable ? "Loan" : "Loan published");
}

/* ---- Attributes ---- */

static PyObject *get(PyObject *object, void *closure)
{
	const struct loan *self = (const struct loan *)object;
	const struct description_field *field = closure;

	return loan_check(self) ? NULL : description_get(self->frame, field);
}

static int check_value(PyObject *value, const char *name)
{
	if (value)
		return 0;
	PyErr_Format(PyExc_AttributeError, "%s cannot be deleted", name);
	return -1;
}

static int set(PyObject *object, PyObject *value, void *closure)
{
	struct loan *self = (struct loan *)object;
	const struct description_field *field = closure;

	if (loan_check_lent(self) || check_value(value, field->name))
		return -1;
	return description_set(self->frame, field, value);
}

static PyObject *get_sequence(PyObject *self, void *unused)
{
	(void)unused;
	return PyLong_FromUnsignedLongLong(((struct loan *)self)->sequence);
}

static PyObject *get_published_ns(PyObject *object, void *unused)
{
	const struct loan *self = (const struct loan *)object;

	(void)unused;
	if (self->published_ns == SHMFLIP_NO_TIME)
		Py_RETURN_NONE;
	return PyLong_FromLongLong(self->published_ns);
}

static PyObject *get_source(PyObject *object, void *unused)
{
	const struct loan *self = (const struct loan *)object;

	(void)unused;
	if (loan_check(self))
		return NULL;
	return PyUnicode_FromString(self->frame->handle->source);
}

static int set_source(PyObject *object, PyObject *value, void *unused)
{
	struct loan *self = (struct loan *)object;
	const char *text;
	PyObject *bytes;

	(void)unused;
	if (loan_check_lent(self) || check_value(value, "source"))
		return -1;
	text = arguments_text(value, "source");
	bytes = text ? PyBytes_FromString(text) : NULL;
	if (!bytes)
		return -1;
	self->frame->handle->source = PyBytes_AsString(bytes);
	Py_XDECREF(self->source);
	self->source = bytes;
	return 0;
}

static PyObject *get_planes(PyObject *object, void *unused)
{
	struct loan *self = (struct loan *)object;

	(void)unused;
	return loan_check(self) || loan_arrays_make(self) ? NULL : Py_NewRef(self->arrays);
}

static const PyGetSetDef own_attributes[] = {
	{ "planes", get_planes, NULL, DOC_LOAN_PLANES, NULL },
	{ "sequence", get_sequence, NULL, DOC_LOAN_SEQUENCE, NULL },
	{ "published_ns", get_published_ns, NULL, NULL, NULL },
	{ "source", get_source, set_source, NULL, NULL },
	{ NULL, NULL, NULL, NULL, NULL },
};

void loan_description_fill(PyGetSetDef *table)
{
	description_fill_table(table, own_attributes, get, set);
}

/* ---- Metadata ---- */

PyObject *loan_add_metadata(PyObject *object, PyObject *args)
{
	struct loan *self = (struct loan *)object;
	struct shmflip_metadata metadata;
	PyObject *type, *bytes;
	Py_buffer data;
	int error;

	if (!PyArg_ParseTuple(args, "OO:add_metadata", &type, &bytes) ||
	    arguments_check_bytes(bytes, "data") || PyObject_GetBuffer(bytes, &data, PyBUF_SIMPLE))
		return NULL;
	error = number_u32(type, "the type of metadata", 0, UINT32_MAX, &metadata.type);
	if (!error)
		error = loan_check_lent(self);
	if (!error && data.len > SHMFLIP_FRAME_METADATA_MAX)
		error = errors_bad_argument("%zd bytes of metadata are too many: use %d at most",
		                            data.len, SHMFLIP_FRAME_METADATA_MAX);
	if (!error) {
		metadata.bytes = (uint32_t)data.len;
		metadata.data = data.buf;
		error = shmflip_frame_add_metadata(self->frame->handle, &metadata);
		if (error)
			errors_raise(error);
	}
	PyBuffer_Release(&data);
	if (error)
		return NULL;
	Py_RETURN_NONE;
}

/* A type of Python's own may end the loan: the frame checks for itself. */
PyObject *loan_metadata(PyObject *object, PyObject *type)
{
	const struct loan *self = (const struct loan *)object;

	return loan_check(self) ? NULL : description_metadata((PyObject *)self->frame, type);
}
