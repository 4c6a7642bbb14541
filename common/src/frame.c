/* SPDX-License-Identifier: MIT */
#include "frame.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "fork.h"
#include "format.h"
#include "metadata.h"

#define KNOWN_FLAGS (SHMFLIP_FRAME_LAST | SHMFLIP_FRAME_CORRUPT | SHMFLIP_FRAME_PREMULTIPLIED)

/* ---- The pool ---- */

/* Without a layout, the producer lays the frame out: from the slot's start on. */
static void set_planes(struct shmflip_frame *public, const uint8_t *base,
                       const struct shmflip_layout *layout)
{
	public->planes = layout->planes ? layout->planes : 1;
	memset(public->plane, 0, sizeof(public->plane));
	public->plane[0].pixels = base;
	for (uint32_t plane = 0; plane < layout->planes; plane++) {
		public->plane[plane] = (struct shmflip_plane){
			.pixels = base + layout->offset_bytes[plane],
			.stride_bytes = layout->stride_bytes[plane],
			.rows = layout->rows[plane],
		};
	}
}

/* Computes how the stream's frames lie. planes 0: that is not known, which is no error, and leaves
 * no detail. */
static void compute_layout(const struct frame_pool *pool, struct shmflip_layout *layout)
{
	const struct shmflip_stream *stream = &pool->stream->public;

	shmflip_init(layout);
	if (!format_find(stream->fourcc) || stream->width == 0 ||
	    shmflip_format_layout(stream->fourcc, stream->width, stream->height, layout) ||
	    layout->bytes > pool->fixed->slot_bytes)
		layout->planes = 0;
}

static void init_frame(struct frame_pool *pool, uint32_t slot, const struct shmflip_layout *layout)
{
	const struct shmflip_stream *stream = &pool->stream->public;
	struct frame *frame = &pool->frames[slot];

	frame->pool = pool;
	frame->slot = slot;
	frame->metadata = pool->metadata + (size_t)slot * pool->fixed->frame_metadata_bytes;
	frame->segment = (struct shmflip_segment){ .id = pool->segment_id,
		                                   .cookie_bytes = sizeof(*pool->fixed),
		                                   .cookie = pool->fixed };
	frame->initial = (struct shmflip_frame){
		.published_ns = SHMFLIP_NO_TIME,
		.captured_ns = SHMFLIP_NO_TIME,
		.presentation_ns = SHMFLIP_NO_TIME,
		.duration_ns = SHMFLIP_NO_TIME,
		.decode_ns = SHMFLIP_NO_TIME,
		.fourcc = stream->fourcc,
		.width = stream->width,
		.height = stream->height,
		.colour = stream->colour,
		.slot_bytes = pool->fixed->slot_bytes,
		.source = "",
		.stream = stream,
	};
	set_planes(&frame->initial, frame_base(frame), layout);
	frame->public = frame->initial;
	frame->public.source = frame->source;
}

int frame_pool_init(struct frame_pool *pool)
{
	size_t room = (size_t)pool->fixed->slots * pool->fixed->frame_metadata_bytes;
	struct shmflip_layout layout;

	pool->frames = calloc(pool->fixed->slots, sizeof(*pool->frames));
	pool->metadata = malloc(room + 1);
	if (!pool->frames || !pool->metadata) {
		free(pool->frames);
		free(pool->metadata);
		return fail(-ENOMEM, "out of memory");
	}
	compute_layout(pool, &layout);
	for (uint32_t slot = 0; slot < pool->fixed->slots; slot++)
		init_frame(pool, slot, &layout);
	pool->fork_number = fork_number();
	return 0;
}

void frame_pool_finish(struct frame_pool *pool)
{
	free(pool->frames);
	free(pool->metadata);
	stream_unref(pool->stream);
}

struct frame *frame_of(const struct shmflip_frame *public)
{
	return (struct frame *)public;
}

uint8_t *frame_base(const struct frame *frame)
{
	const struct frame_pool *pool = frame->pool;

	return (uint8_t *)((uintptr_t)pool->shared +
	                   layout_pixels_offset(pool->fixed, frame->slot));
}

static enum frame_use use_of(const struct frame *frame)
{
	return atomic_load_explicit(&frame->use, memory_order_relaxed);
}

/* ---- A producer's frames ---- */

struct frame *frame_lend(struct frame_pool *pool, uint32_t slot)
{
	struct frame *frame = &pool->frames[slot];

	frame->public = frame->initial;
	frame->metadata_bytes = 0;
	atomic_store_explicit(&frame->use, FRAME_LENT, memory_order_relaxed);
	return frame;
}

static int check_layout(struct frame *frame)
{
	const uint8_t *base = frame_base(frame);
	int error;

	if (frame->checked.fourcc != 0 && description_has_layout_of(&frame->public, &frame->passed))
		return 0;
	error = description_check_layout(&frame->public, base, frame->pool->fixed->slot_bytes);
	if (error)
		return error;
	frame->passed = frame->public;
	description_get_layout(&frame->public, base, &frame->checked);
	frame->recorded = false;
	return 0;
}

