/* SPDX-License-Identifier: MIT
 *
 * The library wants one thread at a time at a viewer. So a lock, which the thread that waits gives
 * up between slices. */
#include "viewer.h"

#include <errno.h>
#include <stdbool.h>
#include <unistd.h>

#include "classes.h"
#include "errors.h"
#include "frame.h"
#include "refusals.h"
#include "waiting.h"

/* How long a thread that waits for a frame leaves the lock to those that wait for the lock. */
enum { TURN_US = 1000 };

struct viewer {
	PyObject_HEAD struct shmflip_viewer *handle; /* NULL: closed */
	PyThread_type_lock lock;
	unsigned queued; /* threads that wait for the lock */
	bool closing;
	unsigned forks;
	unsigned slots; /* of the channel, when the last frame was taken */
	struct frame_holds *holds;
};

/* ---- Turns ---- */

static int check(const struct viewer *self)
{
	if (!self->handle || self->closing) {
		PyErr_SetString(PyExc_ValueError, "the viewer is closed");
		return -1;
	}
	return self->forks == orphans_forks ? 0 : errors_forked();
}

static void end_turn(struct viewer *self)
{
	PyThread_release_lock(self->lock);
}

static bool wait_for_lock(struct viewer *self, int slice_ms)
{
	PyLockStatus status;

	self->queued++;
	Py_BEGIN_ALLOW_THREADS status =
		PyThread_acquire_lock_timed(self->lock, (long long)slice_ms * 1000, 1);
	Py_END_ALLOW_THREADS self->queued--;
	return status == PY_LOCK_ACQUIRED;
}

/* Takes the lock of an open viewer. Returns 0, -EAGAIN if the time is over, or -1 with an
 * exception. */
static int begin_turn(struct viewer *self, const struct deadline *deadline)
{
	int again;

	for (;;) {
		if (check(self))
			return -1;
		if (PyThread_acquire_lock(self->lock, NOWAIT_LOCK))
			return 0;
		if (wait_for_lock(self, deadline_slice_ms(deadline))) {
			if (check(self))
				return end_turn(self), -1;
			return 0;
		}
		again = deadline_continue(deadline);
		if (again <= 0)
			return again < 0 ? -1 : -EAGAIN;
	}
}

/* Takes the lock, for a call that does not wait itself. */
static int begin_call(struct viewer *self)
{
	struct deadline deadline;

	return deadline_parse(NULL, &deadline) ? -1 : begin_turn(self, &deadline);
}

static void let_others_take_turns(struct viewer *self)
{
	if (self->queued == 0)
		return;
	Py_BEGIN_ALLOW_THREADS usleep(TURN_US);
	Py_END_ALLOW_THREADS
}

static int raise_error(const struct viewer *self, int error)
{
	if (error == -ECANCELED && self->closing)
		return check(self);
	errors_raise(error);
	return -1;
}

/* ---- Waits ---- */

/* What a wait waits for: calls the library once, for some milliseconds. */
typedef int attempt(struct viewer *self, int timeout_ms, void *result);

/* Makes attempts until one has another result than -EAGAIN and -EINTR, or the time is over. Returns
 * that result, or 1 with an exception. */
static int wait_for(struct viewer *self, const struct deadline *deadline, attempt *try,
                    void *result)
{
	int error, again;

	for (;;) {
		error = begin_turn(self, deadline);
		if (error == -1)
			return 1;
		if (!error) {
			error = try(self, deadline_slice_ms(deadline), result);
			end_turn(self);
		}
		if (error != -EAGAIN && error != -EINTR)
			return error;
		again = deadline_continue(deadline);
		if (again < 0)
			return 1;
		if (!again)
			return -EAGAIN;
		let_others_take_turns(self);
	}
}

/* A frame that is ready is taken with the GIL held: to get it back can take long beside threads
 * that compute. Attaching takes long itself. */
static int try_acquire(struct viewer *self, int timeout_ms, void *result)
{
	const struct shmflip_channel *channel = shmflip_viewer_channel(self->handle);
	int error = -EAGAIN;

	if (channel)
		error = shmflip_viewer_acquire(self->handle, result, 0);
	if (error == -EAGAIN && (timeout_ms > 0 || !channel)) {
		Py_BEGIN_ALLOW_THREADS error =
			shmflip_viewer_acquire(self->handle, result, timeout_ms);
		Py_END_ALLOW_THREADS
	}
	channel = error ? NULL : shmflip_viewer_channel(self->handle);
	if (channel)
		self->slots = channel->slots;
	return error;
}

