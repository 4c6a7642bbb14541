/* SPDX-License-Identifier: MIT
 *
 * Structures and values are those of DLPack's dlpack.h, version 1.0. */
#include "dlpack.h"

#include <stdint.h>
#include <stdlib.h>

#include "arguments.h"
#include "frame.h"

enum { DEVICE_CPU = 1, CODE_UINT = 1, CODE_FLOAT = 2 };

#define FLAG_READ_ONLY (UINT64_C(1) << 0)
#define NAME "dltensor_versioned"

struct tensor {
	void *data;
	struct {
		int32_t type;
		int32_t id;
	} device;
	int32_t dimensions;
	struct {
		uint8_t code;
		uint8_t bits;
		uint16_t lanes;
	} sample;
	int64_t *sizes;
	int64_t *strides; /* in samples */
	uint64_t offset_bytes;
};

struct managed_tensor {
	struct {
		uint32_t major;
		uint32_t minor;
	} version;
	void *context;
	void (*free)(struct managed_tensor *managed);
	uint64_t flags;
	struct tensor tensor;
	int64_t numbers[2 * SHAPE_DIMENSIONS_MAX]; /* ours: sizes, strides */
	Py_buffer view;                            /* ours */
};

/* A consumer may call this in any thread. After the interpreter's end, the memory stays. */
static void free_tensor(struct managed_tensor *managed)
{
	PyGILState_STATE state;

	if (!Py_IsInitialized())
		return;
	state = PyGILState_Ensure();
	PyBuffer_Release(&managed->view);
	PyGILState_Release(state);
	free(managed);
}

/* A consumer that takes the tensor renames the capsule. */
static void free_capsule(PyObject *capsule)
{
	if (PyCapsule_IsValid(capsule, NAME))
		free_tensor(PyCapsule_GetPointer(capsule, NAME));
}

static void fill(struct managed_tensor *managed, const struct shape *shape)
{
	struct tensor *tensor = &managed->tensor;

	managed->version.major = 1;
	managed->free = free_tensor;
	managed->flags = FLAG_READ_ONLY;
	tensor->data = managed->view.buf;
	tensor->device.type = DEVICE_CPU;
	tensor->dimensions = shape->dimensions;
	tensor->sample.code = shape->code[0] == 'f' ? CODE_FLOAT : CODE_UINT;
	tensor->sample.bits = (uint8_t)(8 * shape->sample_bytes);
	tensor->sample.lanes = 1;
	tensor->sizes = managed->numbers;
	tensor->strides = managed->numbers + SHAPE_DIMENSIONS_MAX;
	for (int i = 0; i < shape->dimensions; i++) {
		tensor->sizes[i] = shape->sizes[i];
		tensor->strides[i] = shape->strides[i] / shape->sample_bytes;
	}
}

static int check_place(PyObject *stream, PyObject *device, PyObject *copy)
{
	long type = DEVICE_CPU, id = 0;

	if (device != Py_None && !PyArg_Parse(device, "(ll)", &type, &id))
		return -1;
	if (stream == Py_None && copy != Py_True && type == DEVICE_CPU && id == 0)
		return 0;
	PyErr_SetString(PyExc_BufferError,
	                "frames stay in main memory, and are not copied: use frame.copy()");
	return -1;
}

static int check_version(PyObject *version)
{
	long major = 0, minor;

	if (version != Py_None && !PyArg_Parse(version, "(ll)", &major, &minor))
		return -1;
	if (major >= 1)
		return 0;
	PyErr_SetString(PyExc_BufferError, "frames are read-only, which this library's DLPack "
	                                   "cannot say: use numpy.asarray() or frame.copy()");
	return -1;
}

static PyObject *make_capsule(struct frame *frame)
{
	struct managed_tensor *managed = calloc(1, sizeof(*managed));
	PyObject *capsule = NULL;

	if (!managed)
		return PyErr_NoMemory();
	if (PyObject_GetBuffer((PyObject *)frame, &managed->view, PyBUF_FULL_RO) == 0) {
		fill(managed, frame_shape(frame, 0));
		capsule = PyCapsule_New(managed, NAME, free_capsule);
		if (!capsule)
			PyBuffer_Release(&managed->view);
	}
	if (!capsule)
		free(managed);
	return capsule;
}

PyObject *dlpack_export(PyObject *frame, PyObject *args, PyObject *keywords)
{
	static const char *const names[] = { "stream", "max_version", "dl_device", "copy", NULL };
	PyObject *stream = Py_None, *version = Py_None, *device = Py_None, *copy = Py_None;

	if (!arguments_parse(args, keywords, "|$OOOO:__dlpack__", names, &stream, &version, &device,
	                     &copy) ||
	    check_place(stream, device, copy) || check_version(version))
		return NULL;
	return make_capsule((struct frame *)frame);
}

PyObject *dlpack_device(PyObject *frame, PyObject *unused)
{
	(void)frame;
	(void)unused;
	return Py_BuildValue("ii", DEVICE_CPU, 0);
}
