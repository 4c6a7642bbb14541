/* SPDX-License-Identifier: MIT
 *
 * What a producer does with a frame that it has on loan, or has published and still reads. */
#include <errno.h>
#include <stdlib.h>

#include "clock.h"
#include "error.h"
#include "fork.h"
#include "producer.h"
#include "retired.h"

static struct generation *generation_of(const struct frame *frame)
{
	return (struct generation *)((uintptr_t)frame->pool - offsetof(struct generation, pool));
}

static void set_use(struct frame *frame, enum frame_use use)
{
	atomic_store_explicit(&frame->use, use, memory_order_relaxed);
}

/* -ESTALE  viewers were told to leave the frame's generation, or are about to be */
static int check_current(const struct generation *generation)
{
	if (generation == generation->producer->generation && generation->state == LAYOUT_RUNNING)
		return 0;
	return fail(-ESTALE, "the channel has moved on from this frame's memory: release it and "
	                     "take another frame on loan");
}

static int publish(struct generation *generation, struct frame *frame)
{
	int error = check_current(generation);

	if (error)
		return error;
	frame->public.published_ns = monotonic_now_ns();
	frame_write(frame);
	frame->public.sequence = slots_publish(&generation->writer, frame->slot);
	set_use(frame, FRAME_PUBLISHED);
	if (generation_wake(generation, frame->public.sequence))
		generation->producer->renew = true;
	return 0;
}

int producer_publish_frame(struct frame *frame)
{
	struct generation *generation = generation_of(frame);
	struct shmflip_producer *producer = generation->producer;
	int error;

	pthread_mutex_lock(&producer->mutex);
	error = publish(generation, frame);
	pthread_mutex_unlock(&producer->mutex);
	return error;
}

static int reuse(struct generation *generation, struct frame *frame)
{
	int error = check_current(generation);

	if (!error)
		error = slots_reuse(&generation->writer, frame->slot);
	if (error == -EAGAIN)
		return fail(-EAGAIN, "the frame is the newest, or a viewer holds it");
	if (error)
		return error;
	frame->public.sequence = 0;
	frame->public.published_ns = SHMFLIP_NO_TIME;
	set_use(frame, FRAME_LENT);
	return 0;
}

int producer_reuse_frame(struct frame *frame)
{
	struct generation *generation = generation_of(frame);
	struct shmflip_producer *producer = generation->producer;
	int error;

	pthread_mutex_lock(&producer->mutex);
	error = reuse(generation, frame);
	pthread_mutex_unlock(&producer->mutex);
	return error;
}

/* Returns whether the producer is closed and has no frames any more. */
static bool release(struct generation *generation, struct frame *frame)
{
	struct shmflip_producer *producer = generation->producer;
	enum frame_use use = atomic_load_explicit(&frame->use, memory_order_relaxed);

	if (use == FRAME_FREE)
		return false;
	producer->discarded += use == FRAME_LENT;
	set_use(frame, FRAME_FREE);
	slots_finish(&generation->writer, frame->slot);
	if (--generation->frames_out > 0 || generation == producer->generation)
		return false;
	if (producer->generation) {
		generation_unmap(generation);
		return false;
	}
	retired_finish(&producer->earlier);
	return !producer->earlier;
}

void producer_release_frame(struct frame *frame)
{
	struct generation *generation = generation_of(frame);
	struct shmflip_producer *producer = generation->producer;
	bool done;

	if (fork_check(producer->fork_number)) {
		if (release(generation, frame))
			free(producer);
		return;
	}
	pthread_mutex_lock(&producer->mutex);
	done = release(generation, frame);
	pthread_mutex_unlock(&producer->mutex);
	if (done)
		producer_free(producer);
}
