/* SPDX-License-Identifier: MIT */
#include "producer.h"

#include <errno.h>

#include "arguments.h"
#include "classes.h"
#include "docs.h"
#include "errors.h"
#include "loan.h"
#include "loan_arguments.h"
#include "numbers.h"
#include "orphans.h"
#include "producer_wait.h"
#include "refusals.h"
#include "streams.h"
#include "waiting.h"

/* ---- Loans ---- */

static PyObject *none_or_error(const struct producer *self, int error)
{
	if (error) {
		producer_raise(self, error);
		return NULL;
	}
	Py_RETURN_NONE;
}

static int try_loan(struct producer *self, int timeout_ms, void *frame)
{
	return shmflip_producer_loan(self->handle, frame, timeout_ms);
}

/* A slot that is free is taken with the GIL held: see the viewer. */
static int take_slot(struct producer *self, const struct deadline *deadline,
                     struct shmflip_frame **frame)
{
	int error = -EAGAIN;

	if (producer_check(self))
		return -1;
	if (!self->ended)
		error = try_loan(self, 0, frame);
	self->ended = false;
	if (error == -EAGAIN)
		error = producer_wait_for(self, deadline, try_loan, frame);
	if (error == -EAGAIN)
		return errors_raise_about(-EAGAIN, (PyObject *)self,
		                          "timeout: viewers hold all free slots of",
		                          "drop the frame, or wait longer");
	if (error < 0)
		return producer_raise(self, error);
	return error ? -1 : 0;
}

static PyObject *loan(PyObject *object, PyObject *const *args, Py_ssize_t count, PyObject *names)
{
	struct producer *self = (struct producer *)object;
	struct shmflip_frame *frame = NULL;
	struct loan_arguments arguments;

	if (loan_arguments_read(args, count, names, &arguments) ||
	    take_slot(self, &arguments.deadline, &frame))
		return NULL;
	if (loan_difference_apply(frame, &arguments.difference)) {
		shmflip_frame_release(frame);
		return NULL;
	}
	return loan_new(frame, object, arguments.keep);
}

/* ---- Other calls ---- */

static int do_configure(struct producer *self, int unused, void *stream)
{
	(void)unused;
	return shmflip_producer_configure(self->handle, stream);
}

static PyObject *configure(PyObject *object, PyObject *tuple)
{
	struct producer *self = (struct producer *)object;
	struct shmflip_stream stream;
	PyObject *result = NULL;

	if (producer_check(self))
		return NULL;
	if (streams_read(tuple, &stream) == 0 && producer_check(self) == 0)
		result = none_or_error(self, producer_call(self, do_configure, 0, &stream));
	streams_free(&stream);
	return result;
}

static int do_end(struct producer *self, int failed, void *unused)
{
	(void)unused;
	return shmflip_producer_end(self->handle, failed);
}

static PyObject *end(PyObject *object, PyObject *args, PyObject *keywords)
{
	static const char *const names[] = { "failed", NULL };
	struct producer *self = (struct producer *)object;
	int failed = 0;

	if (!arguments_parse(args, keywords, "|p:end", names, &failed) || producer_check(self))
		return NULL;
	self->ended = true;
	return none_or_error(self, producer_call(self, do_end, failed, NULL));
}

static int do_count_viewers(struct producer *self, int unused, void *viewers)
{
	(void)unused;
	return shmflip_producer_viewers(self->handle, viewers);
}

static PyObject *viewers(PyObject *object, PyObject *unused)
{
	struct producer *self = (struct producer *)object;
	uint32_t result = 0;
	int error;

	(void)unused;
	if (producer_check(self))
		return NULL;
	error = producer_call(self, do_count_viewers, 0, &result);
	return error ? none_or_error(self, error) : PyLong_FromUnsignedLong(result);
}

