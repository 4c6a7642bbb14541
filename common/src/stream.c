/* SPDX-License-Identifier: MIT */
#include "stream.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "description.h"
#include "error.h"
#include "metadata.h"
#include "structure.h"

#define FRAME_METADATA_DEFAULT 256

/* ---- What a caller hands in ---- */

static int check_fractions(const struct shmflip_stream *stream)
{
	if (stream->rate_num != 0 && stream->rate_den == 0)
		return fail(-EINVAL, "a rate of %u/0 frames per second is invalid",
		            stream->rate_num);
	if ((stream->aspect_num == 0) != (stream->aspect_den == 0))
		return fail(-EINVAL, "a pixel aspect of %u:%u is invalid", stream->aspect_num,
		            stream->aspect_den);
	return 0;
}

static int check_slots(const struct shmflip_stream *stream)
{
	if (stream->slots < SHMFLIP_SLOTS_MIN || stream->slots > SHMFLIP_SLOTS_MAX)
		return fail(-EINVAL, "%u slots are invalid: use %d to %d", stream->slots,
		            SHMFLIP_SLOTS_MIN, SHMFLIP_SLOTS_MAX);
	if (stream->frame_metadata_bytes > SHMFLIP_FRAME_METADATA_MAX)
		return fail(-EINVAL, "%u bytes for a frame's metadata are too many: use at most %d",
		            stream->frame_metadata_bytes, SHMFLIP_FRAME_METADATA_MAX);
	return 0;
}

/* Makes a slot large enough for a frame of the stream's format and size. */
static int set_slot_bytes(struct shmflip_stream *stream)
{
	struct shmflip_layout layout;
	int error;

	if ((stream->width == 0) != (stream->height == 0))
		return fail(-EINVAL, "a frame of %ux%u pixels is empty", stream->width,
		            stream->height);
	if (stream->width == 0)
		return stream->slot_bytes
		               ? 0
		               : fail(-EINVAL, "a stream needs width and height, or slot_bytes");
	shmflip_init(&layout);
	error = shmflip_format_layout(stream->fourcc, stream->width, stream->height, &layout);
	/* The producer lays another format out by itself. */
	if (error == -EINVAL && stream->slot_bytes)
		return 0;
	if (!error && stream->slot_bytes < layout.bytes)
		stream->slot_bytes = layout.bytes;
	return error;
}

static void set_defaults(struct shmflip_stream *stream, const struct stream *previous)
{
	if (stream->fourcc == 0)
		stream->fourcc = SHMFLIP_XRGB8888;
	if (stream->slots == 0)
		stream->slots = previous ? previous->public.slots : SHMFLIP_SLOTS_MIN;
	if (stream->rate_num == 0)
		stream->rate_den = 0;
	else if (stream->rate_den == 0)
		stream->rate_den = 1;
	if (stream->frame_metadata_bytes == 0)
		stream->frame_metadata_bytes = FRAME_METADATA_DEFAULT;
	else if (stream->frame_metadata_bytes <= SHMFLIP_FRAME_METADATA_MAX)
		stream->frame_metadata_bytes = (stream->frame_metadata_bytes + 7) & ~7u;
}

/* ---- Metadata ---- */

static int measure_items(const struct shmflip_stream *given, uint32_t *bytes)
{
	uint64_t sum = 0;

	if (given->metadata_count && !given->metadata)
		return fail(-EINVAL, "a stream with %u metadata items names none",
		            given->metadata_count);
	for (uint32_t i = 0; i < given->metadata_count; i++) {
		sum += metadata_item_bytes(&given->metadata[i]);
		if (sum > SHMFLIP_STREAM_METADATA_MAX)
			return fail(-EINVAL, "a stream's metadata takes more than %d bytes",
			            SHMFLIP_STREAM_METADATA_MAX);
	}
	*bytes = (uint32_t)sum;
	return 0;
}

/* Points the public list at the items in the stream's own memory. */
static int set_items(struct stream *stream)
{
	struct shmflip_metadata *items;
	uint32_t offset = 0;

	stream->public.metadata = NULL;
	if (stream->public.metadata_count == 0)
		return 0;
	items = calloc(stream->public.metadata_count, sizeof(*items));
	if (!items)
		return fail(-ENOMEM, "out of memory");
	for (uint32_t i = 0; i < stream->public.metadata_count; i++)
		metadata_next(stream->metadata, stream->metadata_bytes, &offset, &items[i]);
	stream->public.metadata = items;
	return 0;
}

static int copy_items(struct stream *stream, const struct shmflip_stream *given, uint32_t room)
{
	int error = 0;

	for (uint32_t i = 0; i < given->metadata_count && !error; i++)
		error = metadata_add(stream->metadata, room, &stream->metadata_bytes,
		                     &given->metadata[i]);
	return error ? error : set_items(stream);
}

