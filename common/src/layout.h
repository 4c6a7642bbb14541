/* SPDX-License-Identifier: MIT
 *
 * Every byte that processes share: the two files of a channel and the frames segment.
 *
 *   NAME.lock   struct lock_record, read and written by owners of the channel only
 *   NAME        struct channel_record; tells viewers where the objects are
 *   segment     struct layout_header, one struct layout_slot per slot, padding to a page,
 *               then the slots' pixels, slot_bytes each
 *
 * Magic and version are at offset 0 of all three, in this and every later version of the layout.
 * Never trust shared bytes: copy a structure, then check the copy. */
#ifndef SHMFLIP_LAYOUT_H
#define SHMFLIP_LAYOUT_H

#include <stdalign.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "shmflip.h"

#define LAYOUT_VERSION 2
#define LAYOUT_PAGE UINT64_C(4096)
#define LAYOUT_CACHE_LINE 64

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
};

/* Why a generation ends. */
enum layout_state {
	LAYOUT_RUNNING = 1,
	LAYOUT_MOVED = 2, /* the producer continues in another generation */
	LAYOUT_ENDED = 3, /* the producer ended the stream */
};

/* What does not change during a generation. */
struct layout_fixed {
	struct layout_mark mark;
	uint64_t producer;
	uint64_t generation;
	uint64_t first_frame;   /* the number of the first one */
	uint64_t pixels_offset; /* of slot 0 */
	uint64_t slot_bytes;    /* a multiple of LAYOUT_PAGE */
	uint32_t slots;
	uint32_t policy;
	uint32_t fps_milli;
	int32_t pid;
	uint64_t lock_device; /* of the NAME.lock that the key was made from. A segment of */
	uint64_t lock_inode;  /* another one under the same key is a collision */
};

/* The state of one slot. The producer writes it while the slot is on loan. */
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

_Static_assert(sizeof(struct lock_record) == 48, "files keep their layout");
_Static_assert(sizeof(struct channel_record) == 64, "files keep their layout");
_Static_assert(sizeof(struct layout_fixed) == 88, "the segment keeps its layout");
_Static_assert(sizeof(struct layout_fixed) == SHMFLIP_SEGMENT_COOKIE_SIZE,
               "layout_fixed is the public cookie");
_Static_assert(offsetof(struct layout_header, latest) == 128, "the segment keeps its layout");
_Static_assert(offsetof(struct layout_header, state) == 192, "the segment keeps its layout");
_Static_assert(offsetof(struct layout_header, slot) == 256, "the segment keeps its layout");
_Static_assert(sizeof(struct layout_slot) == 256, "four cache lines per slot");
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

/* Computes the size of a segment from fixed's slots and slot_bytes. Rounds slot_bytes up, and sets
 * pixels_offset.
 * -EINVAL     out of range
 * -EOVERFLOW  more than can be addressed */
int layout_compute(struct layout_fixed *fixed, uint64_t *segment_bytes);

/* Checks a copied header against the size of its segment: after this, every slot lies within
 * segment_bytes. -EPROTO, -EPROTONOSUPPORT. */
int layout_check_segment(const struct layout_fixed *fixed, uint64_t segment_bytes);

/* Checks that the frame is possible and fits a slot. -EMSGSIZE, -EINVAL. */
int layout_check_frame(const struct shmflip_frame_info *info, uint64_t slot_bytes);

/* Call it between copying something shared and checking the copy. It keeps the compiler from
 * reading the original again. */
static inline void layout_copy_barrier(void)
{
	atomic_signal_fence(memory_order_seq_cst);
}

/* Fetches those cache lines of a description that every frame changes: not those of a long name. */
static inline void layout_prefetch(const struct layout_slot *slot)
{
	__builtin_prefetch(slot);
	__builtin_prefetch((const char *)slot + LAYOUT_CACHE_LINE);
}

/* Copy between a slot's description and the public one. The caller keeps the slot from changing. */
void layout_write_info(struct layout_slot *slot, const struct shmflip_frame_info *info);
void layout_read_info(const struct layout_slot *slot, uint64_t frame,
                      struct shmflip_frame_info *info);

#endif
