/* SPDX-License-Identifier: MIT
 *
 * Every byte that processes share: the two files of a channel and the frames segment.
 *
 *   NAME.lock   struct lock_record, read and written by owners of the channel only
 *   NAME        struct channel_record; tells viewers where the objects are
 *   segment     struct layout_header, one struct layout_slot a slot, padding to a page,
 *               then the slots' pixels, slot_bytes each
 *
 * Magic and version stand at offset 0 of all three, in every version there will ever be.
 * Nothing here trusts what it reads: viewers copy a structure out, then check the copy. */
#ifndef SHMFLIP_LAYOUT_H
#define SHMFLIP_LAYOUT_H

#include <stdalign.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "shmflip.h"

#define LAYOUT_VERSION 1
#define LAYOUT_PAGE UINT64_C(4096)
#define LAYOUT_CACHE_LINE 64 /* a cache line */

/* Frames are numbered by sequence. 56 bits of it fit into latest. */
#define LAYOUT_FRAME_END (UINT64_C(1) << 56)
#define LAYOUT_DIRTY UINT64_C(0) /* as a slot's sequence: it holds no frame */

/* Generations are numbered by microseconds, or count up from there: none comes near. */
#define LAYOUT_GENERATION_END (UINT64_C(1) << 63)

/* No time in a description is so far from 0 in either direction: differences never overflow. */
#define LAYOUT_TIME_END (INT64_C(1) << 62)

struct layout_mark {
	char magic[8];
	uint32_t version;
	uint32_t bytes; /* of the structure that starts here */
};

struct lock_record {
	struct layout_mark mark;
	uint64_t generation; /* the last one begun; counted up before its objects are made */
	int32_t pid;         /* the owner's: for people to read, and to know one that lives on as
			      * another program, once the lock is known to be gone */
	uint8_t projects[2]; /* ftok project ids: of the last generation begun, and of the one
			      * before while it may still have objects. 0: none */
	uint8_t reserved[2];
};

struct channel_record {
	struct layout_mark mark;
	uint64_t producer;
	uint64_t generation;
	int32_t segment_id;
	int32_t ring_id;
};

/* Why a generation ends. */
enum layout_state {
	LAYOUT_RUNNING = 1,
	LAYOUT_MOVED = 2, /* its producer goes on in another generation */
	LAYOUT_ENDED = 3, /* its producer ended the stream */
};

/* What stays as it is for the life of a generation. */
struct layout_fixed {
	struct layout_mark mark;
	uint64_t producer;
	uint64_t generation;
	uint64_t first_frame;   /* that this generation can have */
	uint64_t pixels_offset; /* of slot 0 */
	uint64_t slot_bytes;    /* a multiple of LAYOUT_PAGE */
	uint32_t slots;
	uint32_t policy;
	uint32_t fps_milli;
	int32_t pid;
	uint64_t lock_device; /* which NAME.lock the key was made of: another one's segment */
	uint64_t lock_inode;  /* under the same key is a collision */
};

/* What belongs to one slot. Written by the producer while the slot is on loan. */
struct layout_slot {
	alignas(LAYOUT_CACHE_LINE) _Atomic uint64_t
		sequence; /* the frame it holds, or LAYOUT_DIRTY */
	int64_t presentation_ns;
	int64_t published_ns;
	int64_t decode_ns;
	uint32_t width;
	uint32_t height;
	uint32_t stride_bytes;
	uint32_t format;
	uint32_t flags;
	uint32_t reserved;
	char source[SHMFLIP_SOURCE_SIZE];
};

struct layout_header {
	alignas(LAYOUT_CACHE_LINE) struct layout_fixed fixed;
	alignas(LAYOUT_CACHE_LINE) _Atomic uint64_t latest; /* layout_latest() */
	alignas(LAYOUT_CACHE_LINE) _Atomic uint32_t state;  /* enum layout_state */
	_Atomic uint64_t dropped;
	alignas(LAYOUT_CACHE_LINE) struct layout_slot slot[];
};

_Static_assert(sizeof(struct lock_record) == 32, "files keep their layout");
_Static_assert(sizeof(struct channel_record) == 40, "files keep their layout");
_Static_assert(sizeof(struct layout_fixed) == 88, "the segment keeps its layout");
_Static_assert(sizeof(struct layout_fixed) == SHMFLIP_SEGMENT_COOKIE_SIZE, "it is the cookie");
_Static_assert(offsetof(struct layout_header, latest) == 128, "the segment keeps its layout");
_Static_assert(offsetof(struct layout_header, state) == 192, "the segment keeps its layout");
_Static_assert(offsetof(struct layout_header, slot) == 256, "the segment keeps its layout");
_Static_assert(sizeof(struct layout_slot) == 256, "four cache lines a slot");
_Static_assert(ATOMIC_LLONG_LOCK_FREE == 2, "64-bit atomics work between processes");

#define LAYOUT_NO_SLOT 0xff

/* The one word that says which frame is newest, and in which slot it lies. Before a generation's first
 * frame it says the one before, and LAYOUT_NO_SLOT. */
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

/* Fills in a mark, for each of the three magics. */
void layout_mark_lock(struct layout_mark *mark);
void layout_mark_channel(struct layout_mark *mark);
void layout_mark_segment(struct layout_mark *mark);

/* Checks a copied record of which so many bytes were read. where names the file in the error's detail.
 * -EPROTO: not one of ours, or damaged. -EPROTONOSUPPORT: ours, of another version. */
int layout_check_lock(const struct lock_record *record, size_t bytes, const char *where);
int layout_check_channel(const struct channel_record *record, size_t bytes, const char *where);

/* The size of a segment. Sets fixed's pixels_offset and slot_bytes, rounding the latter up, from
 * its slots and slot_bytes. -EINVAL: out of range. -EOVERFLOW. */
int layout_compute(struct layout_fixed *fixed, uint64_t *segment_bytes);

/* Checks a copied header against the segment that it came from: after this, every slot lies within
 * segment_bytes. -EPROTO, -EPROTONOSUPPORT. */
int layout_check_segment(const struct layout_fixed *fixed, uint64_t segment_bytes);

/* Whether the frame is possible and lies within a slot. 0, -EMSGSIZE, -EINVAL. */
int layout_check_frame(const struct shmflip_frame_info *info, uint64_t slot_bytes);

/* To be called between copying something shared and checking the copy: keeps the compiler from reading
 * the original once more. */
static inline void layout_copy_barrier(void)
{
	atomic_signal_fence(memory_order_seq_cst);
}

/* Has those lines of a description brought in that every frame changes: all but a long name's. */
static inline void layout_prefetch(const struct layout_slot *slot)
{
	__builtin_prefetch(slot);
	__builtin_prefetch((const char *)slot + LAYOUT_CACHE_LINE);
}

/* Between a slot's description and the public one. The caller keeps the slot from changing. */
void layout_write_info(struct layout_slot *slot, const struct shmflip_frame_info *info);
void layout_read_info(const struct layout_slot *slot, uint64_t frame,
                      struct shmflip_frame_info *info);

#endif
