/* SPDX-License-Identifier: MIT */
#include "viewer_wait.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "errors.h"

/* How long a thread that waits for a frame leaves the lock to those that wait for the lock. */
enum { TURN_US = 1000 };

/* How often a close that waits for the lock asks whether the interpreter exits. */
enum { CLOSE_SLICE_MS = 50 };

/* ---- Turns ---- */

int viewer_check(const struct viewer *self)
{
	if (!self->handle || self->closing) {
		PyErr_SetString(PyExc_ValueError, "the viewer is closed");
		return -1;
	}
	return self->forks == orphans_forks ? 0 : errors_forked();
}

void viewer_end_turn(struct viewer *self)
{
	PyThread_release_lock(self->lock);
}

static bool wait_for_lock(struct viewer *self, int slice_ms)
{
	PyLockStatus status;

	self->queued++;
	Py_BEGIN_ALLOW_THREADS
	status = PyThread_acquire_lock_timed(self->lock, (long long)slice_ms * 1000, 1);
	Py_END_ALLOW_THREADS
	self->queued--;
	return status == PY_LOCK_ACQUIRED;
}

/* At its exit, the interpreter stops daemon threads where they are. Then it clears its modules, sys
 * among them. */
static bool interpreter_exits(void)
{
	PyObject *is_finalizing = PySys_GetObject("is_finalizing"); /* borrowed */
	PyObject *answer = is_finalizing ? PyObject_CallNoArgs(is_finalizing) : NULL;
	bool exits = answer != Py_False;

	Py_XDECREF(answer);
	PyErr_Clear();
	return exits;
}

bool viewer_begin_close(struct viewer *self)
{
	while (!PyThread_acquire_lock(self->lock, NOWAIT_LOCK)) {
		if (interpreter_exits())
			return false;
		if (wait_for_lock(self, CLOSE_SLICE_MS))
			return true;
	}
	return true;
}

/* Takes the lock of an open viewer. Returns 0, -EBUSY if the time is over, or -1 with an
 * exception. */
static int begin_turn(struct viewer *self, const struct deadline *deadline)
{
	for (;;) {
		if (viewer_check(self))
			return -1;
		if (PyThread_acquire_lock(self->lock, NOWAIT_LOCK))
			return 0;
		if (wait_for_lock(self, deadline_slice_ms(deadline))) {
			if (viewer_check(self))
				return viewer_end_turn(self), -1;
			return 0;
		}
		if (deadline_slice_ms(deadline) == 0 || interpreter_exits())
			return -EBUSY;
		if (PyErr_CheckSignals())
			return -1;
	}
}

int viewer_begin_call(struct viewer *self)
{
	struct deadline deadline;
	int error = deadline_parse(NULL, &deadline);

	if (!error)
		error = begin_turn(self, &deadline);
	return error == -EBUSY ? viewer_raise(self, error) : error;
}

static void let_others_take_turns(struct viewer *self)
{
	if (self->queued == 0)
		return;
	Py_BEGIN_ALLOW_THREADS
	usleep(TURN_US);
	Py_END_ALLOW_THREADS
}

static int fail_timeout(const struct viewer *self)
{
	if (self->attached)
		return errors_raise_about(-EAGAIN, (PyObject *)self, "timeout: no new frame on",
		                          "wait longer, or continue without one");
	return errors_raise_about(-EAGAIN, (PyObject *)self, "timeout: no producer on",
	                          "start one, or see shmflip.channels() for the names");
}

int viewer_raise(const struct viewer *self, int error)
{
	if (error == -ECANCELED && self->closing)
		return viewer_check(self);
	if (error == -ECANCELED)
		return errors_interrupted((PyObject *)self);
	if (error == -EBUSY)
		return errors_raise_about(-EAGAIN, (PyObject *)self,
		                          "timeout: another thread waits at the viewer of",
		                          "open a viewer in each thread, or wait longer");
	if (error == -EAGAIN)
		return fail_timeout(self);
	if (error == -ENODATA || error == -EPIPE)
		errors_raise_with(error, self->end_line);
	else
		errors_raise(error);
	return -1;
}

/* ---- Waits ---- */

static int note_end(struct viewer *self, int error)
{
	self->ends++;
	self->end = error;
	snprintf(self->end_line, sizeof(self->end_line), "%s", shmflip_error_detail());
	return error;
}

/* With the lock. */
static int attempt_once(struct viewer *self, const struct deadline *deadline, uint64_t ends,
                        viewer_attempt *try, void *result)
{
	int error;

	if (self->ends > ends)
		return self->end;
	error = try(self, deadline_slice_ms(deadline), result);
	if (error == -EAGAIN)
		self->attached = shmflip_viewer_channel(self->handle) != NULL;
	return error == -ENODATA || error == -EPIPE ? note_end(self, error) : error;
}

int viewer_wait_for(struct viewer *self, const struct deadline *deadline, uint64_t ends,
                    viewer_attempt *try, void *result)
{
	int error;

	for (;;) {
		error = begin_turn(self, deadline);
		if (error)
			return error == -1 ? 1 : error;
		error = attempt_once(self, deadline, ends, try, result);
		viewer_end_turn(self);
		if (error != -EINTR && (error != -EAGAIN || deadline_slice_ms(deadline) == 0))
			return error;
		if (PyErr_CheckSignals())
			return 1;
		let_others_take_turns(self);
	}
}

/* A frame that is ready is taken with the GIL held: to get it back can take long beside threads
 * that compute. Attaching takes long itself. */
int viewer_try_acquire(struct viewer *self, int timeout_ms, void *result)
{
	const struct shmflip_channel *channel = shmflip_viewer_channel(self->handle);
	int error = -EAGAIN;

	if (channel)
		error = shmflip_viewer_acquire(self->handle, result, 0);
	if (error == -EAGAIN && (timeout_ms > 0 || !channel)) {
		Py_BEGIN_ALLOW_THREADS
		error = shmflip_viewer_acquire(self->handle, result, timeout_ms);
		Py_END_ALLOW_THREADS
	}
	channel = error ? NULL : shmflip_viewer_channel(self->handle);
	if (channel)
		self->slots = channel->slots;
	return error;
}

int viewer_try_attach(struct viewer *self, int timeout_ms, void *unused)
{
	int error;

	(void)unused;
	Py_BEGIN_ALLOW_THREADS
	error = shmflip_viewer_attach(self->handle, timeout_ms);
	Py_END_ALLOW_THREADS
	return error;
}

int viewer_try_wait(struct viewer *self, int timeout_ms, void *unused)
{
	int error;

	(void)unused;
	Py_BEGIN_ALLOW_THREADS
	error = shmflip_viewer_wait(self->handle, timeout_ms);
	Py_END_ALLOW_THREADS
	return error;
}
