/* SPDX-License-Identifier: MIT */
#include "classes.h"

#include <errno.h>
#include <stdbool.h>

#include "errors.h"

static struct {
	const char *name;
	PyObject *class;
} classes[] = {
	{ "Colour", NULL },      { "make_stream", NULL }, { "FormatInfo", NULL },
	{ "Counts", NULL },      { "Channel", NULL },     { "Removed", NULL },
	{ "make_status", NULL }, { "Layout", NULL },      { "Segment", NULL },
};

enum { COLOUR, STREAM, FORMAT, COUNTS, CHANNEL, REMOVED, STATUS, LAYOUT, SEGMENT, CLASSES };

int classes_init(void)
{
	PyObject *module = PyImport_ImportModule("shmflip._types");

	for (size_t i = 0; module && i < CLASSES; i++) {
		classes[i].class = PyObject_GetAttrString(module, classes[i].name);
		if (!classes[i].class)
			Py_CLEAR(module);
	}
	Py_XDECREF(module);
	return module ? 0 : -1;
}

PyObject *classes_colour(const struct shmflip_colour *colour)
{
	return PyObject_CallFunction(classes[COLOUR].class, "iiiiiii", colour->primaries,
	                             colour->transfer, colour->matrix, colour->range,
	                             colour->siting, colour->bits, colour->white);
}

PyObject *classes_format_name(uint32_t fourcc)
{
	const struct shmflip_format_info *info = shmflip_format_info(fourcc);
	char name[4];
	Py_ssize_t length = 4;

	if (info)
		return PyUnicode_FromString(info->name);
	for (int i = 0; i < 4; i++)
		name[i] = (char)(fourcc >> (8 * i));
	while (length > 1 && name[length - 1] == ' ')
		length--;
	return PyUnicode_DecodeLatin1(name, length, NULL);
}

static PyObject *make_metadata(const struct shmflip_stream *stream)
{
	PyObject *items = PyDict_New(), *type, *data;
	int error = 0;

	for (uint32_t i = 0; items && !error && i < stream->metadata_count; i++) {
		const struct shmflip_metadata *item = &stream->metadata[i];

		type = PyLong_FromUnsignedLong(item->type);
		data = PyBytes_FromStringAndSize(item->data, item->bytes);
		error = !type || !data || PyDict_SetItem(items, type, data);
		Py_XDECREF(type);
		Py_XDECREF(data);
	}
	if (error)
		Py_CLEAR(items);
	return items;
}

PyObject *classes_stream(const struct shmflip_stream *stream)
{
	PyObject *name, *colour, *metadata;

	if (!stream)
		Py_RETURN_NONE;
	name = classes_format_name(stream->fourcc);
	colour = name ? classes_colour(&stream->colour) : NULL;
	metadata = colour ? make_metadata(stream) : NULL;
	if (!metadata) {
		Py_XDECREF(name);
		Py_XDECREF(colour);
		return NULL;
	}
	return PyObject_CallFunction(classes[STREAM].class, "NIIIKIIIININ", name, stream->width,
	                             stream->height, stream->slots,
	                             (unsigned long long)stream->slot_bytes, stream->rate_num,
	                             stream->rate_den, stream->aspect_num, stream->aspect_den,
	                             colour, stream->frame_metadata_bytes, metadata);
}

PyObject *classes_format(const struct shmflip_format_info *info)
{
	static const char *const models[] = { "", "rgb", "yuv", "gray" };

	return PyObject_CallFunction(classes[FORMAT].class, "sIIsNNINNsss", info->name,
	                             info->fourcc, info->planes, models[info->model],
	                             PyBool_FromLong((info->flags & SHMFLIP_FORMAT_ALPHA) != 0),
	                             PyBool_FromLong((info->flags & SHMFLIP_FORMAT_FLOAT) != 0),
	                             info->bits, PyBool_FromLong((long)info->chroma_halved_x),
	                             PyBool_FromLong((long)info->chroma_halved_y), info->ffmpeg,
	                             info->gstreamer, info->v4l2);
}

PyObject *classes_counts(const struct shmflip_counts *counts)
{
	return PyObject_CallFunction(
		classes[COUNTS].class, "KKKKKKKL", (unsigned long long)counts->published,
		(unsigned long long)counts->acquired, (unsigned long long)counts->missed,
		(unsigned long long)counts->dropped, (unsigned long long)counts->discarded,
		(unsigned long long)counts->producers, (unsigned long long)counts->generations,
		(long long)counts->waited_ns);
}