static int try_wait_viewers(struct producer *self, int timeout_ms, void *count)
{
	return shmflip_producer_wait_viewers(self->handle, *(uint32_t *)count, timeout_ms);
}

static PyObject *wait_viewers(PyObject *object, PyObject *args, PyObject *keywords)
{
	static const char *const names[] = { "count", "timeout", NULL };
	PyObject *count = NULL, *timeout = NULL;
	struct producer *self = (struct producer *)object;
	struct deadline deadline;
	uint32_t wanted = 1;
	int error;

	if (!arguments_parse(args, keywords, "|OO:wait_viewers", names, &count, &timeout) ||
	    (count && number_u32(count, "count", 0, SHMFLIP_VIEWERS_MAX, &wanted)) ||
	    deadline_parse(timeout, &deadline))
		return NULL;
	error = producer_wait_for(self, &deadline, try_wait_viewers, &wanted);
	if (error == -EAGAIN)
		errors_raise_about(-EAGAIN, object, "timeout: too few viewers on",
		                   "start more, or wait longer");
	else if (error < 0)
		producer_raise(self, error);
	if (error)
		return NULL;
	Py_RETURN_NONE;
}

static PyObject *count_dropped(PyObject *object, PyObject *unused)
{
	struct producer *self = (struct producer *)object;

	(void)unused;
	if (producer_check(self))
		return NULL;
	shmflip_producer_count_dropped(self->handle);
	Py_RETURN_NONE;
}

static PyObject *counts(PyObject *object, PyObject *unused)
{
	struct producer *self = (struct producer *)object;
	struct shmflip_counts result;
	int error;

	(void)unused;
	if (producer_check(self))
		return NULL;
	shmflip_init(&result);
	error = shmflip_producer_counts(self->handle, &result);
	return error ? none_or_error(self, error) : classes_counts(&result);
}

static PyObject *interrupt(PyObject *object, PyObject *unused)
{
	struct producer *self = (struct producer *)object;

	(void)unused;
	if (producer_check(self))
		return NULL;
	shmflip_producer_interrupt(self->handle);
	Py_RETURN_NONE;
}

static PyObject *resume(PyObject *object, PyObject *unused)
{
	struct producer *self = (struct producer *)object;

	(void)unused;
	if (producer_check(self))
		return NULL;
	shmflip_producer_resume(self->handle);
	Py_RETURN_NONE;
}

/* A producer of the parent counts as closed. */
static PyObject *get_closed(PyObject *object, void *unused)
{
	const struct producer *self = (const struct producer *)object;

	(void)unused;
	return PyBool_FromLong(!self->handle || self->closing || self->forks != orphans_forks);
}

/* ---- Life ---- */

/* The last number means none. */
#define GROUP_MAX (UINT32_MAX - 1)

static int open_producer(struct producer *self, const struct shmflip_producer_options *options,
                         PyObject *stream_tuple)
{
	struct shmflip_producer *handle = NULL;
	struct shmflip_stream stream;
	int error;

	if (streams_read(stream_tuple, &stream)) {
		streams_free(&stream);
		return -1;
	}
	Py_BEGIN_ALLOW_THREADS
	error = shmflip_producer_open(options, &stream, &handle);
	Py_END_ALLOW_THREADS
	streams_free(&stream);
	if (error) {
		errors_raise(error);
		return -1;
	}
	self->handle = handle;
	return 0;
}

static int read_group(PyObject *value, struct shmflip_producer_options *options)
{
	uint32_t group;

	if (value == Py_None)
		return 0;
	if (number_u32(value, "group", 0, GROUP_MAX, &group))
		return -1;
	options->group_set = 1;
	options->group = group;
	return 0;
}

/* __init__(channel, dir, policy, mode, group or None, lease_ms, stream): shmflip.Producer has the
 * arguments of users. */
