/* SPDX-License-Identifier: MIT
 *
 * Memory that the processes of a round share beside the channel: where each of them is, and what it
 * has seen. A process says which call it is about to make, and that it is back, so that a kill is known
 * to have hit what it was aimed at. Each field is written by one process. */
#ifndef SHMFLIP_TESTS_CRASH_ROUND_STATE_H
#define SHMFLIP_TESTS_CRASH_ROUND_STATE_H

#include <stdatomic.h>
#include <stdint.h>

/* What a process is inside of. */
enum op {
	OP_START, /* nothing yet */
	OP_CREATE,
	OP_TAKE_OVER, /* create, after a crash: cleans up */
	OP_LOAN,
	OP_DRAW,
	OP_PUBLISH,
	OP_DISCARD,
	OP_RESIZE,
	OP_DESTROY,
	OP_ACQUIRE, /* attaches where it has to, and sleeps */
	OP_LOOK,    /* holds a frame */
	OP_RELEASE,
	OP_LEAVE,
	OP_OTHER, /* between two of these */
	OPS
};

extern const char *const op_names[OPS];

#define PRODUCERS_MAX 8 /* of a round, one after the other */
#define VIEWERS_MAX 3

struct producer_notes {
	_Atomic uint32_t op;
	_Atomic uint64_t published; /* the last frame whose publishing is done */
	_Atomic uint32_t resized;   /* or moved on: frames may be lost with a generation */
	_Atomic uint32_t ending;    /* about to end by itself */
};

struct viewer_notes {
	_Atomic uint32_t op;
	_Atomic uint64_t frames; /* checked, twice each, and whole */
	_Atomic uint64_t seen;   /* the producer of the last frame since the last death; 0: none */
	_Atomic uint64_t told;   /* the last producer of whose death it was told */
	_Atomic int64_t told_ns; /* when */
};

/* A round's; starts as zeros. Producers are numbered from 1. */
struct round_state {
	_Atomic uint64_t final;   /* the producer that is to end by itself; 0: not yet */
	_Atomic uint64_t last;    /* the same, if with it the round ends */
	_Atomic uint32_t viewers; /* that then are there */
	struct producer_notes producer[PRODUCERS_MAX + 1];
	struct viewer_notes viewer[VIEWERS_MAX];
	_Atomic uint64_t spurious; /* wake-ups for nothing: see spurious_wakeups.h */
};

static inline void round_state_enter(_Atomic uint32_t *op, enum op now)
{
	atomic_store_explicit(op, now, memory_order_relaxed);
}

#endif
