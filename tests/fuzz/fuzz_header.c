/* SPDX-License-Identifier: MIT
 *
 * What precedes the pixels in a frames segment, as a viewer reads it: the header, the records of
 * the slots, metadata, and the stream. Whatever they contain, and however they change between two
 * reads, each frame that the viewer gets lies within the segment, and every call returns. Each
 * input is tried unchanged and with NEIGHBOURS small changes.
 *
 * Input: 8 bytes for the segment's size, then the memory from its start. */
#include <errno.h>

#include "format.h"
#include "frame.h"
#include "fuzz.h"
#include "slots.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#include <sanitizer/asan_interface.h>
#define FORBID(start, bytes) __asan_poison_memory_region(start, bytes)
#define PERMIT(start, bytes) __asan_unpoison_memory_region(start, bytes)
#endif
#endif
#ifndef FORBID
#define FORBID(start, bytes) ((void)(start), (void)(bytes))
#define PERMIT(start, bytes) FORBID(start, bytes)
#endif

enum { NEIGHBOURS = 31, TAKES = 4, FIXED_BYTES = 128, CHANGED_BYTES = 2048 };

/* The most that can precede the pixels, which no check may touch. */
#define BYTES_MAX                                                                                  \
	((1 + SHMFLIP_SLOTS_MAX) * LAYOUT_STRUCTURE_MAX +                                          \
	 SHMFLIP_SLOTS_MAX * SHMFLIP_FRAME_METADATA_MAX + sizeof(struct layout_stream) +           \
	 SHMFLIP_STREAM_METADATA_MAX + LAYOUT_PAGE)

/* How much of the pixels a sanitizer watches. */
#define WATCHED_BYTES (64 * LAYOUT_PAGE)

/* The part of the segment before the pixels, with some room behind. */
static uint8_t *memory;
static uint64_t state;

/* A viewer locks between two reads, so the lock is where memory changes. */
static int lock(struct slot_locks *locks, bool write, uint64_t first, uint64_t end)
{
	uint64_t choice = fuzz_next(&state);
	uint64_t number = fuzz_odd_number(&state);
	size_t at = choice % (CHANGED_BYTES - sizeof(number));

	(void)locks;
	REQUIRE(!write && first < end && end <= LAYOUT_FRAME_END);
	if ((choice >> 60) < 6)
		memcpy(memory + at, &number, sizeof(number));
	return (choice >> 60) == 15 ? -EAGAIN : 0;
}

static void unlock(struct slot_locks *locks, uint64_t first, uint64_t end)
{
	(void)locks;
	REQUIRE(first < end && end <= LAYOUT_FRAME_END);
}

static uint64_t check_plane(const struct frame *frame, uint32_t plane, uint64_t after)
{
	const struct shmflip_plane *at = &frame->public.plane[plane];
	const struct format *format = format_find(frame->public.fourcc);
	uint64_t offset = (uintptr_t)at->pixels - (uintptr_t)frame_base(frame);
	uint64_t slot_bytes = frame->pool->fixed->slot_bytes;
	uint64_t bytes = (uint64_t)at->stride_bytes * at->rows;

	REQUIRE(at->rows && at->stride_bytes && offset >= after && offset % 8 == 0);
	REQUIRE(offset <= slot_bytes && bytes <= slot_bytes - offset);
	if (format) {
		REQUIRE(at->stride_bytes >= format_row_bytes(format, plane, frame->public.width));
		REQUIRE(at->rows == format_rows(format, plane, frame->public.height));
	}
	return offset + bytes;
}

static bool is_time(int64_t ns)
{
	return ns == SHMFLIP_NO_TIME || (ns > -LAYOUT_TIME_END && ns < LAYOUT_TIME_END);
}

/* Reads each item of a list. A sanitizer detects those that are not whole. */
static uint32_t sum_items(const struct shmflip_metadata *items, uint32_t count)
{
	uint32_t sum = 0;

	for (uint32_t i = 0; i < count; i++)
		for (uint32_t at = 0; at < items[i].bytes; at++)
			sum += ((const uint8_t *)items[i].data)[at];
	return sum;
}

/* Keeps the compiler from dropping the reads. */
static volatile uint32_t sink;

static void check_metadata(const struct frame *frame)
{
	const struct stream *stream = frame->pool->stream;
	struct shmflip_metadata item;

	REQUIRE(frame->metadata_bytes <= frame->pool->fixed->frame_metadata_bytes);
	for (uint32_t type = 0; type < 4; type++) {
		item.data = shmflip_frame_metadata(&frame->public, type, &item.bytes);
		REQUIRE(item.data || item.bytes == 0);
		sink += sum_items(&item, 1);
	}
	sink += sum_items(stream->public.metadata, stream->public.metadata_count);
}

static void check_frame(const struct frame *frame)
{
	const struct shmflip_frame *public = &frame->public;
	uint64_t after = 0;

	REQUIRE(public->planes >= 1 && public->planes <= SHMFLIP_PLANES_MAX);
	for (uint32_t plane = 0; plane < public->planes; plane++)
		after = check_plane(frame, plane, after);
	for (uint32_t plane = public->planes; plane < SHMFLIP_PLANES_MAX; plane++)
		REQUIRE(!public->plane[plane].pixels);
	REQUIRE(public->width && public->height && public->fourcc && public->orientation <= 8);
	REQUIRE(is_time(public->published_ns) && is_time(public->captured_ns));
	REQUIRE(is_time(public->presentation_ns) && is_time(public->duration_ns));
	REQUIRE(is_time(public->decode_ns) && public->colour.range <= 2);
	REQUIRE(strlen(public->source) <= SHMFLIP_SOURCE_MAX);
	check_metadata(frame);
}

