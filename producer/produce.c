/* SPDX-License-Identifier: MIT */
#include "produce.h"

#include <errno.h>
#include <string.h>

#include "cli.h"
#include "frame_source.h"
#include "png_fast.h"
#include "preload.h"
#include "publish_loop.h"
#include "shmflip.h"
#include "stats.h"
#include "worker_pool.h"

enum { TURN_MS = 100 };

struct run {
	struct options *options; /* a copy: a stream may have a say in its rate */
	struct frame_source source;
	struct worker_pool pool;
	struct frame_cache cache;
	uint64_t loops; /* that were asked for */
	struct shmflip_producer *producer;
	struct publish_loop loop;
	struct stats stats;
};

static int create_producer(struct run *run)
{
	const struct options *options = run->options;
	const struct shmflip_producer_options wanted = {
		.dir = options->dir,
		.channel = options->channel,
		.slots = options->slots,
		.slot_bytes = png_fast_buffer_size(run->source.capacity.width,
		                                   run->source.capacity.height),
		.policy = options->policy,
		.fps_milli = options->fps_milli,
		.mode = options->mode,
		.group = options->group,
		.lease_ms = options->lease_ms,
	};

	if (shmflip_producer_create(&wanted, &run->producer))
		return cli_interrupted() ? -EINTR : cli_library_error();
	if (options->verbose)
		cli_error("channel %s: %u slots of %ux%u (%llu bytes)",
		          options->channel ? options->channel : "default", options->slots,
		          run->source.capacity.width, run->source.capacity.height,
		          (unsigned long long)run->source.capacity.slot_bytes);
	return 0;
}

static int wait_viewers(const struct run *run)
{
	unsigned wanted = run->options->wait_viewers, attached = 0;

	while (!cli_interrupted()) {
		int error = shmflip_producer_wait_viewers(run->producer, wanted, TURN_MS);

		if (error != -EAGAIN && error != -EINTR)
			return error ? cli_library_error() : 0;
		shmflip_producer_viewers(run->producer, &attached);
		if (!run->options->quiet)
			cli_status("waiting for viewers: %u of %u", attached, wanted);
	}
	return -EINTR;
}

/* Reads the first good frame: its size may be what a slot is made for. */
static int fetch_first(struct run *run)
{
	struct frame_source *source = &run->source;
	int error;

	while (!(error = worker_pool_fetch(&run->pool))) {
		struct frame_task *task = worker_pool_next(&run->pool);

		frame_task_read(task, &source->capacity);
		if (!task->fault) {
			capacity_decide(&source->capacity, task->width, task->height);
			if (!run->options->fps_given && frame_source_fps_milli(source))
				run->options->fps_milli = frame_source_fps_milli(source);
			return 0;
		}
		worker_pool_submit(&run->pool);
		error = frame_source_count(source, task);
		worker_pool_pop(&run->pool);
		if (error || cli_interrupted())
			return error ? error : -EINTR;
	}
	return frame_source_fail(error);
}

static int start_workers(struct run *run)
{
	unsigned jobs = run->options->jobs, most = run->options->slots - 1;
	int error;

	if (jobs == 1 || frame_source_is_raw(&run->source))
		return 0;
	error = worker_pool_start(&run->pool, jobs, 2 * jobs < most ? 2 * jobs : most);
	if (error)
		cli_error("cannot start threads: %s", strerror(-error));
	return error;
}

static void take_stock(struct run *run)
{
	run->stats.frames_read = run->source.read;
	run->stats.skipped = run->source.skipped;
	run->stats.loops = run->source.loops;
	run->stats.slot_bytes = run->source.capacity.slot_bytes;
	run->stats.viewers_max = run->loop.progress.viewers_max;
	run->stats.decode = run->loop.decode;
	run->stats.waited_ns = run->loop.waited_ns;
	if (run->loop.started_ns)
		run->stats.elapsed_ns = monotonic_now_ns() - run->loop.started_ns;
}

/* Loops only what is in memory then, which takes no threads. */
static int run_preload(struct run *run)
{
	int error = start_workers(run);

	if (!error)
		error = preload(&run->source, &run->pool, &run->cache, run->producer,
		                 &run->loop.decode);
	worker_pool_finish(&run->pool);
	worker_pool_init(&run->pool, run->options, &run->source);
	run->options->loops = run->loops;
	return error;
}

static int run_frames(struct run *run)
{
	int error = run->options->preload ? run_preload(run) : 0;

	if (!error)
		error = wait_viewers(run);
	if (!error && !run->options->preload)
		error = start_workers(run);
	return error ? error : publish_loop_run(&run->loop);
}

/* While frames come in, there is one pass. */
static int plan_preload(struct run *run)
{
	run->loops = run->options->loops;
	run->options->loops = 0;
	return frame_cache_init(&run->cache, run->source.files.count,
	                        run->source.capacity.slot_bytes, run->options);
}

/* The threads end before the memory goes that they write to. */
static int run_channel(struct run *run)
{
	int error;

	worker_pool_init(&run->pool, run->options, &run->source);
	error = fetch_first(run);
	if (!error && run->options->preload)
		error = plan_preload(run);
	if (!error)
		error = create_producer(run);
	if (!error) {
		publish_loop_init(&run->loop, run->options, &run->source, &run->pool,
		                  run->producer);
		error = run_frames(run);
	}
	worker_pool_finish(&run->pool);
	if (run->producer) {
		shmflip_producer_stats(run->producer, &run->stats.channel);
		cli_status_keep();
	}
	shmflip_producer_destroy(run->producer);
	return error;
}

/* Said before anything is read: a stream's first frame may be long in coming. */
static int check_channel(const struct options *options)
{
	pid_t pid;
	int error = shmflip_channel_holder(options->dir, options->channel, &pid);

	if (error == -EINVAL)
		cli_usage_error("%s", shmflip_error_detail());
	if (error)
		return 0;
	if (pid)
		cli_error("channel %s is held by another producer, process %d: choose another (-c)",
		          options->channel ? options->channel : "default", (int)pid);
	else
		cli_error("channel %s is held by another producer that is only just starting: "
		          "choose another (-c)",
		          options->channel ? options->channel : "default");
	return -EBUSY;
}

/* What made the frames end, as an exit status. */
static int status_of(const struct run *run, int error)
{
	if (error == -EINTR)
		return CLI_OK;
	if (error == -ENODATA && !frame_source_pass_was_empty(&run->source))
		return CLI_OK;
	if (error == -ENODATA)
		cli_error("there was no frame that could be published");
	return CLI_FAILED;
}

int produce(const struct options *options)
{
	struct options settled = *options;
	struct run run = { .options = &settled };
	int status = CLI_FAILED;

	if (check_channel(options))
		return CLI_FAILED;
	if (frame_source_init(&run.source, &settled) || stats_open(&run.stats, &settled))
		goto finish;
	status = status_of(&run, run_channel(&run));
	take_stock(&run);
	if (stats_close(&run.stats, &settled))
		status = CLI_FAILED;
finish:
	frame_cache_finish(&run.cache);
	frame_source_finish(&run.source);
	return status;
}
