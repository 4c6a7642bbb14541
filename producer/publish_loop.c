/* SPDX-License-Identifier: MIT */
#include "publish_loop.h"

#include <errno.h>
#include <stdio.h>

#include "cli.h"
#include "text.h"

#define WAIT_MAX_NS (100 * NS_PER_MS)
#define BACKOFF_MIN_NS (NS_PER_MS / 50)
#define BACKOFF_MAX_NS (2 * NS_PER_MS)
#define DECODE_UNKNOWN_NS (10 * NS_PER_MS)

/* Until when to wait for a slot. A viewer releases a slot about 50 us after the next frame is
 * published, so dropping a frame at once would be premature. */
static int64_t loan_deadline_ns(const struct publish_loop *loop, const struct frame_task *task)
{
	if (loop->options->policy == SHMFLIP_POLICY_LOSSLESS)
		return INT64_MAX;
	if (loop->options->fps_milli)
		return pace_due_ns(&loop->pace, task->index) - loop->decode_ns;
	return task->waiting_since_ns + (loop->decode_ns ? loop->decode_ns : DECODE_UNKNOWN_NS);
}

static int64_t clamp(int64_t value, int64_t min, int64_t max)
{
	return value < min ? min : value > max ? max : value;
}

/* Without workers nothing else happens meanwhile, so the library waits: it sees a free slot
 * first. */
static int try_loan(struct publish_loop *loop, struct frame_task *task)
{
	int timeout_ms = 0;

	if (!worker_pool_has_workers(loop->pool)) {
		int64_t remaining_ns = loan_deadline_ns(loop, task) - monotonic_now_ns();

		timeout_ms = (int)(clamp(remaining_ns, NS_PER_MS, WAIT_MAX_NS) / NS_PER_MS);
	}
	if (task->cached)
		return frame_cache_loan(loop->source->cache, task, loop->producer, timeout_ms);
	return shmflip_producer_loan(loop->producer, &task->loan, timeout_ms);
}

/* Makes slots for the frame in fresh memory. A size that failed is never tried again; a smaller one
 * that holds the frame is.
 * -EBUSY  frames before this one have to be published first */
static int grow(struct publish_loop *loop, struct frame_task *task)
{
	struct capacity *capacity = &loop->source->capacity, larger;
	int error;

	do {
		larger = capacity_larger(capacity, task->width, task->height);
		error = shmflip_producer_resize(loop->producer, capacity_buffer_bytes(&larger));
		if (error == -EBUSY || error == -EINTR)
			return -EBUSY;
		if (!error) {
			*capacity = larger;
			return 0;
		}
		capacity_bound(capacity, &larger);
		frame_task_read(task, capacity);
	} while (!task->fault);
	cli_error("%s: the slots stay as large as they are: %s", task->path,
	          shmflip_error_detail());
	return 0;
}

/* If the frame needs larger slots, grows them.
 * -EBUSY  as grow() */
static int make_room(struct publish_loop *loop, struct frame_task *task)
{
	struct capacity *capacity = &loop->source->capacity;

	if (task->fault || task->cached || !task->width ||
	    capacity_holds(capacity, task->width, task->height))
		return 0;
	frame_task_read(task, capacity);
	if (task->fault || capacity_holds(capacity, task->width, task->height))
		return 0;
	return grow(loop, task);
}

/* Gets a slot for the frame and submits it. Without a slot by the deadline, submits it as dropped.
 * -EAGAIN     no slot is free and there is time to wait; or the library, which moves to fresh
 *             memory, needs its loans back first
 * -ECANCELED  a failure; the user has been told */
static int submit(struct publish_loop *loop, struct frame_task *task)
{
	int error = make_room(loop, task);

	if (error)
		return -EAGAIN;
	if (!task->waiting_since_ns) {
		task->waiting_since_ns = monotonic_now_ns();
		pace_catch_up(&loop->pace, task->index, task->waiting_since_ns);
	}
	if (!task->fault)
		error = try_loan(loop, task);
	if (error == -EINTR)
		return -EAGAIN;
	if (error && error != -EAGAIN && error != -EBUSY)
		return cli_library_error();
	if (error && monotonic_now_ns() < loan_deadline_ns(loop, task))
		return -EAGAIN;
	loop->waited_ns += monotonic_now_ns() - task->waiting_since_ns;
	task->dropped = error != 0;
	worker_pool_submit(loop->pool);
	return 0;
}

/* A frame with a fault takes its time too, or a pass full of them would take none. */
static bool is_due(const struct publish_loop *loop, const struct frame_task *task)
{
	return task->dropped || monotonic_now_ns() >= pace_due_ns(&loop->pace, task->index);
}

