/* SPDX-License-Identifier: MIT */
#include "layout.h"

#include <errno.h>
#include <string.h>

#include "error.h"

static const char lock_magic[8] = "shmflipL";
static const char channel_magic[8] = "shmflipC";
static const char segment_magic[8] = "shmflipS";

static void mark_set(struct layout_mark *mark, const char magic[8], size_t bytes)
{
	memcpy(mark->magic, magic, sizeof(mark->magic));
	mark->version = LAYOUT_VERSION;
	mark->bytes = bytes;
}

static int fail_damaged(const char *where)
{
	return fail(-EPROTO, "%s is damaged", where);
}

static int mark_check(const struct layout_mark *mark, const char magic[8], size_t bytes,
                      const char *where)
{
	if (memcmp(mark->magic, magic, sizeof(mark->magic)) != 0)
		return fail(-EPROTO, "%s was not written by shmflip", where);
	if (mark->version != LAYOUT_VERSION)
		return fail(-EPROTONOSUPPORT, "%s has layout version %u, this program speaks %u",
		            where, mark->version, LAYOUT_VERSION);
	if (mark->bytes != bytes)
		return fail_damaged(where);
	return 0;
}

/* The caller has zeroed what a short file does not have, and no mark is zero. */
static int file_check(const struct layout_mark *mark, const char magic[8], size_t size,
                      size_t bytes, const char *where)
{
	int error = mark_check(mark, magic, size, where);

	return error || bytes == size ? error : fail_damaged(where);
}

void layout_mark_lock(struct layout_mark *mark)
{
	mark_set(mark, lock_magic, sizeof(struct lock_record));
}

void layout_mark_channel(struct layout_mark *mark)
{
	mark_set(mark, channel_magic, sizeof(struct channel_record));
}

void layout_mark_segment(struct layout_mark *mark)
{
	mark_set(mark, segment_magic, sizeof(struct layout_header));
}

int layout_check_lock(const struct lock_record *record, size_t bytes, const char *where)
{
	int error = file_check(&record->mark, lock_magic, sizeof(*record), bytes, where);

	return error || record->generation < LAYOUT_GENERATION_END ? error : fail_damaged(where);
}

int layout_check_channel(const struct channel_record *record, size_t bytes, const char *where)
{
	int error = file_check(&record->mark, channel_magic, sizeof(*record), bytes, where);

	if (error)
		return error;
	/* A producer's number is that of its first generation. */
	if (record->producer == 0 || record->producer > record->generation ||
	    record->generation >= LAYOUT_GENERATION_END || record->segment_id < 0 ||
	    record->ring_id < 0)
		return fail_damaged(where);
	return 0;
}

static uint64_t page_align(uint64_t bytes)
{
	return (bytes + LAYOUT_PAGE - 1) & ~(LAYOUT_PAGE - 1);
}

static uint64_t pixels_offset(uint32_t slots)
{
	return page_align(sizeof(struct layout_header) + slots * sizeof(struct layout_slot));
}

int layout_compute(struct layout_fixed *fixed, uint64_t *segment_bytes)
{
	uint64_t bytes;

	if (fixed->slots < SHMFLIP_SLOTS_MIN || fixed->slots > SHMFLIP_SLOTS_MAX)
		return fail(-EINVAL, "%u slots are invalid: use %d to %d", fixed->slots,
		            SHMFLIP_SLOTS_MIN, SHMFLIP_SLOTS_MAX);
	if (fixed->slot_bytes == 0)
		return fail(-EINVAL, "a slot of 0 bytes holds no frame");
	if (fixed->slot_bytes > INT64_MAX - LAYOUT_PAGE ||
	    __builtin_mul_overflow(page_align(fixed->slot_bytes), fixed->slots, &bytes) ||
	    bytes > INT64_MAX - pixels_offset(fixed->slots))
		return fail(-EOVERFLOW, "%u slots of %llu bytes are more than can be addressed",
		            fixed->slots, (unsigned long long)fixed->slot_bytes);
	fixed->slot_bytes = page_align(fixed->slot_bytes);
	fixed->pixels_offset = pixels_offset(fixed->slots);
	*segment_bytes = fixed->pixels_offset + bytes;
	return 0;
}

