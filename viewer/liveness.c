/* SPDX-License-Identifier: MIT */
#include "liveness.h"

#include <errno.h>

void liveness_init(struct liveness *liveness, bool once, int64_t timeout_ns, int64_t now_ns)
{
	*liveness = (struct liveness){
		.once = once,
		.timeout_ns = timeout_ns,
		.absent_since_ns = now_ns,
	};
}

void liveness_note_end(struct liveness *liveness, enum liveness_state state, int64_t now_ns)
{
	if (!liveness_is_stale(liveness))
		liveness->stale_since_ns = now_ns;
	liveness->state = state;
}

static enum liveness_action note_loss(struct liveness *liveness, enum liveness_state state,
                                      int64_t now_ns)
{
	liveness_note_end(liveness, state, now_ns);
	liveness->attached = false;
	liveness->absent_since_ns = now_ns;
	liveness->died += state == LIVENESS_DIED;
	if (!liveness->once)
		return LIVENESS_LOST;
	return state == LIVENESS_ENDED ? LIVENESS_EXIT : LIVENESS_EXIT_DIED;
}

static enum liveness_action skip_frame(struct liveness *liveness)
{
	return ++liveness->bad_frames == 1 ? LIVENESS_BAD_FRAME : LIVENESS_NOTHING;
}

static enum liveness_action leave_producer(struct liveness *liveness, bool met_producer,
                                           int64_t now_ns)
{
	if (!met_producer)
		return LIVENESS_FAILED;
	liveness->bad_frames++;
	return note_loss(liveness, LIVENESS_BROKEN, now_ns);
}

static enum liveness_action check_timeout(const struct liveness *liveness, int64_t now_ns)
{
	return now_ns >= liveness_deadline_ns(liveness) ? LIVENESS_TIMED_OUT : LIVENESS_NOTHING;
}

enum liveness_action liveness_update(struct liveness *liveness, int error, bool met_producer,
                                     bool attached, int64_t now_ns)
{
	liveness->attached = attached;
	switch (error) {
	case 0:
		liveness->state = LIVENESS_LIVE;
		return LIVENESS_SHOW;
	case -EAGAIN:
	case -EINTR:
		return check_timeout(liveness, now_ns);
	case -ENODATA:
		return note_loss(liveness, LIVENESS_ENDED, now_ns);
	case -EPIPE:
		return note_loss(liveness, LIVENESS_DIED, now_ns);
	case -EBADMSG:
		return skip_frame(liveness);
	case -EPROTO:
		return leave_producer(liveness, met_producer, now_ns);
	}
	return LIVENESS_FAILED;
}

void liveness_restart_timeout(struct liveness *liveness, int64_t now_ns)
{
	liveness->absent_since_ns = now_ns;
}

int64_t liveness_deadline_ns(const struct liveness *liveness)
{
	if (liveness->attached || liveness->timeout_ns < 0)
		return INT64_MAX;
	return liveness->absent_since_ns + liveness->timeout_ns;
}

bool liveness_is_stale(const struct liveness *liveness)
{
	return liveness->state != LIVENESS_WAITING && liveness->state != LIVENESS_LIVE;
}
