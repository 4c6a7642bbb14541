/* SPDX-License-Identifier: MIT
 *
 * The two sides of a measurement, each a process of its own. Their states and figures are in
 * memory shared with the benchmark. A side reads another's state only before and after
 * measuring. */
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
	SIDE_DONE, /* its figures are complete */
	SIDE_FAILED,
};

struct side {
	_Atomic int state; /* enum side_state; stored with release after what it stands for */
	int error;         /* if SIDE_FAILED */
	char detail[LINK_DETAIL_SIZE];
	int64_t setup_ns;         /* time to open */
	int64_t first_ns;         /* a receiver: from ready to processed, of the first frame */
	uint64_t first_faults;    /* page faults of the first frame on this side */
	uint64_t frames;          /* measured */
	int64_t elapsed_ns;       /* for the measured frames */
	struct usage usage;       /* for the measured frames */
	uint64_t dropped;         /* a sender: frames that found no buffer */
	uint64_t torn;            /* a receiver: damaged frames, warm-up included */
	struct histogram latency; /* a receiver: ready to received; a sender: time in send() */
};

/* The work of both sides. */
struct transfer {
	struct link link;
	enum touch touch;
	int64_t interval_ns; /* from frame to frame; 0: as fast as possible */
	int64_t seconds_ns;  /* how long to measure */
	struct side *sender;
	struct side *receivers; /* link.receivers of them */
};

/* Each runs one side to its end, in a process of its own. Returns false after a failure. */
bool sender_run(struct transfer *transfer);
bool receiver_run(struct transfer *transfer, unsigned receiver);

/* ---- Between the two sides ------------------------------------------------------------------- */

/* side_fail() sets SIDE_FAILED with error. */
void side_fail(struct side *side, int error);
void side_set_state(struct side *side, enum side_state state);
/* Sleeps until side has reached state, without limit. Returns false if the side failed. */
bool side_wait(const struct side *side, enum side_state state);

#endif
