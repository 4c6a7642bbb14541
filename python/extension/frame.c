/* SPDX-License-Identifier: MIT */
#include "frame.h"

#include <stdlib.h>
#include <string.h>

#include "arguments.h"
#include "arrays.h"
#include "buffer.h"
#include "classes.h"
#include "description.h"
#include "dlpack.h"
#include "docs.h"
#include "errors.h"
#include "packed.h"
#include "refusals.h"

static PyTypeObject *frame_type, *plane_type;

/* ---- Life ---- */

struct frame_holds *frame_holds_new(void)
{
	struct frame_holds *holds = calloc(1, sizeof(*holds));

	if (holds)
		holds->references = 1;
	else
		PyErr_NoMemory();
	return holds;
}

void frame_holds_unref(struct frame_holds *holds)
{
	if (holds && --holds->references == 0)
		free(holds);
}

struct frame *frame_new(struct shmflip_frame *handle, struct frame_holds *holds)
{
	struct frame *self = PyObject_New(struct frame, frame_type);

	if (!self)
		return NULL;
	memset((char *)self + sizeof(PyObject), 0,
	       offsetof(struct frame, shapes) - sizeof(PyObject));
	for (uint32_t plane = 0; plane < SHMFLIP_PLANES_MAX; plane++)
		self->shapes[plane].dimensions = 0;
	self->weak_references = NULL;
	self->handle = handle;
	self->holds = holds;
	if (holds) {
		holds->references++;
		holds->held++;
	}
	orphans_add(&self->memory, handle->plane[0].pixels, handle->slot_bytes);
	return self;
}

static void release(struct frame *self)
{
	struct shmflip_frame *handle = self->handle;

	if (!handle)
		return;
	self->handle = NULL;
	orphans_remove(&self->memory);
	if (self->holds)
		self->holds->held--;
	frame_holds_unref(self->holds);
	self->holds = NULL;
	shmflip_frame_release(handle);
}

void frame_close(struct frame *self)
{
	self->closed = true;
	if (self->buffers == 0)
		release(self);
}

void frame_begin_use(struct frame *self)
{
	self->buffers++;
}

void frame_end_use(struct frame *self)
{
	self->buffers--;
	if (self->closed && self->buffers == 0)
		release(self);
}

static void dealloc(PyObject *object)
{
	struct frame *self = (struct frame *)object;
	PyTypeObject *type = Py_TYPE(object);

	if (self->weak_references)
		PyObject_ClearWeakRefs(object);
	release(self);
	PyObject_Free(object);
	Py_DECREF(type);
}

int frame_check_open(const struct frame *self)
{
	if (self->closed) {
		PyErr_SetString(PyExc_ValueError,
		                "the frame is released: keep frame.copy() of what is needed later");
		return -1;
	}
	return self->memory.forks == orphans_forks ? 0 : errors_forked();
}

/* ---- Pixels ---- */

const struct shape *frame_shape(struct frame *self, uint32_t plane)
{
	if (self->shapes[plane].dimensions == 0)
		shape_of(self->handle, plane, &self->shapes[plane]);
	return &self->shapes[plane];
}

static int check_one_plane(const struct frame *self)
{
	if (frame_check_open(self))
		return -1;
	if (self->handle->planes == 1)
		return 0;
	PyErr_Format(PyExc_BufferError, "the frame has %u planes: use frame.planes",
	             (unsigned)self->handle->planes);
	return -1;
}

static int get_buffer(PyObject *self, Py_buffer *view, int flags)
{
	if (check_one_plane((struct frame *)self))
		return view->obj = NULL, -1;
	return buffer_get((struct frame *)self, 0, self, view, flags);
}

static void put_buffer(PyObject *self, Py_buffer *view)
{
	(void)view;
	frame_end_use((struct frame *)self);
}

PyObject *frame_plane(struct frame *self, uint32_t plane)
{
	struct plane *exporter = PyObject_New(struct plane, plane_type);

	if (exporter) {
		exporter->frame = (struct frame *)Py_NewRef((PyObject *)self);
		exporter->plane = plane;
	}
	return (PyObject *)exporter;
}

/* Makes a tuple of what a function makes of each plane. Meanwhile other threads may run. */
static PyObject *for_planes(struct frame *self, PyObject *(*make)(PyObject *exporter))
{
	uint32_t planes = self->handle->planes;
	PyObject *result = PyTuple_New(planes), *plane, *item;

	frame_begin_use(self);
	for (uint32_t i = 0; result && i < planes; i++) {
		plane = frame_plane(self, i);
		item = plane ? make(plane) : NULL;
		Py_XDECREF(plane);
		if (!item || PyTuple_SetItem(result, i, item) < 0)
			Py_CLEAR(result);
	}
	frame_end_use(self);
	return result;
}

PyObject *frame_arrays(struct frame *self)
{
	return frame_check_open(self) ? NULL : for_planes(self, arrays_of);
}

static PyObject *get_planes(PyObject *self, void *unused)
{
	(void)unused;
	return frame_arrays((struct frame *)self);
}

static PyObject *get_released(PyObject *self, void *unused)
{
	(void)unused;
	return PyBool_FromLong(((struct frame *)self)->closed);
}

