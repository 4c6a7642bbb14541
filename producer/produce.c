/* SPDX-License-Identifier: MIT */
#include "produce.h"

#include <errno.h>
#include <string.h>

#include "cli.h"
#include "crew.h"
#include "feed.h"
#include "flow.h"
#include "png_fast.h"
#include "preload.h"
#include "shmflip.h"
#include "stats.h"

enum { TURN_MS = 100 };

struct run {
	struct options *options; /* a copy: a stream may have a say in its rate */
	struct feed feed;
	struct crew crew;
	struct store store;
	uint64_t loops; /* that were asked for */
	struct shmflip_producer *producer;
	struct flow flow;
	struct stats stats;
};

static int fail_by_library(void)
{
	cli_error("%s", shmflip_error_detail());
	return -ECANCELED;
}

static int create_producer(struct run *run)
{
	const struct options *options = run->options;
	const struct shmflip_producer_options wanted = {
		.dir = options->dir,
		.channel = options->channel,
		.slots = options->slots,
		.slot_bytes = png_fast_room(run->feed.capacity.width, run->feed.capacity.height),
		.policy = options->policy,
		.fps_milli = options->fps_milli,
		.mode = options->mode,
		.group = options->group,
		.lease_ms = options->lease_ms,
	};

	if (shmflip_producer_create(&wanted, &run->producer))
		return cli_interrupted() ? -EINTR : fail_by_library();
	if (options->verbose)
		cli_error("channel %s: %u slots of %ux%u (%llu bytes)",
		          options->channel ? options->channel : "default", options->slots,
		          run->feed.capacity.width, run->feed.capacity.height,
		          (unsigned long long)run->feed.capacity.slot_bytes);
	return 0;
}

static int wait_viewers(const struct run *run)
{
	unsigned wanted = run->options->wait_viewers, attached = 0;

	while (!cli_interrupted()) {
		int result = shmflip_producer_wait_viewers(run->producer, wanted, TURN_MS);

		if (result != -EAGAIN && result != -EINTR)
			return result ? fail_by_library() : 0;
		shmflip_producer_viewers(run->producer, &attached);
		if (!run->options->quiet)
			cli_status("waiting for viewers: %u of %u", attached, wanted);
	}
	return -EINTR;
}

/* Reads the first good frame: its size may be what a slot is made for. */
static int fetch_first(struct run *run)
{
	struct feed *feed = &run->feed;
	int result;

	while (!(result = crew_fetch(&run->crew))) {
		struct job *job = crew_next(&run->crew);

		job_read(job, &feed->capacity);
		if (!job->fault) {
			capacity_decide(&feed->capacity, job->width, job->height);
			if (!run->options->fps_given && feed_fps_milli(feed))
				run->options->fps_milli = feed_fps_milli(feed);
			return 0;
		}
		crew_lend(&run->crew);
		result = feed_conclude(feed, job);
		crew_conclude(&run->crew);
		if (result || cli_interrupted())
			return result ? result : -EINTR;
	}
	return feed_fail(result);
}

static int start_crew(struct run *run)
{
	unsigned jobs = run->options->jobs, most = run->options->slots - 1;
	int result;

	if (jobs == 1 || feed_is_raw(&run->feed))
		return 0;
	result = crew_start(&run->crew, jobs, 2 * jobs < most ? 2 * jobs : most);
	if (result)
		cli_error("cannot start threads: %s", strerror(-result));
	return result;
}

static void take_stock(struct run *run)
{
	run->stats.frames_read = run->feed.read;
	run->stats.skipped = run->feed.skipped;
	run->stats.loops = run->feed.loops;
	run->stats.slot_bytes = run->feed.capacity.slot_bytes;
	run->stats.viewers_max = run->flow.report.viewers_max;
	run->stats.decode = run->flow.decode;
	run->stats.waited_ns = run->flow.waited_ns;
	if (run->flow.started_ns)
		run->stats.elapsed_ns = cli_now_ns() - run->flow.started_ns;
}

/* Loops only what is in memory then, which takes no threads. */
static int run_preload(struct run *run)
{
	int result = start_crew(run);

	if (!result)
		result = preload(&run->feed, &run->crew, &run->store, run->producer,
		                 &run->flow.decode);
	crew_finish(&run->crew);
	crew_init(&run->crew, run->options, &run->feed);
	run->options->loops = run->loops;
	return result;
}

static int run_frames(struct run *run)
{
	int result = run->options->preload ? run_preload(run) : 0;

	if (!result)
		result = wait_viewers(run);
	if (!result && !run->options->preload)
		result = start_crew(run);
	return result ? result : flow_run(&run->flow);
}

/* While frames come in, there is one pass. */
static int plan_preload(struct run *run)
{
	run->loops = run->options->loops;
	run->options->loops = 0;
	return store_init(&run->store, run->feed.source.count, run->feed.capacity.slot_bytes,
	                  run->options);
}

/* The threads end before the memory goes that they write to. */
static int run_channel(struct run *run)
{
	int result;

	crew_init(&run->crew, run->options, &run->feed);
	result = fetch_first(run);
	if (!result && run->options->preload)
		result = plan_preload(run);
	if (!result)
		result = create_producer(run);
	if (!result) {
		flow_init(&run->flow, run->options, &run->feed, &run->crew, run->producer);
		result = run_frames(run);
	}
	crew_finish(&run->crew);
	if (run->producer) {
		shmflip_producer_stats(run->producer, &run->stats.channel);
		cli_status_keep();
	}
	shmflip_producer_destroy(run->producer);
	return result;
}

/* Said before anything is read: a stream's first frame may be long in coming. */
static int check_channel(const struct options *options)
{
	pid_t pid;
	int result = shmflip_channel_holder(options->dir, options->channel, &pid);

	if (result == -EINVAL)
		cli_usage_error("%s", shmflip_error_detail());
	if (result)
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
static int status_of(const struct run *run, int result)
{
	if (result == -EINTR)
		return CLI_OK;
	if (result == -ENODATA && !feed_is_dry(&run->feed))
		return CLI_OK;
	if (result == -ENODATA)
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
	if (feed_init(&run.feed, &settled) || stats_open(&run.stats, &settled))
		goto finish;
	status = status_of(&run, run_channel(&run));
	take_stock(&run);
	if (stats_close(&run.stats, &settled))
		status = CLI_FAILED;
finish:
	store_finish(&run.store);
	feed_finish(&run.feed);
	return status;
}