static int try_attach(struct viewer *self, int timeout_ms, void *unused)
{
	int error;

	(void)unused;
	Py_BEGIN_ALLOW_THREADS error = shmflip_viewer_attach(self->handle, timeout_ms);
	Py_END_ALLOW_THREADS return error;
}

static int try_wait(struct viewer *self, int timeout_ms, void *unused)
{
	int error;

	(void)unused;
	Py_BEGIN_ALLOW_THREADS error = shmflip_viewer_wait(self->handle, timeout_ms);
	Py_END_ALLOW_THREADS return error;
}

/* ---- Frames ---- */

/* A loop holds a frame while it waits for the next one: that starves nobody. */
static int warn_if_many_are_held(struct viewer *self)
{
	unsigned many = self->slots > 3 ? self->slots - 1 : 2;

	if (self->holds->held < many) {
		self->holds->warned = false;
		return 0;
	}
	if (self->holds->warned || self->slots == 0)
		return 0;
	self->holds->warned = true;
	return PyErr_WarnFormat(PyExc_RuntimeWarning, 1,
	                        "%u frames of %u slots are held, and the producer has none left: "
	                        "release frames, or keep frame.copy()",
	                        self->holds->held, self->slots);
}

/* Takes a frame. Returns a new reference; or NULL, with *error 0 and an exception, or with the
 * library's error. */
static PyObject *take(struct viewer *self, const struct deadline *deadline, int *error)
{
	const struct shmflip_frame *handle = NULL;
	struct frame *frame;

	*error = 0;
	if (check(self) || warn_if_many_are_held(self))
		return NULL;
	*error = wait_for(self, deadline, try_acquire, &handle);
	if (*error) {
		if (*error > 0)
			*error = 0;
		return NULL;
	}
	frame = frame_new((struct shmflip_frame *)handle, self->holds);
	if (!frame)
		shmflip_frame_release(handle);
	return (PyObject *)frame;
}

static PyObject *acquire(PyObject *object, PyObject *const *args, Py_ssize_t count, PyObject *names)
{
	struct viewer *self = (struct viewer *)object;
	struct deadline deadline;
	PyObject *frame;
	int error;

	if (deadline_from_arguments(args, count, names, &deadline))
		return NULL;
	frame = take(self, &deadline, &error);
	if (error)
		raise_error(self, error);
	return frame;
}

static PyObject *poll_frame(PyObject *object, PyObject *unused)
{
	static const struct deadline no_wait = { .end_ns = INT64_MIN };
	struct viewer *self = (struct viewer *)object;
	PyObject *frame;
	int error;

	(void)unused;
	frame = take(self, &no_wait, &error);
	if (error == -EAGAIN)
		Py_RETURN_NONE;
	if (error)
		raise_error(self, error);
	return frame;
}

static PyObject *next(PyObject *object)
{
	struct viewer *self = (struct viewer *)object;
	struct deadline deadline;
	PyObject *frame;
	int error;

	if (deadline_parse(NULL, &deadline))
		return NULL;
	frame = take(self, &deadline, &error);
	if (error && error != -ENODATA) /* the end of the stream is that of the iteration */
		raise_error(self, error);
	return frame;
}

/* ---- Other calls ---- */

static PyObject *wait_with(PyObject *object, PyObject *const *args, Py_ssize_t count,
                           PyObject *names, attempt *try)
{
	struct viewer *self = (struct viewer *)object;
	struct deadline deadline;
	int error;

	if (deadline_from_arguments(args, count, names, &deadline))
		return NULL;
	error = wait_for(self, &deadline, try, NULL);
	if (error < 0)
		raise_error(self, error);
	if (error)
		return NULL;
	Py_RETURN_NONE;
}

static PyObject *attach(PyObject *self, PyObject *const *args, Py_ssize_t count, PyObject *names)
{
	return wait_with(self, args, count, names, try_attach);
}

static PyObject *wait_until_ready(PyObject *self, PyObject *const *args, Py_ssize_t count,
                                  PyObject *names)
{
	return wait_with(self, args, count, names, try_wait);
}

