/* SPDX-License-Identifier: MIT */
#include "produce.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "frame_source.h"
#include "output.h"
#include "preload.h"
#include "publish_loop.h"
#include "shmflip.h"
#include "stats.h"
#include "worker_pool.h"

enum { WAIT_MS = 100 };

struct run {
	struct options *options; /* a copy: a stream may change the rate */
	struct frame_source source;
	struct worker_pool pool;
	struct frame_cache cache;
	uint64_t loops; /* as requested */
	struct output output;
	struct publish_loop loop;
	struct stats stats;
};

static int wait_viewers(const struct run *run)
{
	struct shmflip_producer *producer = run->output.producer;
	uint32_t expected = run->options->wait_viewers, attached;

	while (!cli_interrupted()) {
		int error = shmflip_producer_wait_viewers(producer, expected, WAIT_MS);

		if (error != -EAGAIN && error != -EINTR)
			return error ? cli_library_error(error) : 0;
		if (!run->options->quiet && shmflip_producer_viewers(producer, &attached) == 0)
			cli_status("waiting for viewers: %u of %u", attached, expected);
	}
	return -EINTR;
}

/* The rate that a stream names, unless --fps names another. With --fps 0, viewers still know it. */
static void adopt_rate(struct run *run)
{
	struct frame_rate rate = frame_source_rate(&run->source);

	run->options->stream_rate = rate;
	if (run->options->rate_given || !rate.num)
		return;
	run->options->rate = rate;
	run->options->rate_given = true;
}

/* Reads the first frame without a fault: its size may decide the size of a slot. */
static int fetch_first(struct run *run)
{
	struct frame_source *source = &run->source;
	int error;

	while (!(error = worker_pool_fetch(&run->pool))) {
		struct frame_task *task = worker_pool_next(&run->pool);

		frame_task_read(task, &source->capacity, run->options);
		if (!task->fault) {
			capacity_decide(&source->capacity, task->fourcc, task->width, task->height);
			adopt_rate(run);
			return 0;
		}
		worker_pool_submit(&run->pool);
		error = frame_source_record(source, task);
		worker_pool_pop(&run->pool);
		if (error || cli_interrupted())
			return error ? error : -EINTR;
	}
	return frame_source_report(source, error);
}

static int start_workers(struct run *run)
{
	unsigned jobs = run->options->jobs, loans_max = run->options->slots - 1;
	int error;

	if (jobs == 1 || frame_source_is_raw(&run->source))
		return 0;
	error = worker_pool_start(&run->pool, jobs, 2 * jobs < loans_max ? 2 * jobs : loans_max);
	if (error)
		cli_error("cannot start threads: %s", strerror(-error));
	return error;
}

static void collect_stats(struct run *run)
{
	run->stats.frames_read = run->source.read;
	run->stats.skipped = run->source.skipped;
	run->stats.loops = run->source.loops;
	run->stats.slots = run->output.stream.slots;
	run->stats.slot_bytes = run->source.capacity.slot_bytes;
	run->stats.viewers_max = run->loop.progress.viewers_max;
	run->stats.decode = run->loop.decode;
	run->stats.waited_ns = run->loop.waited_ns;
	if (run->loop.started_ns)
		run->stats.elapsed_ns = monotonic_now_ns() - run->loop.started_ns;
}

/* All are 0 without a channel. */
static void count_frames(struct run *run)
{
	struct shmflip_counts counts;

	shmflip_init(&counts);
	if (run->output.producer && shmflip_producer_counts(run->output.producer, &counts) == 0)
		run->stats.channel = counts;
}

/* Stops the threads afterwards: to loop over cached frames takes none. */
static int run_preload(struct run *run)
{
	int error = start_workers(run);

	if (!error)
		error = preload(&run->source, &run->pool, &run->cache, &run->output,
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

/* Limits the source to one pass, which fills the cache. */
static int prepare_preload(struct run *run)
{
	run->loops = run->options->loops;
	run->options->loops = 0;
	return frame_cache_init(&run->cache, run->source.files.count,
	                        run->source.capacity.slot_bytes, run->options);
}

/* The threads end before the producer frees the memory that they write to. */
static int run_channel(struct run *run)
{
	int error;

	worker_pool_init(&run->pool, run->options, &run->source);
	error = fetch_first(run);
	if (!error && run->options->preload)
		error = prepare_preload(run);
	if (!error)
		error = output_open(&run->output, run->options, &run->source.capacity,
		                    worker_pool_next(&run->pool));
	if (!error) {
		publish_loop_init(&run->loop, run->options, &run->source, &run->pool, &run->output);
		error = run_frames(run);
	}
	worker_pool_finish(&run->pool);
	count_frames(run);
	cli_status_end();
	frame_cache_finish(&run->cache);
	output_close(&run->output);
	return error;
}

/* After an ordinary end, unless no frame came so far. */
static void print_summary(const struct run *run, int status)
{
	if (status == CLI_OK && run->loop.started_ns && !run->options->quiet)
		stats_print_summary(&run->stats);
}

static void name_holder(const struct options *options, const struct shmflip_status *status)
{
	char process[64] = "";

	if (status->channel->pid)
		snprintf(process, sizeof(process), ", process %d", (int)status->channel->pid);
	else if (status->error == -EAGAIN)
		snprintf(process, sizeof(process), ", which is just starting");
	cli_error("channel %s is held by another producer%s: choose another (-c)",
	          options_channel(options), process);
}

/* Called before anything is read: the first frame of a stream may take long to arrive. What cannot
 * be seen from here, as through an overlay, is left to output_open(), which says why. */
static int check_channel(const struct options *options)
{
	const struct shmflip_status *status;
	int error = shmflip_channel_status(options->dir, options->channel, &status);

	if (error == -EINVAL)
		cli_usage_error("%s", shmflip_error_detail());
	if (error)
		return 0;
	if (status->state != SHMFLIP_DEAD && (!status->error || status->error == -EAGAIN)) {
		name_holder(options, status);
		error = -EBUSY;
	}
	shmflip_status_free(status);
	return error;
}

/* Turns the error that ended the frames into an exit status. */
static int exit_status(const struct run *run, int error)
{
	if (error == -EINTR)
		return CLI_OK;
	if (error == -ENODATA && frame_source_has_good(&run->source))
		return CLI_OK;
	if (error == -ENODATA)
		cli_error("no frame could be published");
	return CLI_FAILED;
}

int produce(const struct options *options)
{
	struct options effective = *options;
	struct run run = { .options = &effective };
	int status = CLI_FAILED;

	if (check_channel(options))
		return CLI_FAILED;
	if (frame_source_init(&run.source, &effective) || stats_open(&run.stats, &effective))
		goto finish;
	status = exit_status(&run, run_channel(&run));
	collect_stats(&run);
	print_summary(&run, status);
	if (stats_close(&run.stats, &effective))
		status = CLI_FAILED;
finish:
	frame_source_finish(&run.source);
	return status;
}
