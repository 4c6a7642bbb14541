/* SPDX-License-Identifier: MIT
 *
 * Memory that all processes of a round share, besides the channel: which library call each is in,
 * and what it has seen. A process notes a call before it and after it, so that the storm knows
 * which call a kill hit. Each field has one writer. */
#ifndef SHMFLIP_TESTS_CRASH_ROUND_STATE_H
#define SHMFLIP_TESTS_CRASH_ROUND_STATE_H

#include <stdatomic.h>
#include <stdint.h>

/* What a process is doing. */
enum op {
	OP_START,     /* no call yet */
	OP_OPEN,      /* of the producer */
	OP_TAKE_OVER, /* open after a crash, which cleans up first */
	OP_LOAN,
	OP_NEXT_STREAM, /* loan or wait_viewers after an end */
	OP_DRAW,
	OP_PUBLISH,
	OP_REUSE,
	OP_CONFIGURE,
	OP_END,
	OP_CLOSE_PRODUCER,
	OP_ACQUIRE, /* attaches first if necessary; sleeps */
	OP_CHECK,   /* holds a frame and checks its pixels */
	OP_RELEASE, /* a frame of either side */
	OP_CLOSE_VIEWER,
	OP_OTHER, /* between two calls */
	OPS
};

extern const char *const op_names[OPS];

#define PRODUCERS_MAX 8 /* in a round, one after the other */
#define VIEWERS_MAX 3
#define ENDS_MAX 64 /* of one producer's streams */

struct producer_notes {
	_Atomic uint32_t op;
	_Atomic uint64_t published; /* the last frame that is completely published */
	_Atomic uint32_t moved;     /* to another generation: frames can be lost with that one */
	_Atomic uint32_t ending; /* is about to end its last stream, close its channel and exit */
	_Atomic uint32_t ends;   /* of streams before the last one, also those in progress */
	_Atomic uint64_t last_frame[ENDS_MAX]; /* of each ended stream */
	_Atomic uint32_t failed;               /* one of them failed */
};

struct viewer_notes {
	_Atomic uint32_t op;
	_Atomic uint64_t frames;        /* checked twice each, and whole */
	_Atomic uint64_t producer;      /* of the last frame since the last death; 0: none */
	_Atomic uint64_t dead_producer; /* the last one that died while this viewer followed it */
	_Atomic int64_t death_seen_ns;  /* when acquire reported that */
};

/* The shared memory of one round; starts as zeros. Producers are numbered from 1. */
struct round_state {
	_Atomic uint64_t ending_producer; /* shall publish its final frames and exit; 0: none yet */
	_Atomic uint64_t last_producer; /* the same number, if the round ends with this producer */
	_Atomic uint32_t viewers;       /* how many run when the ending producer is set */
	struct producer_notes producer[PRODUCERS_MAX + 1];
	struct viewer_notes viewer[VIEWERS_MAX];
	_Atomic uint64_t spurious; /* see spurious_wakeups.h */
};

static inline void round_state_enter(_Atomic uint32_t *op, enum op now)
{
	atomic_store_explicit(op, now, memory_order_relaxed);
}

#endif