int frame_check(struct frame *frame)
{
	int error;

	if (frame->public.flags & ~(uint32_t)KNOWN_FLAGS)
		return fail(-EINVAL, "flags 0x%x of the frame are unknown", frame->public.flags);
	error = description_check_values(&frame->public);
	return error ? error : check_layout(frame);
}

/* How many bytes of a name to keep: no part of a character of UTF-8 at the end. */
static size_t source_bytes(const char *name)
{
	size_t bytes = strnlen(name, SHMFLIP_SOURCE_MAX + 1);

	if (bytes <= SHMFLIP_SOURCE_MAX)
		return bytes;
	bytes = SHMFLIP_SOURCE_MAX;
	while (bytes > 0 && ((unsigned char)name[bytes] & 0xc0) == 0x80)
		bytes--;
	return bytes;
}

static void write_source(struct frame *frame, struct layout_slot *record)
{
	const char *name = frame->public.source ? frame->public.source : "";
	size_t bytes = *name ? source_bytes(name) : 0;

	if (bytes > 0) {
		memmove(frame->source, name, bytes);
		memcpy(record->source, frame->source, bytes);
	}
	frame->source[bytes] = '\0';
	frame->public.source = frame->source;
	record->source_bytes = (uint8_t)bytes;
}

void frame_write(struct frame *frame)
{
	struct frame_pool *pool = frame->pool;
	struct layout_slot *record = layout_record(pool->shared, pool->fixed, frame->slot);
	uint8_t *metadata = (uint8_t *)((uintptr_t)pool->shared +
	                                layout_metadata_offset(pool->fixed, frame->slot));

	description_write(record, &frame->public);
	/* A cache line that is not written need not move between processors. */
	if (!frame->recorded)
		record->geometry = frame->checked.geometry;
	frame->recorded = true;
	write_source(frame, record);
	if (frame->metadata_bytes > 0)
		memcpy(metadata, frame->metadata, frame->metadata_bytes);
	record->metadata_bytes = frame->metadata_bytes;
}

static int check_lent(const struct frame *frame)
{
	int error = fork_check(frame->pool->fork_number);

	if (!error && use_of(frame) != FRAME_LENT)
		error = fail(-EINVAL, "the frame is not on loan");
	return error;
}

int shmflip_frame_layout(struct shmflip_frame *public)
{
	struct frame *frame = frame_of(public);
	uint64_t slot_bytes = frame->pool->fixed->slot_bytes;
	struct shmflip_layout layout;
	int error = check_lent(frame);

	if (error)
		return error;
	shmflip_init(&layout);
	error = shmflip_format_layout(public->fourcc, public->width, public->height, &layout);
	if (error)
		return error;
	if (layout.bytes > slot_bytes)
		return fail(-EMSGSIZE,
		            "a frame of %ux%u pixels does not fit slots of %llu bytes: "
		            "use a larger slot_bytes",
		            public->width, public->height, (unsigned long long)slot_bytes);
	set_planes(public, frame_base(frame), &layout);
	return 0;
}

uint8_t *shmflip_frame_writable(struct shmflip_frame *public, uint32_t plane)
{
	const struct frame *frame = frame_of(public);

	if (fork_check(frame->pool->fork_number) || use_of(frame) != FRAME_LENT ||
	    plane >= public->planes || plane >= SHMFLIP_PLANES_MAX)
		return NULL;
	return (uint8_t *)public->plane[plane].pixels;
}

int shmflip_frame_add_metadata(struct shmflip_frame *public,
                               const struct shmflip_metadata *metadata)
{
	struct frame *frame = frame_of(public);
	int error = check_lent(frame);

	if (error)
		return error;
	return metadata_add(frame->metadata, frame->pool->fixed->frame_metadata_bytes,
	                    &frame->metadata_bytes, metadata);
}

int shmflip_frame_publish(struct shmflip_frame *public)
{
	struct frame *frame = frame_of(public);
	int error = check_lent(frame);

	if (!error)
		error = frame_check(frame);
	return error ? error : frame->pool->publish(frame);
}

int shmflip_frame_reuse(struct shmflip_frame *public)
{
	struct frame *frame = frame_of(public);
	int error = fork_check(frame->pool->fork_number);

	if (error)
		return error;
	if (use_of(frame) != FRAME_PUBLISHED)
		return fail(-EINVAL, "the frame is not a published one of this producer");
	return frame->pool->reuse(frame);
}

/* ---- A viewer's frames ---- */

/* Copies no more cache lines than the producer has written, and not the geometry. */
static int copy_record(struct layout_slot *copy, const struct layout_slot *record)
{
	memcpy(copy, record, offsetof(struct layout_slot, geometry));
	layout_copy_barrier();
	if (copy->has_values) {
		copy->value_scale = record->value_scale;
		copy->value_offset = record->value_offset;
	}
	return copy->source_bytes <= SHMFLIP_SOURCE_MAX ? 0 : -EPROTO;
}