static PyObject *copy(PyObject *self, PyObject *unused)
{
	struct frame *frame = (struct frame *)self;

	(void)unused;
	if (frame_check_open(frame))
		return NULL;
	return frame->handle->planes == 1 ? arrays_copy(self) : for_planes(frame, arrays_copy);
}

static PyObject *to_bytes(PyObject *self, PyObject *unused)
{
	(void)unused;
	return frame_check_open((struct frame *)self) ? NULL : packed_read((struct frame *)self);
}

/* NumPy asks for this if there is no buffer. An exception here is what the user sees; without it,
 * NumPy would make an array of objects. */
static PyObject *to_array(PyObject *self, PyObject *args, PyObject *keywords)
{
	static const char *const names[] = { "dtype", "copy", NULL };
	PyObject *dtype = NULL, *want_copy = Py_None;

	if (!arguments_parse(args, keywords, "|OO:__array__", names, &dtype, &want_copy) ||
	    check_one_plane((struct frame *)self))
		return NULL;
	return arrays_numpy(self, dtype == Py_None ? NULL : dtype, want_copy == Py_True);
}

/* ---- Release ---- */

static PyObject *release_now(PyObject *object, PyObject *unused)
{
	struct frame *self = (struct frame *)object;

	(void)unused;
	if (self->buffers > 0 && self->memory.forks != orphans_forks)
		return errors_forked(), NULL;
	if (self->buffers > 0) {
		PyErr_Format(PyExc_BufferError,
		             "%zd arrays of the frame are in use: delete them first, or use "
		             "'with frame:'",
		             self->buffers);
		return NULL;
	}
	frame_close(self);
	Py_RETURN_NONE;
}

static PyObject *enter(PyObject *self, PyObject *unused)
{
	(void)unused;
	return frame_check_open((struct frame *)self) ? NULL : Py_NewRef(self);
}

static PyObject *leave(PyObject *self, PyObject *args)
{
	(void)args;
	frame_close((struct frame *)self);
	Py_RETURN_NONE;
}

PyObject *frame_describe(const struct frame *self, const char *name)
{
	PyObject *format = classes_format_name(self->handle->fourcc), *text;

	if (!format)
		return NULL;
	text = PyUnicode_FromFormat("<shmflip.%s: %ux%u %U>", name, (unsigned)self->handle->width,
	                            (unsigned)self->handle->height, format);
	Py_DECREF(format);
	return text;
}

static PyObject *repr(PyObject *object)
{
	const struct frame *self = (const struct frame *)object;
	char name[64];

	if (self->closed)
		return PyUnicode_FromString("<shmflip.Frame released>");
	PyOS_snprintf(name, sizeof(name), "Frame %llu", (unsigned long long)self->handle->sequence);
	return frame_describe(self, name);
}

/* ---- The type ---- */

static PyMethodDef methods[] = {
	{ "metadata", description_metadata, METH_O, DOC_FRAME_METADATA },
	{ "copy", copy, METH_NOARGS, DOC_FRAME_COPY },
	{ "tobytes", to_bytes, METH_NOARGS, DOC_FRAME_TOBYTES },
	{ "release", release_now, METH_NOARGS, DOC_FRAME_RELEASE },
	{ "__enter__", enter, METH_NOARGS, NULL },
	{ "__exit__", leave, METH_VARARGS, NULL },
	{ "__array__", METHOD(to_array), METH_VARARGS | METH_KEYWORDS, NULL },
	{ "__dlpack__", METHOD(dlpack_export), METH_VARARGS | METH_KEYWORDS, NULL },
	{ "__dlpack_device__", dlpack_device, METH_NOARGS, NULL },
	{ "__reduce__", refuse_pickle, METH_NOARGS, NULL },
	{ NULL, NULL, 0, NULL },
};

static PyGetSetDef own_attributes[] = {
	{ "planes", get_planes, NULL, DOC_FRAME_PLANES, NULL },
	{ "released", get_released, NULL, NULL, NULL },
	{ NULL, NULL, NULL, NULL, NULL },
};

static PyMemberDef members[] = {
	{ "__weaklistoffset__", T_PYSSIZET, offsetof(struct frame, weak_references), READONLY,
	  NULL },
	{ NULL, 0, 0, 0, NULL },
};

static PyObject *make_frame_type(void)
{
	static PyGetSetDef attributes[DESCRIPTION_ATTRIBUTES_MAX];
	PyType_Slot slots[] = {
		{ Py_tp_dealloc, dealloc },
		{ Py_tp_repr, repr },
		{ Py_bf_getbuffer, get_buffer },
		{ Py_bf_releasebuffer, put_buffer },
		{ Py_tp_methods, methods },
		{ Py_tp_getset, attributes },
		{ Py_tp_members, members },
		{ Py_tp_doc, (char *)DOC_FRAME },
		{ 0, NULL },
	};
	PyType_Spec spec = {
		.name = "shmflip.Frame",
		.basicsize = sizeof(struct frame),
		.flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION,
		.slots = slots,
	};

	description_fill_attributes(attributes, own_attributes);
	return PyType_FromSpec(&spec);
}

int frame_init(PyObject *module)
{
	if (!plane_type)
		plane_type = (PyTypeObject *)buffer_make_plane_type();
	if (plane_type && !frame_type)
		frame_type = (PyTypeObject *)make_frame_type();
	return frame_type ? PyModule_AddType(module, frame_type) : -1;
}
