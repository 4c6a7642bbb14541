/* SPDX-License-Identifier: MIT */
#include "producer_wait.h"

#include <errno.h>
#include <unistd.h>

#include "errors.h"

/* How often close() asks whether the calls of other threads have returned. */
enum { CLOSE_POLL_US = 1000 };

int producer_check(const struct producer *self)
{
	if (!self->handle || self->closing) {
		PyErr_SetString(PyExc_ValueError, "the producer is closed");
		return -1;
	}
	return self->forks == orphans_forks ? 0 : errors_forked();
}

int producer_raise(const struct producer *self, int error)
{
	if (error == -ECANCELED && self->closing)
		return producer_check(self);
	if (error == -ECANCELED)
		return errors_interrupted((PyObject *)self);
	if (error == -ENOBUFS)
		return errors_raise_about(error, (PyObject *)self,
		                          "loans and their arrays hold all free slots of",
		                          "discard loans and delete arrays, or use more slots");
	errors_raise(error);
	return -1;
}

int producer_call(struct producer *self, producer_attempt *try, int timeout_ms, void *argument)
{
	int error;

	self->calls++;
	Py_BEGIN_ALLOW_THREADS
	error = try(self, timeout_ms, argument);
	Py_END_ALLOW_THREADS
	self->calls--;
	return error;
}

int producer_wait_for(struct producer *self, const struct deadline *deadline, producer_attempt *try,
                      void *argument)
{
	int error;

	for (;;) {
		if (producer_check(self))
			return 1;
		error = producer_call(self, try, deadline_slice_ms(deadline), argument);
		if (error != -EINTR && (error != -EAGAIN || deadline_slice_ms(deadline) == 0))
			return error;
		if (PyErr_CheckSignals())
			return 1;
	}
}

void producer_wait_for_calls(const struct producer *self)
{
	while (self->calls > 0) {
		Py_BEGIN_ALLOW_THREADS
		usleep(CLOSE_POLL_US);
		Py_END_ALLOW_THREADS
	}
}
