/* SPDX-License-Identifier: MIT
 *
 * The life of the producers that a viewer sees: what each result of shmflip_viewer_acquire() means
 * to the program. Pure: results and times go in, verdicts come out. */
#ifndef SHMFLIP_VIEWER_LIVENESS_H
#define SHMFLIP_VIEWER_LIVENESS_H

#include <stdbool.h>
#include <stdint.h>

/* What the latest frame is worth. */
enum liveness_state {
	LIVENESS_WAITING, /* there has been none */
	LIVENESS_LIVE,    /* it is a living producer's */
	LIVENESS_ENDED,   /* stale: its producer ended */
	LIVENESS_DIED,    /* stale: its producer died */
	LIVENESS_BROKEN, /* stale: its producer wrote what no producer of ours would, and was left */
	LIVENESS_REPLACED, /* stale: its producer is gone, one way or another, and the next is there */
};

enum liveness_action {
	LIVENESS_SHOW,      /* show it */
	LIVENESS_NOTHING,   /* nothing new: go on */
	LIVENESS_BAD_FRAME, /* the first frame that could not be believed: say so, go on */
	LIVENESS_LOST,      /* the producer is gone: wait for the next */
	LIVENESS_EXIT,      /* the producer has ended, and that is all that was wanted */
	LIVENESS_EXIT_DIED, /* the producer has died or is broken, and no other is wanted */
	LIVENESS_TIMED_OUT, /* none has shown up, or come back, in time */
	LIVENESS_FAILED,    /* the result is an error that nothing can be done about */
};

struct liveness {
	bool once;
	int64_t timeout_ns; /* negative: patient for ever */
	enum liveness_state state;
	bool attached;
	int64_t absent_since_ns; /* while not attached */
	int64_t stale_since_ns;  /* while stale */
	uint64_t died;           /* producers */
	uint64_t bad_frames;
};

void liveness_init(struct liveness *liveness, bool once, int64_t timeout_ns, int64_t now_ns);

/* attached: whether there is a producer after the call that gave the result; met: whether there was
 * one before, or the call found one. */
enum liveness_action liveness_update(struct liveness *liveness, int result, bool met, bool attached,
                                     int64_t now_ns);

/* To be told when the latest frame's producer is seen to be gone before a result has told so, as there
 * may be frames of it left to acquire. Changes nothing but what that frame is worth. */
void liveness_note_end(struct liveness *liveness, enum liveness_state state, int64_t now_ns);

/* To be told when somebody has looked on meanwhile: patience starts anew. */
void liveness_restart_timeout(struct liveness *liveness, int64_t now_ns);

/* When patience ends if nothing happens; INT64_MAX: never. */
int64_t liveness_deadline_ns(const struct liveness *liveness);

bool liveness_is_stale(const struct liveness *liveness);

#endif
