/* SPDX-License-Identifier: MIT */
#include "publish_loop.h"

#include <errno.h>

#include "cli.h"
#include "shmflip.h"

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
	if (loop->options->rate.num)
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
	struct shmflip_producer *producer = loop->output->producer;
	struct shmflip_frame *frame;
	int timeout_ms = 0, error;

	if (!worker_pool_has_workers(loop->pool)) {
		int64_t remaining_ns = loan_deadline_ns(loop, task) - monotonic_now_ns();

		timeout_ms = (int)(clamp(remaining_ns, NS_PER_MS, WAIT_MAX_NS) / NS_PER_MS);
	}
	if (task->cached)
		return frame_cache_loan(loop->source->cache, task, producer, timeout_ms);
	error = shmflip_producer_loan(producer, &frame, timeout_ms);
	if (!error)
		frame_task_set_frame(task, frame);
	return error;
}

/* Takes new memory if this frame, or the frames that dropped before it, make more necessary. */
static void grow(struct publish_loop *loop, struct frame_task *task)
{
	uint32_t slots = slot_growth_take(&loop->slot_growth);

	if (slots && output_add_slots(loop->output, slots))
		slot_growth_stop(&loop->slot_growth);
	output_make_room(loop->output, task);
}

/* Gets a slot for the frame and submits it. Without a slot by the deadline, submits it as dropped.
 * -EAGAIN     no slot is free and there is time to wait; or frames before this one need the slots
 * -ECANCELED  a failure; the user has been told */
static int submit(struct publish_loop *loop, struct frame_task *task)
{
	int error = 0;

	if (loop->moving)
		return -EAGAIN;
	if (!task->waiting_since_ns) {
		grow(loop, task);
		task->waiting_since_ns = monotonic_now_ns();
		pace_catch_up(&loop->pace, task->index, task->waiting_since_ns);
	}
	if (!task->fault)
		error = try_loan(loop, task);
	if (error == -EINTR)
		return -EAGAIN;
	if (error && error != -EAGAIN)
		return cli_library_error(error);
	if (error && monotonic_now_ns() < loan_deadline_ns(loop, task))
		return -EAGAIN;
	loop->waited_ns += monotonic_now_ns() - task->waiting_since_ns;
	task->dropped = error != 0;
	slot_growth_note(&loop->slot_growth, task->dropped, loop->progress.viewers,
	                 monotonic_now_ns());
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
	shmflip_producer_count_dropped(loop->output->producer);
	if (loop->options->verbose)
		cli_error("%s: dropped: viewers hold every slot", task->path);
}

static void note_decoding(struct publish_loop *loop, const struct frame_task *task)
{
	loop->decode_ns += (task->decode_ns - loop->decode_ns) / (loop->decode_ns ? 8 : 1);
	if (!task->cached)
		histogram_add(&loop->decode, task->decode_ns);
}

static void set_values(const struct publish_loop *loop, struct shmflip_frame *frame)
{
	bool measures = frame->fourcc == SHMFLIP_R16 || frame->fourcc == SHMFLIP_R32F;

	frame->value_scale = measures ? loop->options->value_scale : 0;
	frame->value_offset = measures ? loop->options->value_offset : 0;
}

static int send(struct publish_loop *loop, struct frame_task *task)
{
	struct shmflip_frame *frame = task->frame;
	int error;

	frame->fourcc = task->picture.format;
	frame->width = task->picture.width;
	frame->height = task->picture.height;
	frame->colour = task->colour;
	frame->orientation = task->orientation;
	set_values(loop, frame);
	error = shmflip_frame_layout(frame);
	if (error)
		return error;
	frame->presentation_ns = loop->options->rate.num ? pace_offset_ns(&loop->pace, task->index)
	                                                 : monotonic_now_ns() - loop->started_ns;
	frame->decode_ns = task->decode_ns;
	frame->flags = task->last ? SHMFLIP_FRAME_LAST : 0;
	frame->source = task->name;
	return shmflip_frame_publish(frame);
}

/* The channel has moved to new memory since the frame's loan. All frames that are submitted may
 * need a slot there, for which there are enough. Until they have it, later frames get none. */
static int send_from_new_memory(struct publish_loop *loop, struct frame_task *task)
{
	int error = output_move(loop->output, task);

	loop->moving = worker_pool_submitted(loop->pool);
	return error ? error : send(loop, task);
}

static int publish(struct publish_loop *loop, struct frame_task *task)
{
	int error;

	note_decoding(loop, task);
	output_follow_aspect(loop->output, task);
	error = send(loop, task);
	if (error == -ESTALE)
		error = send_from_new_memory(loop, task);
	if (error == -EINTR || error == -ECANCELED)
		return error;
	if (error)
		return cli_library_error(error);
	loop->published_ns = task->frame->published_ns;
	if (task->cached)
		frame_cache_keep(loop->source->cache, task);
	return 0;
}

static int finish_frame(struct publish_loop *loop, struct frame_task *task)
{
	int error = frame_source_record(loop->source, task);

	if (!task->fault && !error) {
		if (task->dropped)
			drop(loop, task);
		else
			error = publish(loop, task);
	}
	frame_task_release(task);
	loop->position = task->position;
	loop->moving -= loop->moving > 0;
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
                       struct frame_source *source, struct worker_pool *pool, struct output *output)
{
	*loop = (struct publish_loop){
		.options = options, .source = source, .pool = pool, .output = output
	};
	if (!options->slots_given && !options->preload)
		slot_growth_init(&loop->slot_growth);
}

int publish_loop_run(struct publish_loop *loop)
{
	int error;

	loop->started_ns = monotonic_now_ns();
	pace_init(&loop->pace, loop->options->rate, loop->source->read, loop->started_ns);
	progress_init(&loop->progress, loop->options, loop->output->producer, loop->source);
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
