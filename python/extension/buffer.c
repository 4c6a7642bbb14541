/* SPDX-License-Identifier: MIT */
#include "buffer.h"

#include <stdint.h>

static int refuse(Py_buffer *view, const char *why)
{
	view->obj = NULL;
	PyErr_SetString(PyExc_BufferError, why);
	return -1;
}

static int wants(int flags, int flag)
{
	return (flags & flag) == flag;
}

/* Who does not read strides must get rows without gaps. */
static int suits(const struct shape *shape, int flags)
{
	if (wants(flags, PyBUF_F_CONTIGUOUS) && !wants(flags, PyBUF_ANY_CONTIGUOUS))
		return 0;
	if (wants(flags, PyBUF_STRIDES) && !wants(flags, PyBUF_C_CONTIGUOUS) &&
	    !wants(flags, PyBUF_ANY_CONTIGUOUS))
		return 1;
	return shape_is_contiguous(shape);
}

int buffer_get(struct frame *frame, uint32_t plane, PyObject *exporter, Py_buffer *view, int flags)
{
	struct shape *shape;

	if (frame_check_open(frame))
		return view->obj = NULL, -1;
	if (wants(flags, PyBUF_WRITABLE) && !frame->writable)
		return refuse(view, "frames are read-only: write to frame.copy()");
	shape = (struct shape *)frame_shape(frame, plane);
	if (!suits(shape, flags))
		return refuse(view, "rows lie apart: use frame.copy() or frame.tobytes()");
	*view = (Py_buffer){
		.buf = (void *)(uintptr_t)frame->handle->plane[plane].pixels,
		.obj = Py_NewRef(exporter),
		.len = shape->bytes,
		.itemsize = shape->sample_bytes,
		.readonly = !frame->writable,
		.ndim = wants(flags, PyBUF_ND) ? shape->dimensions : 1,
		.format = wants(flags, PyBUF_FORMAT) ? (char *)(uintptr_t)shape->code : NULL,
		.shape = wants(flags, PyBUF_ND) ? shape->sizes : NULL,
		.strides = wants(flags, PyBUF_STRIDES) ? shape->strides : NULL,
	};
	frame_begin_use(frame);
	return 0;
}

/* ---- A plane ---- */

static int plane_get(PyObject *self, Py_buffer *view, int flags)
{
	struct plane *plane = (struct plane *)self;

	return buffer_get(plane->frame, plane->plane, self, view, flags);
}

static void plane_put(PyObject *self, Py_buffer *view)
{
	(void)view;
	frame_end_use(((struct plane *)self)->frame);
}

static void plane_dealloc(PyObject *self)
{
	PyTypeObject *type = Py_TYPE(self);

	Py_DECREF(((struct plane *)self)->frame);
	PyObject_Free(self);
	Py_DECREF(type);
}

PyObject *buffer_make_plane_type(void)
{
	static PyType_Slot slots[] = {
		{ Py_tp_dealloc, plane_dealloc },
		{ Py_bf_getbuffer, plane_get },
		{ Py_bf_releasebuffer, plane_put },
		{ 0, NULL },
	};
	static PyType_Spec spec = {
		.name = "shmflip.Plane",
		.basicsize = sizeof(struct plane),
		.flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION,
		.slots = slots,
	};

	return PyType_FromSpec(&spec);
}