static void drop(struct publish_loop *loop, const struct frame_task *task)
{
	shmflip_producer_drop(loop->producer);
	if (loop->options->verbose)
		cli_error("%s: dropped: viewers hold every slot", task->path);
}

static void note_decoding(struct publish_loop *loop, const struct frame_task *task)
{
	loop->decode_ns += (task->decode_ns - loop->decode_ns) / (loop->decode_ns ? 8 : 1);
	if (!task->cached)
		histogram_add(&loop->decode, task->decode_ns);
}

static int publish(struct publish_loop *loop, struct frame_task *task)
{
	struct shmflip_frame_info info = {
		.presentation_ns = loop->options->fps_milli
		                           ? pace_offset_ns(&loop->pace, task->index)
		                           : monotonic_now_ns() - loop->started_ns,
		.decode_ns = task->decode_ns,
		.width = task->width,
		.height = task->height,
		.stride_bytes = task->picture.stride_bytes,
		.format = task->picture.format,
		.flags = task->last ? SHMFLIP_FRAME_LAST : 0,
	};

	note_decoding(loop, task);
	if (task->cached)
		frame_cache_update(loop->source->cache, task);
	text_copy(info.source, sizeof(info.source), task->name);
	if (shmflip_producer_publish(loop->producer, &task->loan, &info))
		return cli_library_error();
	loop->published_ns = info.published_ns;
	return 0;
}

static int finish_frame(struct publish_loop *loop, struct frame_task *task)
{
	int error = frame_source_record(loop->source, task);

	if (task->fault || error)
		shmflip_producer_discard(loop->producer, &task->loan);
	else if (task->dropped)
		drop(loop, task);
	else
		error = publish(loop, task);
	loop->position = task->position;
	worker_pool_pop(loop->pool);
	return error;
}

/* Waits until a frame is due, a slot may be free, or a worker is done. */
static void wait_for_more(struct publish_loop *loop)
{
	int64_t now_ns = monotonic_now_ns(), until_ns = now_ns + WAIT_MAX_NS;
	const struct frame_task *oldest = worker_pool_oldest(loop->pool),
				*next = worker_pool_next(loop->pool);

	if (oldest && pace_due_ns(&loop->pace, oldest->index) < until_ns)
		until_ns = pace_due_ns(&loop->pace, oldest->index);
	if (next && next->waiting_since_ns) {
		int64_t backoff_ns = clamp((now_ns - next->waiting_since_ns) / 8, BACKOFF_MIN_NS,
		                           BACKOFF_MAX_NS);

		if (now_ns + backoff_ns < until_ns)
			until_ns = now_ns + backoff_ns;
	}
	worker_pool_wait(loop->pool, until_ns);
}

/* Does one thing that can be done now; first of all, publishes a frame that is due.
 * -EAGAIN  nothing to do
 * or the errors of publish_loop_run(). */
static int take_step(struct publish_loop *loop)
{
	struct frame_task *task = worker_pool_oldest(loop->pool);
	int error = -EAGAIN;

	if (task && is_due(loop, task))
		return finish_frame(loop, task);
	task = worker_pool_next(loop->pool);
	if (task)
		error = submit(loop, task);
	if (error == -EAGAIN) {
		error = worker_pool_fetch(loop->pool);
		if (error && error != -EAGAIN)
			error = frame_source_report(loop->source, error);
	}
	return error;
}

void publish_loop_init(struct publish_loop *loop, const struct options *options,
                       struct frame_source *source, struct worker_pool *pool,
                       struct shmflip_producer *producer)
{
	*loop = (struct publish_loop){
		.options = options, .source = source, .pool = pool, .producer = producer
	};
}

int publish_loop_run(struct publish_loop *loop)
{
	int error;

	loop->started_ns = monotonic_now_ns();
	pace_init(&loop->pace, loop->options->fps_milli, loop->source->read, loop->started_ns);
	progress_init(&loop->progress, loop->options, loop->producer, loop->source);
	do {
		error = cli_interrupted() ? -EINTR : take_step(loop);
		progress_update(&loop->progress, loop->position, loop->published_ns,
		                loop->decode_ns);
		if (error == -EAGAIN) {
			wait_for_more(loop);
			error = 0;
		}
	} while (!error);
	if (error == -ENODATA &&
	    pace_sleep_until(loop->published_ns + pace_offset_ns(&loop->pace, 1)))
		error = -EINTR;
	return error;
}
