/* SPDX-License-Identifier: MIT
 *
 * The header of a frames segment and the descriptions of its slots, as a viewer reads them.
 * Whatever they contain, and however they change between two reads, each frame that the viewer
 * gets lies within the segment, and every call returns. Each input is tried unchanged and with
 * NEIGHBOURS small changes.
 *
 * Input: 8 bytes for the segment's size, then the memory from its start. */
#include <errno.h>

#include "attachment.h"
#include "fuzz.h"

enum { NEIGHBOURS = 31, TAKES = 4, FIXED_BYTES = 96, CHANGED_BYTES = 1024 };

/* The largest header. Pixels follow it, which no check may touch: a sanitizer detects that. */
#define HEADER_BYTES (sizeof(struct layout_header) + SHMFLIP_SLOTS_MAX * sizeof(struct layout_slot))

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

static void check_frame(const struct shmflip_frame *frame, const struct attachment *attachment,
                        uint64_t segment_bytes)
{
	const struct shmflip_frame_info *info = &frame->info;
	uint64_t offset = frame->segment_offset;
	uint64_t bytes = (uint64_t)info->stride_bytes * info->height;

	REQUIRE(offset >= attachment->fixed.pixels_offset);
	REQUIRE(offset < segment_bytes && bytes <= segment_bytes - offset);
	REQUIRE((uint64_t)info->width * 4 <= info->stride_bytes && info->stride_bytes % 4 == 0);
	REQUIRE(info->width && info->height && bytes <= attachment->fixed.slot_bytes);
	REQUIRE(info->published_ns > -LAYOUT_TIME_END && info->published_ns < LAYOUT_TIME_END);
	REQUIRE(memchr(info->source, '\0', sizeof(info->source)));
}

static void take_frames(struct attachment *attachment, bool every, uint64_t segment_bytes)
{
	struct slot_reader *reader = &attachment->reader;
	struct shmflip_frame frame;
	uint64_t number = attachment->fixed.first_frame - 1;
	uint32_t slot;
	int error = every ? slots_claim(reader, SLOTS_NEWEST) : 0;

	for (int i = 0; !error && i < TAKES; i++) {
		error = every ? slots_take_next(reader, &number, &slot)
		              : slots_take_newest(reader, number, &number, &slot);
		if (error)
			break;
		REQUIRE(slot < attachment->fixed.slots && number < LAYOUT_FRAME_END);
		if (!attachment_describe(attachment, number, slot, &frame))
			check_frame(&frame, attachment, segment_bytes);
		slots_release(reader->locks, number);
	}
	slots_unclaim(reader);
	REQUIRE(!error || error == -EAGAIN || error == -EPROTO);
}

static void check_segment(uint64_t segment_bytes)
{
	struct slot_locks locks = { .lock = lock, .unlock = unlock };
	struct attachment attachment = { .shared = (struct layout_header *)memory };
	struct layout_fixed *fixed = &attachment.fixed;

	*fixed = attachment.shared->fixed;
	layout_copy_barrier();
	if (segment_bytes < sizeof(struct layout_header) ||
	    layout_check_segment(fixed, segment_bytes))
		return;
	REQUIRE(fixed->slots >= SHMFLIP_SLOTS_MIN && fixed->slots <= SHMFLIP_SLOTS_MAX);
	REQUIRE(fixed->pixels_offset + fixed->slots * fixed->slot_bytes <= segment_bytes);
	REQUIRE(fixed->pixels_offset >=
	        sizeof(struct layout_header) + fixed->slots * sizeof(struct layout_slot));
	for (int every = 0; every < 2; every++) {
		slots_init_reader(&attachment.reader, attachment.shared, fixed->slots, &locks);
		take_frames(&attachment, every, segment_bytes);
	}
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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint64_t segment_bytes;

	if (size < sizeof(segment_bytes))
		return 0;
	if (!memory)
		memory = aligned_alloc(LAYOUT_CACHE_LINE, HEADER_BYTES);
	REQUIRE(memory);
	state = fuzz_seed(data, size);
	memcpy(&segment_bytes, data, sizeof(segment_bytes));
	data += sizeof(segment_bytes);
	size -= sizeof(segment_bytes);
	if (size > HEADER_BYTES)
		size = HEADER_BYTES;
	restore(data, size);
	check_segment(segment_bytes);
	for (int i = 0; i < NEIGHBOURS; i++) {
		restore(data, size);
		change_one_number();
		check_segment(segment_bytes);
	}
	return 0;
}