PyObject *classes_channel(const struct shmflip_channel *channel)
{
	PyObject *stream;

	if (!channel)
		Py_RETURN_NONE;
	stream = classes_stream(channel->stream);
	if (!stream)
		return NULL;
	return PyObject_CallFunction(
		classes[CHANNEL].class, "KKKINiKKN", (unsigned long long)channel->producer,
		(unsigned long long)channel->generation, (unsigned long long)channel->slot_bytes,
		channel->slots, PyBool_FromLong(channel->policy == SHMFLIP_POLICY_LOSSLESS),
		channel->pid, (unsigned long long)channel->published,
		(unsigned long long)channel->dropped, stream);
}

static PyObject *make_pids(const struct shmflip_status *status)
{
	Py_ssize_t count = status->viewer_pids ? status->viewers : 0;
	PyObject *pids = PyTuple_New(count), *pid;

	for (Py_ssize_t i = 0; pids && i < count; i++) {
		pid = PyLong_FromLong(status->viewer_pids[i]);
		if (!pid || PyTuple_SetItem(pids, i, pid))
			Py_CLEAR(pids);
	}
	return pids;
}

PyObject *classes_status(const struct shmflip_status *status)
{
	PyObject *error = status->error ? errors_make(status->error, shmflip_error_detail())
	                                : Py_NewRef(Py_None);
	PyObject *channel = error ? classes_channel(status->channel) : NULL;
	PyObject *newest = status->newest ? PyLong_FromUnsignedLongLong(status->newest->sequence)
	                                  : Py_NewRef(Py_None);
	PyObject *pids = channel ? make_pids(status) : NULL;

	if (!pids || !newest) {
		Py_XDECREF(error);
		Py_XDECREF(channel);
		Py_XDECREF(newest);
		Py_XDECREF(pids);
		return NULL;
	}
	return PyObject_CallFunction(classes[STATUS].class, "INNNNIIIiiK", status->state, error,
	                             channel, newest, pids, (unsigned)status->owner,
	                             (unsigned)status->group, (unsigned)status->mode,
	                             status->segment_id, status->semaphores_id,
	                             (unsigned long long)status->segment_bytes);
}

static PyObject *make_u32s(const uint32_t *numbers, uint32_t count)
{
	PyObject *tuple = PyTuple_New(count), *number;

	for (uint32_t i = 0; tuple && i < count; i++) {
		number = PyLong_FromUnsignedLong(numbers[i]);
		if (!number || PyTuple_SetItem(tuple, i, number))
			Py_CLEAR(tuple);
	}
	return tuple;
}

static PyObject *make_u64s(const uint64_t *numbers, uint32_t count)
{
	PyObject *tuple = PyTuple_New(count), *number;

	for (uint32_t i = 0; tuple && i < count; i++) {
		number = PyLong_FromUnsignedLongLong(numbers[i]);
		if (!number || PyTuple_SetItem(tuple, i, number))
			Py_CLEAR(tuple);
	}
	return tuple;
}

/* Py_BuildValue() drops what it has taken if a later item is NULL. */
PyObject *classes_layout(const struct shmflip_layout *layout)
{
	return PyObject_CallFunction(classes[LAYOUT].class, "KNNNN",
	                             (unsigned long long)layout->bytes,
	                             make_u32s(layout->stride_bytes, layout->planes),
	                             make_u32s(layout->rows, layout->planes),
	                             make_u64s(layout->offset_bytes, layout->planes),
	                             make_u32s(layout->row_bytes, layout->planes));
}

PyObject *classes_segment(const struct shmflip_segment *segment, uint32_t planes)
{
	return PyObject_CallFunction(
		classes[SEGMENT].class, "iy#N", segment->id, (const char *)segment->cookie,
		(Py_ssize_t)segment->cookie_bytes, make_u64s(segment->offset_bytes, planes));
}

PyObject *classes_removed(const struct shmflip_removed *removed)
{
	return PyObject_CallFunction(classes[REMOVED].class, "III", removed->files,
	                             removed->segments, removed->semaphores);
}
