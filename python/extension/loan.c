/* SPDX-License-Identifier: MIT */
#include "loan.h"

#include <errno.h>
#include <string.h>

#include "arguments.h"
#include "description.h"
#include "docs.h"
#include "errors.h"
#include "frame.h"
#include "loan_arrays.h"
#include "loan_description.h"
#include "packed.h"
#include "protection.h"
#include "refusals.h"

static PyTypeObject *loan_type;

PyObject *loan_new(struct shmflip_frame *handle, PyObject *producer, bool keep)
{
	struct frame *frame = frame_new(handle, NULL);
	struct loan *self;

	if (!frame) {
		shmflip_frame_release(handle);
		return NULL;
	}
	self = PyObject_GC_New(struct loan, loan_type);
	if (!self) {
		Py_DECREF(frame);
		return NULL;
	}
	memset((char *)self + sizeof(PyObject), 0, sizeof(*self) - sizeof(PyObject));
	self->frame = frame;
	self->keep = keep;
	self->producer = Py_NewRef(producer);
	self->published_ns = SHMFLIP_NO_TIME;
	frame->writable = true;
	protection_set(handle, true);
	PyObject_GC_Track(self);
	return (PyObject *)self;
}

/* The slot is released when the last array is gone. */
static void end(struct loan *self)
{
	loan_arrays_forget(self);
	frame_close(self->frame);
}

static PyObject *write_packed(PyObject *object, PyObject *bytes)
{
	struct loan *self = (struct loan *)object;

	if (loan_check_lent(self) || arguments_check_bytes(bytes, "data") ||
	    packed_write(self->frame, bytes))
		return NULL;
	Py_RETURN_NONE;
}

/* ---- The end of a loan ---- */

static int publish(struct loan *self)
{
	struct shmflip_frame *handle = self->frame->handle;
	int error = shmflip_frame_publish(handle);

	if (error) {
		errors_raise(error);
		return -1;
	}
	protection_set(handle, false);
	self->frame->writable = false;
	self->sequence = handle->sequence;
	self->published_ns = handle->published_ns;
	return 0;
}

static PyObject *publish_now(PyObject *object, PyObject *unused)
{
	struct loan *self = (struct loan *)object;
	int error;

	(void)unused;
	if (loan_check_lent(self))
		return NULL;
	error = loan_arrays_finish(self);
	if (!error)
		error = loan_check_lent(self) || publish(self) ? -1 : 0;
	if (!error && self->keep)
		loan_arrays_forget(self);
	else
		end(self);
	if (error)
		return NULL;
	Py_RETURN_NONE;
}

/* Arrays of what was published would change. Callbacks of their weak references run, and may end or
 * lend the loan. */
static int check_unused(struct loan *self)
{
	loan_arrays_forget(self);
	if (self->frame->buffers == 0)
		return 0;
	PyErr_Format(PyExc_BufferError,
	             "%zd arrays of the published frame are in use: delete them first",
	             self->frame->buffers);
	return -1;
}

static int check_published(const struct loan *self)
{
	if (self->frame->closed)
		PyErr_SetString(PyExc_ValueError,
		                "the loan is over: loan(keep=True) keeps the slot for reuse()");
	else if (self->frame->writable)
		PyErr_SetString(PyExc_ValueError, "the loan is not published yet");
	else
		return loan_check(self);
	return -1;
}

static void raise_reuse(const struct loan *self, int error)
{
	if (error == -EAGAIN)
		errors_raise_about(-EAGAIN, self->producer,
		                   "a viewer holds the frame, or it is the newest on",
		                   "publish another one first, or take a new loan");
	else
		errors_raise(error);
}

