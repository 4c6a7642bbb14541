/* SPDX-License-Identifier: MIT
 *
 * The two sides of a measurement, each a process of its own, and what they tell in memory that they share
 * with the benchmark. None of it is touched while frames are measured, but by the flag that ends
 * a warm-up. */
#ifndef SHMFLIP_BENCH_SIDE_H
#define SHMFLIP_BENCH_SIDE_H

#include <stdatomic.h>

#include "histogram.h"
#include "touch.h"
#include "transport/transport.h"
#include "usage.h"

enum side_state {
	SIDE_STARTED,
	SIDE_OPEN,
	SIDE_DONE, /* with its figures filled in */
	SIDE_FAILED,
};

struct side {
	_Atomic int state; /* enum side_state; stored with release after what it stands for */
	int error;         /* if failed */
	char detail[LINK_DETAIL_SIZE];
	int64_t setup_ns;         /* that opening took */
	int64_t first_ns;         /* a receiver: from ready to done with, of the first frame */
	uint64_t first_faults;    /* that the first frame took on this side */
	uint64_t frames;          /* measured */
	int64_t elapsed_ns;       /* that they took */
	struct usage usage;       /* for them */
	uint64_t dropped;         /* a sender: meanwhile */
	uint64_t torn;            /* a receiver: frames that did not come whole, warm-up included */
	struct histogram latency; /* a receiver: ready to received; a sender: what send took */
};

struct transfer {
	struct link link;
	enum touch touch;
	int64_t interval_ns; /* from frame to frame; 0: flat out */
	int64_t seconds_ns;  /* how long to measure */
	struct side *sender;
	struct side *receivers; /* link.receivers of them */
};

/* Each runs to the end, in a process of its own, and returns whether all went well. */
bool sender_run(struct transfer *transfer);
bool receiver_run(struct transfer *transfer, unsigned receiver);

/* ---- Between the two ------------------------------------------------------------------------- */

/* How either side ends: failed, or done with its figures. */
void side_fail(struct side *side, int error);
void side_set_state(struct side *side, enum side_state state);
/* Whether side got so far; naps until then, for ever if need be. False: it failed. */
bool side_wait(const struct side *side, enum side_state state);

#endif
