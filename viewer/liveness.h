/* SPDX-License-Identifier: MIT
 *
 * Whether the producers of a channel are alive: what each result of shmflip_viewer_acquire() means
 * to the program. Pure: takes results and times, returns actions. */
#ifndef SHMFLIP_VIEWER_LIVENESS_H
#define SHMFLIP_VIEWER_LIVENESS_H

#include <stdbool.h>
#include <stdint.h>

/* The state of the current frame's producer. From LIVENESS_ENDED on the frame is stale. */
enum liveness_state {
	LIVENESS_WAITING,  /* no frame yet */
	LIVENESS_LIVE,     /* the producer is alive */
	LIVENESS_ENDED,    /* it ended its stream, and may begin another */
	LIVENESS_DIED,     /* it died, or its stream failed */
	LIVENESS_BROKEN,   /* it wrote invalid data, and the viewer abandoned it */
	LIVENESS_REPLACED, /* it ended or died, and the next one is there */
};

enum liveness_action {
	LIVENESS_SHOW,      /* show the frame */
	LIVENESS_NOTHING,   /* nothing is new: continue */
	LIVENESS_BAD_FRAME, /* the first frame that cannot be taken: report it, continue */
	LIVENESS_LOST,      /* the producer is gone: wait for the next stream */
	LIVENESS_EXIT,      /* --once, and the stream ended */
	LIVENESS_EXIT_DIED, /* --once, and the producer died or is broken */
	LIVENESS_TIMED_OUT, /* no producer came, or came back, in time */
	LIVENESS_FAILED,    /* an error that the program cannot handle */
};

struct liveness {
	bool once;
	int64_t timeout_ns; /* negative: none */
	enum liveness_state state;
	bool attached;
	int64_t absent_since_ns; /* while not attached */
	int64_t stale_since_ns;  /* while stale */
	uint64_t died;           /* producers */
	uint64_t bad_frames;     /* invalid, or in a format that this viewer does not show */
};

void liveness_init(struct liveness *liveness, bool once, int64_t timeout_ns, int64_t now_ns);

/* error: the result of the acquire call. met_producer: whether there was a producer before the
 * call, or the call found one. attached: whether there is one after the call. */
enum liveness_action liveness_update(struct liveness *liveness, int error, bool met_producer,
                                     bool attached, int64_t now_ns);

/* Call when the current frame's producer is seen to be gone before a result says so: there may be
 * more of its frames to acquire. Changes only the state of the current frame. */
void liveness_note_end(struct liveness *liveness, enum liveness_state state, int64_t now_ns);

/* Call when the timeout starts anew, because the user has paused or resumed. */
void liveness_restart_timeout(struct liveness *liveness, int64_t now_ns);

/* When the timeout ends if nothing happens. INT64_MAX: never. */
int64_t liveness_deadline_ns(const struct liveness *liveness);

bool liveness_is_stale(const struct liveness *liveness);

#endif