int layout_check_segment(const struct layout_fixed *fixed, uint64_t segment_bytes)
{
	struct layout_fixed computed = *fixed;
	uint64_t computed_bytes;
	int error;

	error = mark_check(&fixed->mark, segment_magic, sizeof(struct layout_header),
	                   "the frames segment");
	if (error)
		return error;
	if (layout_compute(&computed, &computed_bytes) ||
	    computed.slot_bytes != fixed->slot_bytes ||
	    computed.pixels_offset != fixed->pixels_offset || computed_bytes > segment_bytes ||
	    fixed->first_frame == 0 || fixed->first_frame >= LAYOUT_FRAME_END ||
	    (fixed->policy != SHMFLIP_POLICY_LATEST && fixed->policy != SHMFLIP_POLICY_LOSSLESS))
		return fail(-EPROTO, "the header of the frames segment is damaged");
	return 0;
}

static bool is_valid_time(int64_t ns)
{
	return ns > -LAYOUT_TIME_END && ns < LAYOUT_TIME_END;
}

int layout_check_frame(const struct shmflip_frame_info *info, uint64_t slot_bytes)
{
	if (info->width == 0 || info->height == 0)
		return fail(-EINVAL, "a frame of %ux%u pixels is empty", info->width, info->height);
	if (info->format != SHMFLIP_FORMAT_XRGB8888 && info->format != SHMFLIP_FORMAT_ARGB8888)
		return fail(-EINVAL, "pixel format 0x%08x is unknown", info->format);
	if (info->stride_bytes % 4 != 0 || info->stride_bytes / 4 < info->width)
		return fail(-EINVAL, "a stride of %u bytes does not fit rows of %u 4-byte pixels",
		            info->stride_bytes, info->width);
	if (!is_valid_time(info->presentation_ns) || !is_valid_time(info->published_ns) ||
	    !is_valid_time(info->decode_ns))
		return fail(-EINVAL, "a time of the frame is more than a hundred years");
	if ((uint64_t)info->stride_bytes * info->height > slot_bytes)
		return fail(-EMSGSIZE, "a frame of %ux%u pixels does not fit slots of %llu bytes",
		            info->width, info->height, (unsigned long long)slot_bytes);
	return 0;
}

void layout_write_info(struct layout_slot *slot, const struct shmflip_frame_info *info)
{
	slot->presentation_ns = info->presentation_ns;
	slot->published_ns = info->published_ns;
	slot->decode_ns = info->decode_ns;
	slot->width = info->width;
	slot->height = info->height;
	slot->stride_bytes = info->stride_bytes;
	slot->format = info->format;
	slot->flags = info->flags;
	/* A cache line that is not written need not move between processors. */
	memcpy(slot->source, info->source, strnlen(info->source, sizeof(info->source) - 1) + 1);
}

void layout_read_info(const struct layout_slot *slot, uint64_t frame,
                      struct shmflip_frame_info *info)
{
	info->sequence = frame;
	info->presentation_ns = slot->presentation_ns;
	info->published_ns = slot->published_ns;
	info->decode_ns = slot->decode_ns;
	info->width = slot->width;
	info->height = slot->height;
	info->stride_bytes = slot->stride_bytes;
	info->format = slot->format;
	info->flags = slot->flags;
	memcpy(info->source, slot->source, sizeof(info->source));
	info->source[sizeof(info->source) - 1] = '\0';
	layout_copy_barrier();
}

int shmflip_frame_size(uint32_t width, uint32_t height, uint32_t *stride_bytes,
                       uint64_t *size_bytes)
{
	uint64_t stride = ((uint64_t)width * 4 + 63) & ~UINT64_C(63);

	if (width == 0 || height == 0)
		return fail(-EINVAL, "a frame of %ux%u pixels is empty", width, height);
	if (stride > UINT32_MAX)
		return fail(-EOVERFLOW, "rows of %u pixels are too long", width);
	if (stride * height > INT64_MAX - LAYOUT_PAGE)
		return fail(-EOVERFLOW, "frames of %ux%u pixels are too large", width, height);
	*stride_bytes = stride;
	*size_bytes = stride * height;
	return 0;
}
