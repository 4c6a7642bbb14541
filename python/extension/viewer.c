/* SPDX-License-Identifier: MIT */
#include "viewer.h"

#include <errno.h>
#include <stdlib.h>

#include "arguments.h"
#include "classes.h"
#include "docs.h"
#include "errors.h"
#include "frame.h"
#include "refusals.h"
#include "streams.h"
#include "viewer_frames.h"
#include "viewer_wait.h"

/* ---- Frames ---- */

static PyObject *acquire(PyObject *object, PyObject *const *args, Py_ssize_t count, PyObject *names)
{
	struct viewer *self = (struct viewer *)object;
	struct deadline deadline;
	PyObject *frame;
	int error;

	if (deadline_from_arguments(args, count, names, &deadline))
		return NULL;
	frame = viewer_take(self, &deadline, self->ends, &error);
	if (error)
		viewer_raise(self, error);
	return frame;
}

static PyObject *poll_frame(PyObject *object, PyObject *unused)
{
	static const struct deadline no_wait = { .end_ns = INT64_MIN };
	struct viewer *self = (struct viewer *)object;
	PyObject *frame;
	int error;

	(void)unused;
	frame = viewer_take(self, &no_wait, self->ends, &error);
	return viewer_poll_result(self, frame, error);
}

/* ---- Other calls ---- */

static PyObject *wait_with(PyObject *object, PyObject *const *args, Py_ssize_t count,
                           PyObject *names, uint64_t ends, viewer_attempt *try)
{
	struct viewer *self = (struct viewer *)object;
	struct deadline deadline;
	int error;

	if (deadline_from_arguments(args, count, names, &deadline))
		return NULL;
	error = viewer_wait_for(self, &deadline, ends, try, NULL);
	if (error < 0)
		viewer_raise(self, error);
	if (error)
		return NULL;
	Py_RETURN_NONE;
}

static PyObject *attach(PyObject *self, PyObject *const *args, Py_ssize_t count, PyObject *names)
{
	return wait_with(self, args, count, names, VIEWER_ANY_ENDS, viewer_try_attach);
}

static PyObject *wait_until_ready(PyObject *self, PyObject *const *args, Py_ssize_t count,
                                  PyObject *names)
{
	uint64_t ends = ((struct viewer *)self)->ends;

	return wait_with(self, args, count, names, ends, viewer_try_wait);
}

static PyObject *get_fileno(PyObject *object, PyObject *unused)
{
	struct viewer *self = (struct viewer *)object;
	int fd;

	(void)unused;
	if (viewer_begin_call(self))
		return NULL;
	fd = shmflip_viewer_fd(self->handle);
	viewer_end_turn(self);
	return fd < 0 ? errors_raise(fd) : PyLong_FromLong(fd);
}

static PyObject *counts(PyObject *object, PyObject *unused)
{
	struct viewer *self = (struct viewer *)object;
	struct shmflip_counts result;
	int error;

	(void)unused;
	shmflip_init(&result);
	if (viewer_begin_call(self))
		return NULL;
	error = shmflip_viewer_counts(self->handle, &result);
	viewer_end_turn(self);
	return error ? errors_raise(error) : classes_counts(&result);
}

static PyObject *get_channel(PyObject *object, void *unused)
{
	struct viewer *self = (struct viewer *)object;
	struct shmflip_stream *stream = NULL;
	const struct shmflip_channel *found;
	struct shmflip_channel channel;
	PyObject *result;
	int error = 0;

	(void)unused;
	if (viewer_begin_call(self))
		return NULL;
	found = shmflip_viewer_channel(self->handle);
	if (found) {
		channel = *found;
		error = streams_copy(channel.stream, &stream);
		channel.stream = stream;
	}
	viewer_end_turn(self); /* before Python code, which may call the viewer */
	result = error ? NULL : classes_channel(found ? &channel : NULL);
	free(stream);
	return result;
}

static PyObject *interrupt(PyObject *object, PyObject *unused)
{
	struct viewer *self = (struct viewer *)object;

	(void)unused;
	if (viewer_check(self))
		return NULL;
	shmflip_viewer_interrupt(self->handle);
	Py_RETURN_NONE;
}

static PyObject *resume(PyObject *object, PyObject *unused)
{
	struct viewer *self = (struct viewer *)object;

	(void)unused;
	if (viewer_check(self))
		return NULL;
	shmflip_viewer_resume(self->handle);
	Py_RETURN_NONE;
}

/* A viewer of the parent counts as closed. */
static PyObject *get_closed(PyObject *object, void *unused)
{
	const struct viewer *self = (const struct viewer *)object;

	(void)unused;
	return PyBool_FromLong(!self->handle || self->closing || self->forks != orphans_forks);
}

/* ---- Life ---- */

static PyObject *new (PyTypeObject *type, PyObject *args, PyObject *keywords)
{
	allocfunc alloc = (allocfunc)PyType_GetSlot(type, Py_tp_alloc);
	struct viewer *self = (struct viewer *)alloc(type, 0);

	(void)args;
	(void)keywords;
	if (!self)
		return NULL;
	self->lock = PyThread_allocate_lock();
	self->holds = frame_holds_new();
	if (self->lock && self->holds)
		return (PyObject *)self;
	PyErr_NoMemory();
	Py_DECREF(self);
	return NULL;
}