static int init(PyObject *object, PyObject *args, PyObject *keywords)
{
	struct producer *self = (struct producer *)object;
	struct shmflip_producer_options options;
	PyObject *channel, *group, *stream;
	long long lease_ms;

	(void)keywords;
	shmflip_init(&options);
	if (!PyArg_ParseTuple(args, "OO&IIOLO!", &channel, arguments_dir, &options.dir,
	                      &options.policy, &options.mode, &group, &lease_ms, &PyTuple_Type,
	                      &stream))
		return -1;
	options.channel = arguments_text(channel, "channel");
	options.lease_ms = lease_ms;
	if (!options.channel || read_group(group, &options))
		return -1;
	if (self->handle || self->closing) {
		PyErr_SetString(PyExc_TypeError, "a producer is opened once: make another one");
		return -1;
	}
	self->forks = orphans_forks;
	return open_producer(self, &options, stream);
}

static PyObject *close_producer(PyObject *object, PyObject *unused)
{
	struct producer *self = (struct producer *)object;
	struct shmflip_producer *handle;

	(void)unused;
	if (self->handle && self->forks == orphans_forks) {
		self->closing = true;
		shmflip_producer_interrupt(self->handle);
		producer_wait_for_calls(self);
	}
	/* In a child, calls of the parent's threads do not return: then the memory stays. */
	handle = self->calls == 0 ? self->handle : NULL;
	self->handle = NULL;
	Py_BEGIN_ALLOW_THREADS
	shmflip_producer_close(handle);
	Py_END_ALLOW_THREADS
	Py_RETURN_NONE;
}

static void dealloc(PyObject *object)
{
	PyTypeObject *type = Py_TYPE(object);
	freefunc release = (freefunc)PyType_GetSlot(type, Py_tp_free);

	Py_XDECREF(close_producer(object, NULL));
	release(object);
	Py_DECREF(type);
}

/* ---- The type ---- */

static PyMethodDef methods[] = {
	{ "loan", METHOD(loan), METH_FASTCALL | METH_KEYWORDS, DOC_PRODUCER_LOAN },
	{ "_configure", configure, METH_O, NULL },
	{ "end", METHOD(end), METH_VARARGS | METH_KEYWORDS, DOC_PRODUCER_END },
	{ "viewers", viewers, METH_NOARGS, DOC_PRODUCER_VIEWERS },
	{ "wait_viewers", METHOD(wait_viewers), METH_VARARGS | METH_KEYWORDS,
	  DOC_PRODUCER_WAIT_VIEWERS },
	{ "count_dropped", count_dropped, METH_NOARGS, DOC_PRODUCER_COUNT_DROPPED },
	{ "counts", counts, METH_NOARGS, NULL },
	{ "interrupt", interrupt, METH_NOARGS, DOC_PRODUCER_INTERRUPT },
	{ "resume", resume, METH_NOARGS, NULL },
	{ "close", close_producer, METH_NOARGS, DOC_PRODUCER_CLOSE },
	{ "__reduce__", refuse_pickle, METH_NOARGS, NULL },
	{ NULL, NULL, 0, NULL },
};

static PyGetSetDef attributes[] = {
	{ "closed", get_closed, NULL, NULL, NULL },
	{ NULL, NULL, NULL, NULL, NULL },
};

int producer_init(PyObject *module)
{
	static PyTypeObject *producer_type;
	static PyType_Slot slots[] = {
		{ Py_tp_init, init },
		{ Py_tp_dealloc, dealloc },
		{ Py_tp_methods, methods },
		{ Py_tp_getset, attributes },
		{ Py_tp_doc, (char *)DOC_PRODUCER },
		{ 0, NULL },
	};
	static PyType_Spec spec = {
		.name = "shmflip._shmflip.Producer",
		.basicsize = sizeof(struct producer),
		.flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
		.slots = slots,
	};

	if (!producer_type)
		producer_type = (PyTypeObject *)PyType_FromSpec(&spec);
	return producer_type ? PyModule_AddType(module, producer_type) : -1;
}