static PyObject *get_fileno(PyObject *object, PyObject *unused)
{
	struct viewer *self = (struct viewer *)object;
	int fd;

	(void)unused;
	if (begin_call(self))
		return NULL;
	fd = shmflip_viewer_fd(self->handle);
	end_turn(self);
	return fd < 0 ? errors_raise(fd) : PyLong_FromLong(fd);
}

static PyObject *counts(PyObject *object, PyObject *unused)
{
	struct viewer *self = (struct viewer *)object;
	struct shmflip_counts result;
	int error;

	(void)unused;
	shmflip_init(&result);
	if (begin_call(self))
		return NULL;
	error = shmflip_viewer_counts(self->handle, &result);
	end_turn(self);
	return error ? errors_raise(error) : classes_counts(&result);
}

static PyObject *get_channel(PyObject *object, void *unused)
{
	struct viewer *self = (struct viewer *)object;
	PyObject *channel;

	(void)unused;
	if (begin_call(self))
		return NULL;
	channel = classes_channel(shmflip_viewer_channel(self->handle));
	end_turn(self);
	return channel;
}

static PyObject *interrupt(PyObject *object, PyObject *unused)
{
	struct viewer *self = (struct viewer *)object;

	(void)unused;
	if (check(self))
		return NULL;
	shmflip_viewer_interrupt(self->handle);
	Py_RETURN_NONE;
}

static PyObject *resume(PyObject *object, PyObject *unused)
{
	struct viewer *self = (struct viewer *)object;

	(void)unused;
	if (check(self))
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
	int prefault, error;

	(void)keywords;
	shmflip_init(&options);
	if (!PyArg_ParseTuple(args, "zzIp", &options.channel, &options.dir, &options.view,
	                      &prefault))
		return -1;
	if (self->handle) {
		PyErr_SetString(PyExc_TypeError, "the viewer is open already");
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
	Py_BEGIN_ALLOW_THREADS shmflip_viewer_close(handle);
	Py_END_ALLOW_THREADS
}

/* In a child, a thread of the parent may have had the lock: then the memory stays. */
static void close_orphan(struct viewer *self)
{
	if (PyThread_acquire_lock(self->lock, NOWAIT_LOCK)) {
		close_handle(self);
		end_turn(self);
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
		Py_BEGIN_ALLOW_THREADS PyThread_acquire_lock(self->lock, WAIT_LOCK);
		Py_END_ALLOW_THREADS close_handle(self);
		end_turn(self);
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
	{ "acquire", METHOD(acquire), METH_FASTCALL | METH_KEYWORDS, NULL },
	{ "poll", poll_frame, METH_NOARGS, NULL },
	{ "attach", METHOD(attach), METH_FASTCALL | METH_KEYWORDS, NULL },
	{ "wait", METHOD(wait_until_ready), METH_FASTCALL | METH_KEYWORDS, NULL },
	{ "fileno", get_fileno, METH_NOARGS, NULL },
	{ "counts", counts, METH_NOARGS, NULL },
	{ "interrupt", interrupt, METH_NOARGS, NULL },
	{ "resume", resume, METH_NOARGS, NULL },
	{ "close", close_viewer, METH_NOARGS, NULL },
	{ "__reduce__", refuse_pickle, METH_NOARGS, NULL },
	{ NULL, NULL, 0, NULL },
};

static PyGetSetDef attributes[] = {
	{ "channel", get_channel, NULL, NULL, NULL },
	{ "closed", get_closed, NULL, NULL, NULL },
	{ NULL, NULL, NULL, NULL, NULL },
};

int viewer_init(PyObject *module)
{
	static PyTypeObject *viewer_type;
	static PyType_Slot slots[] = {
		{ Py_tp_new, new },           { Py_tp_init, init },
		{ Py_tp_dealloc, dealloc },   { Py_tp_iter, PyObject_SelfIter },
		{ Py_tp_iternext, next },     { Py_tp_methods, methods },
		{ Py_tp_getset, attributes }, { 0, NULL },
	};
	static PyType_Spec spec = {
		.name = "shmflip._shmflip.Viewer",
		.basicsize = sizeof(struct viewer),
		.flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
		.slots = slots,
	};

	if (!viewer_type)
		viewer_type = (PyTypeObject *)PyType_FromSpec(&spec);
	return viewer_type ? PyModule_AddType(module, viewer_type) : -1;
}