static void copy_source(struct frame *frame, const struct layout_slot *record, size_t bytes)
{
	if (bytes > 0)
		memcpy(frame->source, record->source, bytes);
	frame->source[bytes] = '\0';
}

static int copy_metadata(struct frame *frame, uint32_t bytes)
{
	const struct frame_pool *pool = frame->pool;

	frame->metadata_bytes = 0;
	if (bytes == 0)
		return 0;
	if (bytes > pool->fixed->frame_metadata_bytes)
		return -EPROTO;
	memcpy(frame->metadata,
	       (const uint8_t *)pool->shared + layout_metadata_offset(pool->fixed, frame->slot),
	       bytes);
	layout_copy_barrier();
	frame->metadata_bytes = bytes;
	return metadata_is_valid(frame->metadata, bytes, NULL) ? 0 : -EPROTO;
}

/* Where the record says what was checked before, what was copied then is used. */
static int read_layout(struct frame *frame, const struct layout_slot *copy,
                       const struct layout_geometry *geometry)
{
	struct description_layout layout = { copy->fourcc, copy->planes, { 0 } };
	const struct description_layout *checked = &frame->checked;
	const uint8_t *base = frame_base(frame);

	if (layout.fourcc != 0 && layout.fourcc == checked->fourcc &&
	    layout.planes == checked->planes && layout_has_geometry(geometry, &checked->geometry))
		return 0;
	layout.geometry = *geometry;
	layout_copy_barrier();
	memset(&frame->checked, 0, sizeof(frame->checked));
	if (!description_set_layout(&frame->public, base, &layout) ||
	    description_check_layout(&frame->public, base, frame->pool->fixed->slot_bytes))
		return -EPROTO;
	frame->checked = layout;
	return 0;
}

static int read_description(struct frame *frame)
{
	const struct frame_pool *pool = frame->pool;
	const struct layout_slot *record = layout_record(pool->shared, pool->fixed, frame->slot);
	struct layout_slot copy;
	int error = copy_record(&copy, record);

	if (!error)
		error = read_layout(frame, &copy, &record->geometry);
	/* Every producer sets this time. Viewers compute ages from it. */
	if (error || copy.published_ns == SHMFLIP_NO_TIME)
		return -EPROTO;
	description_read_values(&frame->public, &copy);
	copy_source(frame, record, copy.source_bytes);
	if (description_check_values(&frame->public) || copy_metadata(frame, copy.metadata_bytes))
		return -EPROTO;
	return 0;
}

int frame_read(struct frame_pool *pool, uint32_t slot, uint64_t sequence, struct frame **out)
{
	struct frame *frame = &pool->frames[slot];

	/* Pairs with the store of the attachment's release. */
	if (atomic_load_explicit(&frame->use, memory_order_acquire) != FRAME_FREE)
		return fail(-EBADMSG, "the producer overwrote a frame that this viewer holds");
	if (read_description(frame))
		return fail(-EBADMSG, "the description of frame %llu is damaged",
		            (unsigned long long)sequence);
	frame->public.sequence = sequence;
	atomic_store_explicit(&frame->use, FRAME_ACQUIRED, memory_order_relaxed);
	*out = frame;
	return 0;
}

/* ---- Both ---- */

static const void *find_metadata(const uint8_t *list, uint32_t list_bytes, uint32_t type,
                                 uint32_t *bytes)
{
	struct shmflip_metadata item;
	uint32_t offset = 0;

	while (metadata_next(list, list_bytes, &offset, &item)) {
		if (item.type == type) {
			*bytes = item.bytes;
			return item.data;
		}
	}
	*bytes = 0;
	return NULL;
}

const void *shmflip_frame_metadata(const struct shmflip_frame *public, uint32_t type,
                                   uint32_t *bytes)
{
	const struct frame *frame = frame_of(public);
	const struct stream *stream = frame->pool->stream;
	const void *data = find_metadata(frame->metadata, frame->metadata_bytes, type, bytes);

	return data ? data : find_metadata(stream->metadata, stream->metadata_bytes, type, bytes);
}

const struct shmflip_segment *shmflip_frame_segment(const struct shmflip_frame *public)
{
	struct frame *frame = frame_of(public);
	uint64_t base = layout_pixels_offset(frame->pool->fixed, frame->slot);

	for (uint32_t plane = 0; plane < SHMFLIP_PLANES_MAX; plane++)
		frame->segment.offset_bytes[plane] =
			plane < public->planes && public->plane[plane].pixels
				? base + (uint64_t)(public->plane[plane].pixels - frame_base(frame))
				: 0;
	return &frame->segment;
}

void shmflip_frame_release(const struct shmflip_frame *public)
{
	struct frame *frame = frame_of(public);

	if (frame)
		frame->pool->release(frame);
}
