/* SPDX-License-Identifier: MIT */
#include "streams.h"

#include <stdlib.h>
#include <string.h>

#include "description.h"
#include "errors.h"
#include "numbers.h"

static int read_item(PyObject *pair, struct shmflip_metadata *item)
{
	PyObject *type, *data;

	if (!PyArg_ParseTuple(pair, "OS", &type, &data) ||
	    number_u32(type, "the type of metadata", 0, UINT32_MAX, &item->type))
		return -1;
	if (PyBytes_Size(data) > SHMFLIP_STREAM_METADATA_MAX)
		return errors_bad_argument("a stream has at most %d bytes of metadata",
		                           SHMFLIP_STREAM_METADATA_MAX);
	item->bytes = (uint32_t)PyBytes_Size(data);
	item->data = PyBytes_AsString(data);
	return 0;
}

static int read_metadata(PyObject *pairs, struct shmflip_stream *stream)
{
	Py_ssize_t count = PyTuple_Size(pairs);
	struct shmflip_metadata *items;
	int error = 0;

	if (count <= 0)
		return count < 0 ? -1 : 0;
	items = calloc((size_t)count, sizeof(*items));
	if (!items) {
		PyErr_NoMemory();
		return -1;
	}
	for (Py_ssize_t i = 0; !error && i < count; i++)
		error = read_item(PyTuple_GetItem(pairs, i), &items[i]);
	stream->metadata_count = (uint32_t)count;
	stream->metadata = items;
	return error;
}

int streams_read(PyObject *tuple, struct shmflip_stream *stream)
{
	const struct {
		const char *name;
		uint32_t min;
		uint32_t max;
		uint32_t *number;
	} numbers[] = {
		{ "fourcc", 0, UINT32_MAX, &stream->fourcc },
		{ "width", 0, UINT32_MAX, &stream->width },
		{ "height", 0, UINT32_MAX, &stream->height },
		{ "slots", SHMFLIP_SLOTS_MIN, SHMFLIP_SLOTS_MAX, &stream->slots },
		{ "rate", 0, UINT32_MAX, &stream->rate_num },
		{ "rate", 0, UINT32_MAX, &stream->rate_den },
		{ "aspect", 0, UINT32_MAX, &stream->aspect_num },
		{ "aspect", 0, UINT32_MAX, &stream->aspect_den },
		{ "frame_metadata_bytes", 0, SHMFLIP_FRAME_METADATA_MAX,
		  &stream->frame_metadata_bytes },
	};
	enum { NUMBERS = sizeof(numbers) / sizeof(numbers[0]) };
	PyObject *items[NUMBERS], *slot_bytes, *colour, *metadata;

	shmflip_init(stream);
	if (!PyArg_ParseTuple(tuple, "OOOOOOOOOOOO", &items[0], &items[1], &items[2], &items[3],
	                      &slot_bytes, &items[4], &items[5], &items[6], &items[7], &colour,
	                      &items[8], &metadata))
		return -1;
	for (int i = 0; i < NUMBERS; i++)
		if (number_u32(items[i], numbers[i].name, numbers[i].min, numbers[i].max,
		               numbers[i].number))
			return -1;
	if (number_u64(slot_bytes, "slot_bytes", &stream->slot_bytes) ||
	    description_read_colour(colour, &stream->colour))
		return -1;
	return read_metadata(metadata, stream);
}

void streams_free(struct shmflip_stream *stream)
{
	free((void *)stream->metadata);
}

/* Fills in items, whose data follow them. */
static void copy_metadata(const struct shmflip_stream *from, struct shmflip_metadata *items)
{
	char *data = (char *)(items + from->metadata_count);

	for (uint32_t i = 0; i < from->metadata_count; i++) {
		items[i] = from->metadata[i];
		items[i].data = data;
		memcpy(data, from->metadata[i].data, items[i].bytes);
		data += items[i].bytes;
	}
}

int streams_copy(const struct shmflip_stream *from, struct shmflip_stream **copy)
{
	struct shmflip_metadata *items;
	size_t bytes = sizeof(**copy);

	*copy = NULL;
	if (!from)
		return 0;
	for (uint32_t i = 0; i < from->metadata_count; i++)
		bytes += sizeof(*items) + from->metadata[i].bytes;
	*copy = malloc(bytes);
	if (!*copy) {
		PyErr_NoMemory();
		return -1;
	}
	items = (struct shmflip_metadata *)(*copy + 1);
	**copy = *from;
	(*copy)->metadata = items;
	copy_metadata(from, items);
	return 0;
}
