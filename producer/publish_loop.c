/* SPDX-License-Identifier: MIT */
#include "flow.h"

#include <errno.h>
#include <stdio.h>

#include "cli.h"

#define NS_PER_MS INT64_C(1000000)
#define TURN_NS (100 * NS_PER_MS)
#define NAP_MIN_NS (NS_PER_MS / 50)
#define NAP_MAX_NS (2 * NS_PER_MS)
#define DECODE_UNKNOWN_NS (10 * NS_PER_MS)

static int fail_by_library(void)
{
	cli_error("%s", shmflip_error_detail());
	return -ECANCELED;
}

/* Until when it makes sense to wait for a slot. A viewer lets go of one some 50 us after the next is
 * out, so that to drop a frame at once would be to drop it for nothing. */
static int64_t last_moment_ns(const struct flow *flow, const struct job *job)
{
	if (flow->options->policy == SHMFLIP_POLICY_LOSSLESS)
		return INT64_MAX;
	if (flow->options->fps_milli)
		return pace_due_ns(&flow->pace, job->index) - flow->decode_ns;
	return job->wanted_ns + (flow->decode_ns ? flow->decode_ns : DECODE_UNKNOWN_NS);
}

static int64_t clamp(int64_t value, int64_t min, int64_t max)
{
	return value < min ? min : value > max ? max : value;
}

/* Where nothing else can happen meanwhile the library does the waiting: it is the first to see a slot
 * come free. */
static int try_loan(struct flow *flow, struct job *job)
{
	int timeout_ms = 0;

	if (crew_is_alone(flow->crew)) {
		int64_t left_ns = last_moment_ns(flow, job) - cli_now_ns();

		timeout_ms = (int)(clamp(left_ns, NS_PER_MS, TURN_NS) / NS_PER_MS);
	}
	if (job->stored)
		return store_loan(flow->feed->store, job, flow->producer, timeout_ms);
	return shmflip_producer_loan(flow->producer, &job->loan, timeout_ms);
}

/* 0: the frame has gone on its way, with a slot or without. -EAGAIN: no slot is free, but there is
 * time to wait for one; or loans have to come back first, because the library wants to move on. */
static int lend(struct flow *flow, struct job *job)
{
	int result = 0;

	if (!job->wanted_ns) {
		job->wanted_ns = cli_now_ns();
		pace_catch_up(&flow->pace, job->index, job->wanted_ns);
	}
	if (!job->fault)
		result = try_loan(flow, job);
	if (result == -EINTR)
		return -EAGAIN;
	if (result && result != -EAGAIN && result != -EBUSY)
		return fail_by_library();
	if (result && cli_now_ns() < last_moment_ns(flow, job))
		return -EAGAIN;
	flow->waited_ns += cli_now_ns() - job->wanted_ns;
	job->dropped = result;
	crew_lend(flow->crew);
	return 0;
}

static bool is_due(const struct flow *flow, const struct job *job)
{
	return job->fault || job->dropped || cli_now_ns() >= pace_due_ns(&flow->pace, job->index);
}

static void drop(struct flow *flow, const struct job *job)
{
	shmflip_producer_drop(flow->producer);
	if (flow->options->verbose)
		cli_error("%s: dropped: viewers hold every slot", job->path);
}

static void note_decoding(struct flow *flow, const struct job *job)
{
	flow->decode_ns += (job->decode_ns - flow->decode_ns) / (flow->decode_ns ? 8 : 1);
	if (!job->stored)
		histogram_add(&flow->decode, job->decode_ns);
	if (job->picture.message[0] && job->news && !flow->options->quiet)
		cli_error("%s: shown all the same: %s", job->path, job->picture.message);
}

static int publish(struct flow *flow, struct job *job)
{
	struct shmflip_frame_info info = {
		.presentation_ns = flow->options->fps_milli
		                           ? pace_offset_ns(&flow->pace, job->index)
		                           : cli_now_ns() - flow->started_ns,
		.decode_ns = job->decode_ns,
		.width = job->width,
		.height = job->height,
		.stride_bytes = job->picture.stride_bytes,
		.format = job->picture.format,
		.flags = job->last ? SHMFLIP_FRAME_LAST : 0,
	};

	note_decoding(flow, job);
	if (job->stored)
		store_remember(flow->feed->store, job);
	snprintf(info.source, sizeof(info.source), "%s", job->name);
	if (shmflip_producer_publish(flow->producer, &job->loan, &info))
		return fail_by_library();
	flow->published_ns = info.published_ns;
	return 0;
}

static int conclude(struct flow *flow, struct job *job)
{
	int result = feed_conclude(flow->feed, job);

	if (job->fault || result)
		shmflip_producer_discard(flow->producer, &job->loan);
	else if (job->dropped)
		drop(flow, job);
	else
		result = publish(flow, job);
	flow->position = job->position;
	crew_conclude(flow->crew);
	return result;
}

/* Until a frame is due, a slot may have come free, or there are news of the crew. */
static void wait_for_more(struct flow *flow)
{
	int64_t now_ns = cli_now_ns(), until_ns = now_ns + TURN_NS;
	const struct job *oldest = crew_oldest(flow->crew), *next = crew_next(flow->crew);

	if (oldest && pace_due_ns(&flow->pace, oldest->index) < until_ns)
		until_ns = pace_due_ns(&flow->pace, oldest->index);
	if (next && next->wanted_ns) {
		int64_t nap_ns = clamp((now_ns - next->wanted_ns) / 8, NAP_MIN_NS, NAP_MAX_NS);

		if (now_ns + nap_ns < until_ns)
			until_ns = now_ns + nap_ns;
	}
	crew_wait(flow->crew, until_ns);
}

/* One thing that can be done now: what is ready and due goes out first. -EAGAIN: there is none. */
static int take_step(struct flow *flow)
{
	struct job *job = crew_oldest(flow->crew);
	int result = -EAGAIN;

	if (job && is_due(flow, job))
		return conclude(flow, job);
	job = crew_next(flow->crew);
	if (job)
		result = lend(flow, job);
	if (result == -EAGAIN) {
		result = crew_fetch(flow->crew);
		if (result && result != -EAGAIN)
			result = feed_fail(result);
	}
	return result;
}

void flow_init(struct flow *flow, const struct options *options, struct feed *feed,
               struct crew *crew, struct shmflip_producer *producer)
{
	*flow = (struct flow){
		.options = options, .feed = feed, .crew = crew, .producer = producer
	};
}

int flow_run(struct flow *flow)
{
	int result;

	flow->started_ns = cli_now_ns();
	pace_init(&flow->pace, flow->options->fps_milli, flow->feed->read, flow->started_ns);
	report_init(&flow->report, flow->options, flow->producer, feed_total(flow->feed));
	do {
		result = cli_interrupted() ? -EINTR : take_step(flow);
		report_update(&flow->report, flow->position, flow->decode_ns);
		if (result == -EAGAIN) {
			wait_for_more(flow);
			result = 0;
		}
	} while (!result);
	if (result == -ENODATA &&
	    pace_sleep_until(flow->published_ns + pace_offset_ns(&flow->pace, 1)))
		result = -EINTR;
	return result;
}
