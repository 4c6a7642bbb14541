/* SPDX-License-Identifier: MIT */
#include "life.h"

#include <errno.h>

void life_init(struct life *life, bool once, int64_t timeout_ns, int64_t now_ns)
{
	*life = (struct life){
		.once = once,
		.timeout_ns = timeout_ns,
		.absent_since_ns = now_ns,
	};
}

void life_see_end(struct life *life, enum life_state state, int64_t now_ns)
{
	if (!life_is_stale(life))
		life->stale_since_ns = now_ns;
	life->state = state;
}

static enum life_verdict lose(struct life *life, enum life_state state, int64_t now_ns)
{
	life_see_end(life, state, now_ns);
	life->attached = false;
	life->absent_since_ns = now_ns;
	life->died += state == LIFE_DIED;
	if (!life->once)
		return LIFE_LOST;
	return state == LIFE_ENDED ? LIFE_LEAVE : LIFE_BEREFT;
}

static enum life_verdict distrust(struct life *life, bool met, int64_t now_ns)
{
	if (!met)
		return LIFE_FAILED;
	life->bad_frames++;
	if (!life->attached)
		return lose(life, LIFE_BROKEN, now_ns);
	return life->bad_frames == 1 ? LIFE_BAD_FRAME : LIFE_NOTHING;
}

static enum life_verdict idle(const struct life *life, int64_t now_ns)
{
	return now_ns >= life_deadline_ns(life) ? LIFE_IMPATIENT : LIFE_NOTHING;
}

enum life_verdict life_judge(struct life *life, int result, bool met, bool attached, int64_t now_ns)
{
	life->attached = attached;
	switch (result) {
	case 0:
		life->state = LIFE_PRESENT;
		return LIFE_FRAME;
	case -EAGAIN:
	case -EINTR:
		return idle(life, now_ns);
	case -ENODATA:
		return lose(life, LIFE_ENDED, now_ns);
	case -EPIPE:
		return lose(life, LIFE_DIED, now_ns);
	case -EPROTO:
		return distrust(life, met, now_ns);
	}
	return LIFE_FAILED;
}

void life_be_patient(struct life *life, int64_t now_ns)
{
	life->absent_since_ns = now_ns;
}

int64_t life_deadline_ns(const struct life *life)
{
	if (life->attached || life->timeout_ns < 0)
		return INT64_MAX;
	return life->absent_since_ns + life->timeout_ns;
}

bool life_is_stale(const struct life *life)
{
	return life->state != LIFE_AWAITED && life->state != LIFE_PRESENT;
}
