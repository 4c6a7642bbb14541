/* SPDX-License-Identifier: MIT
 *
 * Every byte that processes share: the two files of a channel and the frames segment.
 *
 *   NAME.lock   struct lock_record, read and written by owners of the channel only
 *   NAME        struct channel_record; tells viewers where the objects are
 *   segment     struct layout_header, a struct layout_slot for each slot, room for each frame's
 *               metadata, struct layout_stream with the stream's metadata, padding to a page, then
 *               the slots' pixels, slot_bytes each
 *
 * Magic and version are at offset 0 of all three, in this and every later version of the layout.
 * A later library may write longer structures of the same version: each says its size, and readers
 * use what they know. Never trust shared bytes: copy a structure, then check the copy. */
#ifndef SHMFLIP_LAYOUT_H
#define SHMFLIP_LAYOUT_H

#include <stdalign.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "shmflip.h"

#define LAYOUT_VERSION 2
#define LAYOUT_PAGE UINT64_C(4096)
#define LAYOUT_CACHE_LINE 64
#define LAYOUT_STRUCTURE_MAX 65536 /* bytes of a header or a record, in any later library */

/* A frame's number is its sequence. 56 bits of it fit into latest. */
#define LAYOUT_FRAME_END (UINT64_C(1) << 56)
#define LAYOUT_DIRTY UINT64_C(0) /* a slot's sequence while it holds no frame */

/* A generation's number is a time in microseconds, or counts up from such a time. None comes near
 * this. */
#define LAYOUT_GENERATION_END (UINT64_C(1) << 63)

/* Every time in a description is nearer to 0 than this. So differences never overflow. */
#define LAYOUT_TIME_END (INT64_C(1) << 62)

struct layout_mark {
	char magic[8];
	uint32_t version;
	uint32_t bytes; /* of the structure that starts here */
};

struct lock_record {
	struct layout_mark mark;
	uint64_t generation;    /* the last one begun; counted up before its objects are created */
	int32_t pid;            /* the owner's, for people to read */
	uint32_t pid_namespace; /* in which pid counts; 0: not known */
	int32_t keys[2]; /* of the objects of the last generation begun, and of the one before it
			      * while that may still have objects */
	uint8_t projects[2]; /* the ftok project ids of these keys; 0: none */
	uint8_t reserved[6];
};

struct channel_record {
	struct layout_mark mark;
	uint64_t producer;
	uint64_t generation;
	int32_t segment_id;
	int32_t ring_id;
	int32_t ring_key; /* the kernel may give the id to another set, but not this key with it */
	uint32_t ipc_namespace; /* where the ids are valid; 0: not known */
	/* This file as its writer sees it. On another one, locks do not meet the writer's. */
	uint64_t device;
	uint64_t inode;
	/* layout_end(), once the stream has ended and this file is no longer the channel's: for a
	 * viewer that has not moved on in time. 0: not yet. */
	uint64_t end;
	uint64_t reserved;
};

/* Why a generation ends. */
enum layout_state {
	LAYOUT_RUNNING = 1,
	LAYOUT_MOVED = 2,  /* the producer continues in another generation */
	LAYOUT_ENDED = 3,  /* the producer ended the stream; it may begin another one */
	LAYOUT_FAILED = 4, /* likewise, and the stream is incomplete */
};

#define LAYOUT_FEATURES_KNOWN UINT32_C(0)

/* What holds the slots. */
enum layout_backing {
	LAYOUT_SYSV = 1, /* the System V segment that begins with this header */
};

/* What does not change during a generation. */
struct layout_fixed {
	struct layout_mark mark;    /* its bytes end where the first slot's record starts */
	uint32_t features_required; /* a reader that does not know each bit must refuse */
	uint32_t features_optional; /* it may ignore these */
	uint64_t producer;
	uint64_t generation;
	uint64_t first_frame;   /* the number of the first one */
	uint64_t pixels_offset; /* of slot 0 */
	uint64_t slot_bytes;    /* a multiple of LAYOUT_PAGE */
	uint32_t slots;
	uint32_t record_bytes;         /* of a slot's record */
	uint32_t frame_metadata_bytes; /* room for each frame's metadata */
	uint32_t stream_bytes;         /* of struct layout_stream with the stream's metadata */
	uint32_t policy;
	uint32_t backing; /* enum layout_backing */
	int32_t pid;
	uint32_t reserved;
	uint64_t lock_device; /* of the NAME.lock that the key was made from. A segment of */
	uint64_t lock_inode;  /* another one under the same key is a collision */
	uint64_t reserved_end[2];
};