static PyObject *reuse(PyObject *object, PyObject *unused)
{
	struct loan *self = (struct loan *)object;
	int error;

	(void)unused;
	if (check_published(self) || check_unused(self) || check_published(self))
		return NULL;
	error = shmflip_frame_reuse(self->frame->handle);
	if (error) {
		raise_reuse(self, error);
		return NULL;
	}
	protection_set(self->frame->handle, true);
	self->frame->writable = true;
	self->sequence = 0;
	self->published_ns = SHMFLIP_NO_TIME;
	return Py_NewRef(object);
}

static PyObject *discard(PyObject *object, PyObject *unused)
{
	(void)unused;
	end((struct loan *)object);
	Py_RETURN_NONE;
}

static PyObject *enter(PyObject *object, PyObject *unused)
{
	struct loan *self = (struct loan *)object;

	(void)unused;
	if (loan_check_lent(self) || loan_arrays_make(self))
		return NULL;
	if (PyTuple_Size(self->arrays) == 1)
		return Py_NewRef(PyTuple_GetItem(self->arrays, 0));
	return Py_NewRef(self->arrays);
}

static PyObject *leave(PyObject *object, PyObject *const *args, Py_ssize_t count)
{
	struct loan *self = (struct loan *)object;

	if (count > 0 && args[0] != Py_None)
		return discard(object, NULL);
	if (self->frame->closed || !self->frame->writable)
		Py_RETURN_NONE;
	return publish_now(object, NULL);
}

static int traverse(PyObject *object, visitproc visit, void *arg)
{
	struct loan *self = (struct loan *)object;

	Py_VISIT(Py_TYPE(object));
	Py_VISIT(self->producer);
	Py_VISIT(self->bases);
	Py_VISIT(self->arrays);
	return 0;
}

static int clear(PyObject *object)
{
	struct loan *self = (struct loan *)object;

	end(self);
	Py_CLEAR(self->producer);
	return 0;
}

static void dealloc(PyObject *object)
{
	struct loan *self = (struct loan *)object;
	PyTypeObject *type = Py_TYPE(object);

	PyObject_GC_UnTrack(object);
	clear(object);
	Py_DECREF(self->frame);
	Py_XDECREF(self->source);
	PyObject_GC_Del(object);
	Py_DECREF(type);
}

/* ---- The type ---- */

static PyMethodDef methods[] = {
	{ "metadata", loan_metadata, METH_O, DOC_LOAN_METADATA },
	{ "add_metadata", loan_add_metadata, METH_VARARGS, DOC_LOAN_ADD_METADATA },
	{ "write", write_packed, METH_O, DOC_LOAN_WRITE },
	{ "publish", publish_now, METH_NOARGS, DOC_LOAN_PUBLISH },
	{ "discard", discard, METH_NOARGS, DOC_LOAN_DISCARD },
	{ "reuse", reuse, METH_NOARGS, DOC_LOAN_REUSE },
	{ "__enter__", enter, METH_NOARGS, NULL },
	{ "__exit__", METHOD(leave), METH_FASTCALL, NULL },
	{ "__reduce__", refuse_pickle, METH_NOARGS, NULL },
	{ NULL, NULL, 0, NULL },
};

int loan_init(PyObject *module)
{
	static PyGetSetDef attributes[DESCRIPTION_ATTRIBUTES_MAX];
	static PyType_Slot slots[] = {
		{ Py_tp_dealloc, dealloc },      { Py_tp_traverse, traverse },
		{ Py_tp_clear, clear },          { Py_tp_repr, loan_repr },
		{ Py_tp_methods, methods },      { Py_tp_getset, attributes },
		{ Py_tp_doc, (char *)DOC_LOAN }, { 0, NULL },
	};
	static PyType_Spec spec = {
		.name = "shmflip.Loan",
		.basicsize = sizeof(struct loan),
		.flags =
			Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_DISALLOW_INSTANTIATION,
		.slots = slots,
	};

	if (!loan_type) {
		loan_description_fill(attributes);
		loan_type = (PyTypeObject *)PyType_FromSpec(&spec);
	}
	return loan_type ? PyModule_AddType(module, loan_type) : -1;
}
