/* SPDX-License-Identifier: MIT */
#include "packed.h"

#include <string.h>

static Py_ssize_t total_bytes(struct frame *frame)
{
	Py_ssize_t bytes = 0;

	for (uint32_t plane = 0; plane < frame->handle->planes; plane++)
		bytes += frame_shape(frame, plane)->bytes;
	return bytes;
}

/* Copies between a slot and packed bytes, row by row. */
static void copy_plane(const struct shape *shape, char *to, Py_ssize_t to_stride, const char *from,
                       Py_ssize_t from_stride)
{
	size_t row_bytes = (size_t)shape_row_bytes(shape);

	if (to_stride == from_stride && shape_is_contiguous(shape)) {
		memcpy(to, from, (size_t)shape->bytes);
		return;
	}
	for (Py_ssize_t row = 0; row < shape->sizes[0]; row++)
		memcpy(to + row * to_stride, from + row * from_stride, row_bytes);
}

/* Without the GIL: the frame is in use, so nothing of it changes. */
static void read_planes(const struct frame *frame, char *to)
{
	for (uint32_t plane = 0; plane < frame->handle->planes; plane++) {
		const struct shape *shape = &frame->shapes[plane];

		copy_plane(shape, to, shape_row_bytes(shape),
		           (const char *)frame->handle->plane[plane].pixels, shape->strides[0]);
		to += shape->bytes;
	}
}

/* Likewise. */
static void write_planes(const struct frame *frame, const char *from)
{
	for (uint32_t plane = 0; plane < frame->handle->planes; plane++) {
		const struct shape *shape = &frame->shapes[plane];

		copy_plane(shape, (char *)shmflip_frame_writable(frame->handle, plane),
		           shape->strides[0], from, shape_row_bytes(shape));
		from += shape->bytes;
	}
}

PyObject *packed_read(struct frame *frame)
{
	PyObject *bytes = PyBytes_FromStringAndSize(NULL, total_bytes(frame));

	if (!bytes)
		return NULL;
	frame_begin_use(frame);
	Py_BEGIN_ALLOW_THREADS
	read_planes(frame, PyBytes_AsString(bytes));
	Py_END_ALLOW_THREADS
	frame_end_use(frame);
	return bytes;
}

int packed_write(struct frame *frame, PyObject *bytes)
{
	Py_ssize_t wanted = total_bytes(frame);
	Py_buffer view;

	frame_begin_use(frame); /* Python code of bytes may close it */
	if (PyObject_GetBuffer(bytes, &view, PyBUF_SIMPLE)) {
		frame_end_use(frame);
		return -1;
	}
	if (view.len != wanted) {
		PyErr_Format(PyExc_ValueError, "the frame has %zd bytes, and %zd were given",
		             wanted, view.len);
		PyBuffer_Release(&view);
		frame_end_use(frame);
		return -1;
	}
	Py_BEGIN_ALLOW_THREADS
	write_planes(frame, view.buf);
	Py_END_ALLOW_THREADS
	frame_end_use(frame);
	PyBuffer_Release(&view);
	return 0;
}