/* How a frame's pixels lie in its slot. It seldom changes. */
struct layout_geometry {
	uint32_t width;
	uint32_t height;
	uint32_t stride_bytes[SHMFLIP_PLANES_MAX];
	uint32_t offset_units[SHMFLIP_PLANES_MAX]; /* from the slot's start, in units of 8 bytes */
	uint32_t rows[SHMFLIP_PLANES_MAX];
	struct shmflip_colour colour;
};

/* The state of one slot. The producer writes it while the slot is on loan. Of an ordinary frame
 * only the first cache line changes, and travels to viewers. */
struct layout_slot {
	alignas(LAYOUT_CACHE_LINE) _Atomic uint64_t
		sequence; /* the frame it holds, or LAYOUT_DIRTY */
	int64_t published_ns;
	int64_t captured_ns;
	int64_t presentation_ns;
	int64_t duration_ns;
	int64_t decode_ns;
	uint32_t fourcc;
	uint32_t flags;
	uint32_t metadata_bytes;
	uint8_t planes;
	uint8_t orientation;
	uint8_t source_bytes; /* of source, without a NUL */
	uint8_t has_values;   /* 1: value_scale and value_offset are set */
	struct layout_geometry geometry;
	float value_scale;
	float value_offset;
	uint8_t reserved[56];
	char source[SHMFLIP_SOURCE_MAX + 1];
	uint8_t reserved_end[120];
};

/* What the frames have in common. Items of metadata follow: see metadata.h. */
struct layout_stream {
	uint32_t fourcc;
	uint32_t width;
	uint32_t height;
	uint32_t rate_num;
	uint32_t rate_den;
	uint32_t aspect_num;
	uint32_t aspect_den;
	uint32_t metadata_bytes;
	struct shmflip_colour colour;
	uint8_t reserved[24];
};

struct layout_header {
	alignas(LAYOUT_CACHE_LINE) struct layout_fixed fixed;
	alignas(LAYOUT_CACHE_LINE) _Atomic uint64_t latest; /* layout_latest() */
	alignas(LAYOUT_CACHE_LINE) _Atomic uint32_t state;  /* enum layout_state */
	_Atomic uint64_t dropped;
};

_Static_assert(sizeof(struct lock_record) == 48, "files keep their layout");
_Static_assert(sizeof(struct channel_record) == 80, "files keep their layout");
_Static_assert(sizeof(struct layout_fixed) == 128, "the segment keeps its layout");
_Static_assert(offsetof(struct layout_header, latest) == 128, "the segment keeps its layout");
_Static_assert(offsetof(struct layout_header, state) == 192, "the segment keeps its layout");
_Static_assert(sizeof(struct layout_header) == 256, "the segment keeps its layout");
_Static_assert(offsetof(struct layout_slot, geometry) == 64, "the segment keeps its layout");
_Static_assert(offsetof(struct layout_slot, value_scale) == 128, "two cache lines suffice");
_Static_assert(offsetof(struct layout_slot, source) == 192, "the segment keeps its layout");
_Static_assert(sizeof(struct layout_slot) == 512, "the segment keeps its layout");
_Static_assert(sizeof(struct layout_geometry) % sizeof(uint64_t) == 0, "it is compared in words");
_Static_assert(sizeof(struct layout_stream) == 64, "the segment keeps its layout");
_Static_assert(sizeof(struct shmflip_colour) == 8, "the segment keeps its layout");
_Static_assert(ATOMIC_LLONG_LOCK_FREE == 2, "64-bit atomics work between processes");

#define LAYOUT_NO_SLOT 0xff

/* The word that says which frame is newest, and which slot holds it. Before a generation's first
 * frame it has the number before that one, and LAYOUT_NO_SLOT. */