/* Allocates one with room for so many bytes of metadata. */
static struct stream *allocate(uint32_t metadata_bytes)
{
	struct stream *stream = calloc(1, sizeof(*stream));

	if (!stream)
		return NULL;
	stream->users = 1;
	stream->metadata = malloc(metadata_bytes + 1);
	if (stream->metadata)
		return stream;
	free(stream);
	return NULL;
}

static int check_given(struct shmflip_stream *public, const struct stream *previous,
                       uint32_t *metadata_bytes)
{
	int error;

	set_defaults(public, previous);
	error = check_slots(public);
	if (!error)
		error = check_fractions(public);
	if (!error)
		error = description_check_colour(&public->colour);
	if (!error)
		error = set_slot_bytes(public);
	return error ? error : measure_items(public, metadata_bytes);
}

int stream_create(const struct shmflip_stream *given, const struct stream *previous,
                  struct stream **out)
{
	struct shmflip_stream public;
	struct stream *stream;
	uint32_t bytes;
	int error = structure_read(&public, sizeof(public), given, "shmflip_stream");

	if (!error)
		error = check_given(&public, previous, &bytes);
	if (error)
		return error;
	stream = allocate(bytes);
	if (!stream)
		return fail(-ENOMEM, "out of memory");
	stream->public = public;
	stream->public.size = sizeof(public);
	stream->public.metadata = NULL;
	error = copy_items(stream, &public, bytes);
	if (error)
		stream_unref(stream);
	else
		*out = stream;
	return error;
}

struct stream *stream_ref(struct stream *stream)
{
	stream->users++;
	return stream;
}

void stream_unref(struct stream *stream)
{
	if (--stream->users > 0)
		return;
	free((void *)stream->public.metadata);
	free(stream->metadata);
	free(stream);
}

bool stream_equal(const struct stream *a, const struct stream *b)
{
	struct shmflip_stream first = a->public, second = b->public;

	first.metadata = second.metadata = NULL;
	return memcmp(&first, &second, sizeof(first)) == 0 &&
	       a->metadata_bytes == b->metadata_bytes &&
	       memcmp(a->metadata, b->metadata, a->metadata_bytes) == 0;
}

/* ---- In the segment ---- */

uint32_t stream_bytes(const struct stream *stream)
{
	return (uint32_t)sizeof(struct layout_stream) + stream->metadata_bytes;
}

void stream_write(const struct stream *stream, struct layout_stream *record)
{
	const struct shmflip_stream *public = &stream->public;

	*record = (struct layout_stream){
		.fourcc = public->fourcc,
		.width = public->width,
		.height = public->height,
		.rate_num = public->rate_num,
		.rate_den = public->rate_den,
		.aspect_num = public->aspect_num,
		.aspect_den = public->aspect_den,
		.metadata_bytes = stream->metadata_bytes,
		.colour = public->colour,
	};
	memcpy(record + 1, stream->metadata, stream->metadata_bytes);
}

static int fail_damaged(void)
{
	return fail(-EPROTO, "the stream's description in the frames segment is damaged");
}

static void set_public(struct stream *stream, const struct layout_stream *record,
                       const struct layout_fixed *fixed)
{
	stream->public = (struct shmflip_stream){
		.size = sizeof(stream->public),
		.fourcc = record->fourcc,
		.width = record->width,
		.height = record->height,
		.slots = fixed->slots,
		.slot_bytes = fixed->slot_bytes,
		.rate_num = record->rate_num,
		.rate_den = record->rate_den,
		.aspect_num = record->aspect_num,
		.aspect_den = record->aspect_den,
		.colour = record->colour,
		.frame_metadata_bytes = fixed->frame_metadata_bytes,
	};
}

/* Checks what was copied, and completes the stream. */
static int complete(struct stream *stream)
{
	struct shmflip_stream *public = &stream->public;

	if (check_fractions(public) || description_check_colour(&public->colour) ||
	    (public->width == 0) != (public->height == 0) || public->fourcc == 0 ||
	    !metadata_is_valid(stream->metadata, stream->metadata_bytes, &public->metadata_count))
		return fail_damaged();
	return set_items(stream);
}

int stream_read(const struct layout_stream *record, const struct layout_fixed *fixed,
                struct stream **out)
{
	struct layout_stream copy = *record;
	struct stream *stream;
	int error;

	layout_copy_barrier();
	if (copy.metadata_bytes > fixed->stream_bytes - sizeof(copy))
		return fail_damaged();
	stream = allocate(copy.metadata_bytes);
	if (!stream)
		return fail(-ENOMEM, "out of memory");
	memcpy(stream->metadata, record + 1, copy.metadata_bytes);
	layout_copy_barrier();
	stream->metadata_bytes = copy.metadata_bytes;
	set_public(stream, &copy, fixed);
	error = complete(stream);
	if (error)
		stream_unref(stream);
	else
		*out = stream;
	return error;
}