static void take_frames(struct slot_reader *reader, struct frame_pool *pool, bool every)
{
	uint64_t number = reader->fixed->first_frame - 1;
	struct frame *frame;
	uint32_t slot;
	int error = every ? slots_claim(reader, SLOTS_NEWEST) : 0;

	for (int i = 0; !error && i < TAKES; i++) {
		error = every ? slots_take_next(reader, &number, &slot)
		              : slots_take_newest(reader, number, &number, &slot);
		if (error)
			break;
		REQUIRE(slot < reader->fixed->slots && number < LAYOUT_FRAME_END);
		if (!frame_read(pool, slot, number, &frame)) {
			check_frame(frame);
			frame->use = FRAME_FREE;
		}
		slots_release(reader->locks, number);
	}
	slots_unclaim(reader);
	REQUIRE(!error || error == -EAGAIN || error == -EPROTO);
}

static void check_stream(const struct stream *stream)
{
	REQUIRE(stream->public.fourcc && !stream->public.width == !stream->public.height);
	REQUIRE(!stream->public.rate_num || stream->public.rate_den);
	REQUIRE(!stream->public.metadata_count == !stream->public.metadata);
}

/* As a viewer attaches. */
static void view(const struct layout_fixed *fixed)
{
	const struct layout_header *shared = (const struct layout_header *)memory;
	struct slot_locks locks = { .lock = lock, .unlock = unlock };
	struct frame_pool pool = { .shared = shared, .fixed = fixed };
	struct slot_reader reader;
	int error = stream_read((const void *)(memory + layout_stream_offset(fixed)), fixed,
	                        &pool.stream);

	REQUIRE(!error || error == -EPROTO);
	if (error)
		return;
	check_stream(pool.stream);
	REQUIRE(!frame_pool_init(&pool));
	for (int every = 0; every < 2; every++) {
		slots_init_reader(&reader, shared, fixed, &locks);
		take_frames(&reader, &pool, every);
	}
	frame_pool_finish(&pool);
}

static void check_segment(uint64_t segment_bytes)
{
	struct layout_fixed fixed = ((struct layout_header *)memory)->fixed;

	layout_copy_barrier();
	if (segment_bytes < sizeof(struct layout_header) ||
	    layout_check_segment(&fixed, segment_bytes))
		return;
	REQUIRE(fixed.slots >= SHMFLIP_SLOTS_MIN && fixed.slots <= SHMFLIP_SLOTS_MAX);
	REQUIRE(fixed.record_bytes >= sizeof(struct layout_slot));
	REQUIRE(fixed.mark.bytes >= sizeof(struct layout_header));
	REQUIRE(layout_stream_offset(&fixed) + fixed.stream_bytes <= fixed.pixels_offset);
	REQUIRE(layout_stream_offset(&fixed) + fixed.stream_bytes <= BYTES_MAX);
	REQUIRE(fixed.pixels_offset + fixed.slots * fixed.slot_bytes <= segment_bytes);
	if (fixed.pixels_offset <= BYTES_MAX)
		FORBID(memory + fixed.pixels_offset, WATCHED_BYTES);
	view(&fixed);
	if (fixed.pixels_offset <= BYTES_MAX)
		PERMIT(memory + fixed.pixels_offset, WATCHED_BYTES);
}

/* Sets the memory to the input. Only the first CHANGED_BYTES ever change. */
static void restore(const uint8_t *data, size_t size)
{
	static size_t used;
	size_t clear = used > CHANGED_BYTES ? used : CHANGED_BYTES;

	memcpy(memory, data, size);
	if (size < clear)
		memset(memory + size, 0, clear - size);
	used = size;
}

static void change_one_number(void)
{
	uint64_t choice = fuzz_next(&state), number = fuzz_odd_number(&state);
	/* The decisive numbers come first: the header, then the first slots. */
	size_t at = choice % (choice >> 63 ? FIXED_BYTES : CHANGED_BYTES - sizeof(number));

	memcpy(memory + at, &number, choice >> 62 & 1 ? 4 : 8);
}

static void allocate(void)
{
	size_t bytes = (BYTES_MAX / LAYOUT_PAGE + 1) * LAYOUT_PAGE + WATCHED_BYTES;

	memory = aligned_alloc(LAYOUT_PAGE, bytes);
	REQUIRE(memory);
	memset(memory, 0, bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint64_t segment_bytes;

	if (size < sizeof(segment_bytes))
		return 0;
	if (!memory)
		allocate();
	state = fuzz_seed(data, size);
	memcpy(&segment_bytes, data, sizeof(segment_bytes));
	data += sizeof(segment_bytes);
	size -= sizeof(segment_bytes);
	if (size > BYTES_MAX)
		size = BYTES_MAX;
	restore(data, size);
	check_segment(segment_bytes);
	for (int i = 0; i < NEIGHBOURS; i++) {
		restore(data, size);
		change_one_number();
		check_segment(segment_bytes);
	}
	return 0;
}
