/* SPDX-License-Identifier: MIT
 *
 * The life of the producers that a viewer sees: what each result of shmflip_viewer_acquire() means
 * to the program. Pure: results and times go in, verdicts come out. */
#ifndef VIEWER_LIFE_H
#define VIEWER_LIFE_H

#include <stdbool.h>
#include <stdint.h>

/* What the latest frame is worth. */
enum life_state {
	LIFE_AWAITED,  /* there has been none */
	LIFE_PRESENT,  /* it is a living producer's */
	LIFE_ENDED,    /* stale: its producer ended */
	LIFE_DIED,     /* stale: its producer died */
	LIFE_BROKEN,   /* stale: its producer wrote what no producer of ours would, and was left */
	LIFE_REPLACED, /* stale: its producer is gone, one way or another, and the next is there */
};

enum life_verdict {
	LIFE_FRAME,     /* show it */
	LIFE_NOTHING,   /* nothing new: go on */
	LIFE_BAD_FRAME, /* the first frame that could not be believed: say so, go on */
	LIFE_LOST,      /* the producer is gone: wait for the next */
	LIFE_LEAVE,     /* the producer has ended, and that is all that was wanted */
	LIFE_BEREFT,    /* the producer has died or is broken, and no other is wanted */
	LIFE_IMPATIENT, /* none has shown up, or come back, in time */
	LIFE_FAILED,    /* the result is an error that nothing can be done about */
};

struct life {
	bool once;
	int64_t timeout_ns; /* negative: patient for ever */
	enum life_state state;
	bool attached;
	int64_t absent_since_ns; /* while not attached */
	int64_t stale_since_ns;  /* while stale */
	uint64_t died;           /* producers */
	uint64_t bad_frames;
};

void life_init(struct life *life, bool once, int64_t timeout_ns, int64_t now_ns);

/* attached: whether there is a producer after the call that gave the result; met: whether there was
 * one before, or the call found one. */
enum life_verdict life_judge(struct life *life, int result, bool met, bool attached,
                             int64_t now_ns);

/* To be told when the latest frame's producer is seen to be gone before a result has told so, as there
 * may be frames of it left to acquire. Changes nothing but what that frame is worth. */
void life_see_end(struct life *life, enum life_state state, int64_t now_ns);

/* To be told when somebody has looked on meanwhile: patience starts anew. */
void life_be_patient(struct life *life, int64_t now_ns);

/* When patience ends if nothing happens; INT64_MAX: never. */
int64_t life_deadline_ns(const struct life *life);

bool life_is_stale(const struct life *life);

#endif
