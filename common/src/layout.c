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
		return fail(-EPROTONOSUPPORT,
		            "%s has layout version %u, and this program speaks version %u: use "
		            "the same version of shmflip on both sides",
		            where, mark->version, LAYOUT_VERSION);
	/* A later library may write more. */
	if (mark->bytes < bytes)
		return fail_damaged(where);
	return 0;
}

/* The caller has zeroed what a short file does not have, and no mark is zero. */
static int file_check(const struct layout_mark *mark, const char magic[8], size_t size,
                      size_t bytes, const char *where)
{
	int error = mark_check(mark, magic, size, where);

	return error || bytes >= size ? error : fail_damaged(where);
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

static uint64_t align(uint64_t bytes, uint64_t unit)
{
	return (bytes + unit - 1) & ~(unit - 1);
}

/* Where the pixels may begin. */
static uint64_t pixels_offset(const struct layout_fixed *fixed)
{
	return align(layout_stream_offset(fixed) + fixed->stream_bytes, LAYOUT_PAGE);
}

int layout_compute(struct layout_fixed *fixed, uint64_t *segment_bytes)
{
	uint64_t bytes;

	if (fixed->slots < SHMFLIP_SLOTS_MIN || fixed->slots > SHMFLIP_SLOTS_MAX)
		return fail(-EINVAL, "%u slots are invalid: use %d to %d", fixed->slots,
		            SHMFLIP_SLOTS_MIN, SHMFLIP_SLOTS_MAX);
	if (fixed->slot_bytes == 0)
		return fail(-EINVAL, "a slot of 0 bytes holds no frame");
	layout_mark_segment(&fixed->mark);
	fixed->record_bytes = sizeof(struct layout_slot);
	fixed->pixels_offset = pixels_offset(fixed);
	if (fixed->slot_bytes > INT64_MAX - LAYOUT_PAGE ||
	    __builtin_mul_overflow(align(fixed->slot_bytes, LAYOUT_PAGE), fixed->slots, &bytes) ||
	    bytes > INT64_MAX - fixed->pixels_offset)
		return fail(-EOVERFLOW, "%u slots of %llu bytes are more than can be addressed",
		            fixed->slots, (unsigned long long)fixed->slot_bytes);
	fixed->slot_bytes = align(fixed->slot_bytes, LAYOUT_PAGE);
	*segment_bytes = fixed->pixels_offset + bytes;
	return 0;
}

static bool is_aligned(uint64_t bytes, uint64_t unit)
{
	return bytes % unit == 0;
}

/* The bounds keep sums from overflowing. */
static bool has_valid_sizes(const struct layout_fixed *fixed)
{
	return fixed->mark.bytes <= LAYOUT_STRUCTURE_MAX &&
	       is_aligned(fixed->mark.bytes, LAYOUT_CACHE_LINE) &&
	       fixed->record_bytes >= sizeof(struct layout_slot) &&
	       fixed->record_bytes <= LAYOUT_STRUCTURE_MAX &&
	       is_aligned(fixed->record_bytes, LAYOUT_CACHE_LINE) &&
	       fixed->frame_metadata_bytes <= SHMFLIP_FRAME_METADATA_MAX &&
	       is_aligned(fixed->frame_metadata_bytes, 8) &&
	       fixed->stream_bytes >= sizeof(struct layout_stream) &&
	       fixed->stream_bytes <= sizeof(struct layout_stream) + SHMFLIP_STREAM_METADATA_MAX &&
	       fixed->slots >= SHMFLIP_SLOTS_MIN && fixed->slots <= SHMFLIP_SLOTS_MAX;
}

static bool fits_segment(const struct layout_fixed *fixed, uint64_t segment_bytes)
{
	uint64_t bytes;

	return fixed->slot_bytes > 0 && is_aligned(fixed->slot_bytes, LAYOUT_PAGE) &&
	       is_aligned(fixed->pixels_offset, LAYOUT_PAGE) &&
	       fixed->pixels_offset >= pixels_offset(fixed) &&
	       fixed->pixels_offset <= segment_bytes &&
	       !__builtin_mul_overflow(fixed->slot_bytes, fixed->slots, &bytes) &&
	       bytes <= segment_bytes - fixed->pixels_offset;
}

static bool has_valid_values(const struct layout_fixed *fixed)
{
	return fixed->first_frame > 0 && fixed->first_frame < LAYOUT_FRAME_END &&
	       (fixed->policy == SHMFLIP_POLICY_LATEST || fixed->policy == SHMFLIP_POLICY_LOSSLESS);
}

static int check_features(const struct layout_fixed *fixed)
{
	uint32_t unknown = fixed->features_required & ~LAYOUT_FEATURES_KNOWN;

	if (unknown)
		return fail(-EPROTONOSUPPORT,
		            "the producer uses features (0x%x) that this program does not know: "
		            "update shmflip",
		            unknown);
	if (fixed->backing != LAYOUT_SYSV)
		return fail(-EPROTONOSUPPORT,
		            "the producer's frames are in memory of a kind (%u) that this program "
		            "does not know: update shmflip",
		            fixed->backing);
	return 0;
}

int layout_check_segment(const struct layout_fixed *fixed, uint64_t segment_bytes)
{
	int error = mark_check(&fixed->mark, segment_magic, sizeof(struct layout_header),
	                       "the frames segment");

	if (!error)
		error = check_features(fixed);
	if (error)
		return error;
	if (!has_valid_sizes(fixed) || !fits_segment(fixed, segment_bytes) ||
	    !has_valid_values(fixed))
		return fail(-EPROTO, "the header of the frames segment is damaged");
	return 0;
}
