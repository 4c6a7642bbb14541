/* SPDX-License-Identifier: MIT */
#include "session_producer.h"

#include <errno.h>

#include "monotonic.h"

static enum liveness_state state_of(const struct shmflip_status *status, uint64_t producer)
{
	if (status->state == SHMFLIP_DEAD)
		return LIVENESS_DIED;
	if (status->error)
		return LIVENESS_LIVE;
	if (status->channel->producer != producer)
		return LIVENESS_REPLACED;
	if (status->state == SHMFLIP_FAILED)
		return LIVENESS_DIED;
	return status->state == SHMFLIP_ENDED ? LIVENESS_ENDED : LIVENESS_LIVE;
}

static enum liveness_state inspect_producer(const struct session *session)
{
	const struct shmflip_status *status;
	int error = shmflip_channel_status(session->options->dir, session->channel_name, &status);

	if (error)
		return error == -ENOENT ? LIVENESS_ENDED : LIVENESS_LIVE;
	enum liveness_state state = state_of(status, session->channel.producer);
	shmflip_status_free(status);
	return state;
}

enum session_event session_check_producer(struct session *session)
{
	enum liveness_state state = inspect_producer(session);

	if (state == LIVENESS_LIVE)
		return SESSION_NOTHING;
	liveness_note_end(&session->liveness, state, monotonic_now_ns());
	return SESSION_LOST;
}