/* __init__(channel, dir, view, prefault): shmflip.Viewer has the arguments of users. */
static int init(PyObject *object, PyObject *args, PyObject *keywords)
{
	struct viewer *self = (struct viewer *)object;
	struct shmflip_viewer_options options;
	PyObject *channel;
	int prefault, error;

	(void)keywords;
	shmflip_init(&options);
	if (!PyArg_ParseTuple(args, "OO&Ip", &channel, arguments_dir, &options.dir, &options.view,
	                      &prefault))
		return -1;
	options.channel = arguments_text(channel, "channel");
	if (!options.channel)
		return -1;
	if (self->handle || self->closing) {
		PyErr_SetString(PyExc_TypeError, "a viewer is opened once: make another one");
		return -1;
	}
	options.flags = SHMFLIP_VIEWER_ANY_FORMAT | (prefault ? SHMFLIP_VIEWER_PREFAULT : 0);
	self->forks = orphans_forks;
	error = shmflip_viewer_open(&options, &self->handle);
	if (error)
		errors_raise(error);
	return error ? -1 : 0;
}

/* With the lock, without the GIL in between. */
static void close_handle(struct viewer *self)
{
	struct shmflip_viewer *handle = self->handle;

	self->handle = NULL;
	Py_BEGIN_ALLOW_THREADS
	shmflip_viewer_close(handle);
	Py_END_ALLOW_THREADS
}

/* In a child, a thread of the parent may have had the lock: then the memory stays. */
static void close_orphan(struct viewer *self)
{
	if (PyThread_acquire_lock(self->lock, NOWAIT_LOCK)) {
		close_handle(self);
		viewer_end_turn(self);
	}
	self->handle = NULL;
}

static PyObject *close_viewer(PyObject *object, PyObject *unused)
{
	struct viewer *self = (struct viewer *)object;

	(void)unused;
	if (self->handle && self->forks != orphans_forks) {
		close_orphan(self);
	} else if (self->handle) {
		self->closing = true;
		shmflip_viewer_interrupt(self->handle);
		if (viewer_begin_close(self)) {
			close_handle(self);
			viewer_end_turn(self);
		}
	}
	Py_RETURN_NONE;
}

static void dealloc(PyObject *object)
{
	struct viewer *self = (struct viewer *)object;
	PyTypeObject *type = Py_TYPE(object);
	freefunc release = (freefunc)PyType_GetSlot(type, Py_tp_free);

	if (self->lock) {
		Py_XDECREF(close_viewer(object, NULL));
		PyThread_free_lock(self->lock);
	}
	frame_holds_unref(self->holds);
	release(object);
	Py_DECREF(type);
}

/* ---- The type ---- */

static PyMethodDef methods[] = {
	{ "acquire", METHOD(acquire), METH_FASTCALL | METH_KEYWORDS, DOC_VIEWER_ACQUIRE },
	{ "poll", poll_frame, METH_NOARGS, DOC_VIEWER_POLL },
	{ "attach", METHOD(attach), METH_FASTCALL | METH_KEYWORDS, DOC_VIEWER_ATTACH },
	{ "wait", METHOD(wait_until_ready), METH_FASTCALL | METH_KEYWORDS, DOC_VIEWER_WAIT },
	{ "fileno", get_fileno, METH_NOARGS, DOC_VIEWER_FILENO },
	{ "counts", counts, METH_NOARGS, NULL },
	{ "interrupt", interrupt, METH_NOARGS, DOC_VIEWER_INTERRUPT },
	{ "resume", resume, METH_NOARGS, NULL },
	{ "close", close_viewer, METH_NOARGS, DOC_VIEWER_CLOSE },
	{ "__reduce__", refuse_pickle, METH_NOARGS, NULL },
	{ NULL, NULL, 0, NULL },
};

static PyGetSetDef attributes[] = {
	{ "channel", get_channel, NULL, DOC_VIEWER_CHANNEL, NULL },
	{ "closed", get_closed, NULL, NULL, NULL },
	{ NULL, NULL, NULL, NULL, NULL },
};

int viewer_init(PyObject *module)
{
	static PyTypeObject *viewer_type;
	static PyType_Slot slots[] = {
		{ Py_tp_new, new },
		{ Py_tp_init, init },
		{ Py_tp_dealloc, dealloc },
		{ Py_tp_iter, viewer_frames },
		{ Py_tp_methods, methods },
		{ Py_tp_getset, attributes },
		{ Py_tp_doc, (char *)DOC_VIEWER },
		{ 0, NULL },
	};
	static PyType_Spec spec = {
		.name = "shmflip._shmflip.Viewer",
		.basicsize = sizeof(struct viewer),
		.flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
		.slots = slots,
	};

	if (!viewer_type)
		viewer_type = (PyTypeObject *)PyType_FromSpec(&spec);
	if (!viewer_type || viewer_frames_init())
		return -1;
	return PyModule_AddType(module, viewer_type);
}