static inline uint64_t layout_latest(uint64_t frame, uint32_t slot)
{
	return frame << 8 | slot;
}

static inline uint64_t layout_latest_frame(uint64_t latest)
{
	return latest >> 8;
}

static inline uint32_t layout_latest_slot(uint64_t latest)
{
	return latest & 0xff;
}

/* The word that says how a stream ended, and with which frame. */
static inline uint64_t layout_end(uint64_t last_frame, enum layout_state state)
{
	return last_frame << 8 | state;
}

static inline uint64_t layout_end_frame(uint64_t end)
{
	return end >> 8;
}

static inline enum layout_state layout_end_state(uint64_t end)
{
	return end & 0xff;
}

/* Offsets from the segment's start, and the parts there. fixed is a checked copy, or the
 * producer's own. */
static inline uint64_t layout_record_offset(const struct layout_fixed *fixed, uint32_t slot)
{
	return fixed->mark.bytes + (uint64_t)slot * fixed->record_bytes;
}

static inline struct layout_slot *layout_record(const struct layout_header *shared,
                                                const struct layout_fixed *fixed, uint32_t slot)
{
	return (struct layout_slot *)((uintptr_t)shared + layout_record_offset(fixed, slot));
}

static inline uint64_t layout_metadata_offset(const struct layout_fixed *fixed, uint32_t slot)
{
	return layout_record_offset(fixed, fixed->slots) +
	       (uint64_t)slot * fixed->frame_metadata_bytes;
}

static inline uint64_t layout_stream_offset(const struct layout_fixed *fixed)
{
	return layout_metadata_offset(fixed, fixed->slots);
}

static inline uint64_t layout_pixels_offset(const struct layout_fixed *fixed, uint32_t slot)
{
	return fixed->pixels_offset + slot * fixed->slot_bytes;
}

/* Each fills in a mark, with one of the three magics. */
void layout_mark_lock(struct layout_mark *mark);
void layout_mark_channel(struct layout_mark *mark);
void layout_mark_segment(struct layout_mark *mark);

/* Checks a copied record; bytes is how many of it were read. where names the file in the error's
 * detail.
 * -EPROTO           shmflip did not write it, or it is damaged
 * -EPROTONOSUPPORT  it has another version */
int layout_check_lock(const struct lock_record *record, size_t bytes, const char *where);
int layout_check_channel(const struct channel_record *record, size_t bytes, const char *where);

/* Computes the size of a segment from fixed's slots, slot_bytes, frame_metadata_bytes and
 * stream_bytes. Sets mark, record_bytes and pixels_offset. Rounds slot_bytes up.
 * -EINVAL     out of range
 * -EOVERFLOW  more than can be addressed */
int layout_compute(struct layout_fixed *fixed, uint64_t *segment_bytes);

/* Checks a copied header against the size of its segment: after this, every slot, record, room for
 * metadata and the stream's record lie within segment_bytes. -EPROTO, -EPROTONOSUPPORT. */
int layout_check_segment(const struct layout_fixed *fixed, uint64_t segment_bytes);

/* Compares word by word, which compilers turn into a few instructions. What is shared is read
 * once. */
static inline bool layout_has_geometry(const struct layout_geometry *shared,
                                       const struct layout_geometry *copy)
{
	const uint8_t *a = (const uint8_t *)shared, *b = (const uint8_t *)copy;
	uint64_t differs = 0, x, y;

	for (size_t i = 0; i < sizeof(*copy); i += sizeof(x)) {
		memcpy(&x, a + i, sizeof(x));
		memcpy(&y, b + i, sizeof(y));
		differs |= x ^ y;
	}
	return differs == 0;
}

/* Call it between copying something shared and checking the copy. It keeps the compiler from
 * reading the original again. */
static inline void layout_copy_barrier(void)
{
	atomic_signal_fence(memory_order_seq_cst);
}

/* Fetches those cache lines of a record that every frame changes. */
static inline void layout_prefetch(const struct layout_slot *slot)
{
	__builtin_prefetch(slot);
	__builtin_prefetch((const char *)slot + LAYOUT_CACHE_LINE);
}

#endif
