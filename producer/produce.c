/* SPDX-License-Identifier: MIT */
#include "produce.h"

#include <errno.h>
#include <stdio.h>

#include "cli.h"
#include "feed.h"
#include "pace.h"
#include "png_decode.h"
#include "report.h"
#include "shmflip.h"
#include "stats.h"

enum { TURN_MS = 100, NS_PER_MS = 1000000, DECODE_UNKNOWN_NS = 10 * NS_PER_MS };

struct run {
	const struct options *options;
	struct feed feed;
	struct shmflip_producer *producer;
	struct pace pace;
	int64_t started_ns;   /* 0: not yet */
	int64_t published_ns; /* the last frame that was; 0: none yet */
	int64_t decode_ns;    /* smoothed; 0: not known yet */
	struct report report;
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
		.slot_bytes = run->feed.capacity.slot_bytes,
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

/* Until when it makes sense to wait for a slot. A viewer lets go of one some 50 us after the next is
 * out, so that to drop a frame at once would be to drop it for nothing. */
static int64_t last_moment_ns(const struct run *run)
{
	if (run->options->policy == SHMFLIP_POLICY_LOSSLESS)
		return INT64_MAX;
	if (run->options->fps_milli)
		return pace_due_ns(&run->pace, feed_index(&run->feed)) - run->decode_ns;
	return cli_now_ns() + (run->decode_ns ? run->decode_ns : DECODE_UNKNOWN_NS);
}

static int turn_ms(int64_t until_ns)
{
	int64_t left_ms = (until_ns - cli_now_ns()) / NS_PER_MS;

	return left_ms < 1 ? 1 : left_ms < TURN_MS ? (int)left_ms : TURN_MS;
}

static void update_report(struct run *run)
{
	report_update(&run->report, feed_position(&run->feed), run->decode_ns);
}

/* -EAGAIN: none came free in time. */
static int borrow_slot(struct run *run, struct shmflip_loan *loan)
{
	int64_t until_ns = last_moment_ns(run);

	while (!cli_interrupted()) {
		int result = shmflip_producer_loan(run->producer, loan, turn_ms(until_ns));

		update_report(run);
		if (!result)
			return 0;
		if (result != -EAGAIN && result != -EINTR)
			return fail_by_library();
		if (result == -EAGAIN && cli_now_ns() >= until_ns)
			return -EAGAIN;
	}
	return -EINTR;
}

static void drop(struct run *run)
{
	shmflip_producer_drop(run->producer);
	if (run->options->verbose)
		cli_error("%s: dropped: viewers hold every slot", run->feed.piece.path);
}

/* A negative errno: the picture's message says why. */
static int decode(struct run *run, const struct shmflip_loan *loan, struct png_picture *picture,
                  int64_t *decode_ns)
{
	const struct png_decode_options options = {
		.flatten = run->options->flatten,
		.background = run->options->background,
		.pixels_size = loan->size_bytes,
	};
	int64_t begin_ns = cli_now_ns();
	int result = png_decode(run->feed.piece.png, run->feed.piece.size, &options, loan->pixels,
	                        picture);

	if (result)
		return result;
	*decode_ns = cli_now_ns() - begin_ns;
	run->decode_ns += (*decode_ns - run->decode_ns) / (run->decode_ns ? 8 : 1);
	histogram_add(&run->stats.decode, *decode_ns);
	if (picture->message[0] && feed_is_news(&run->feed) && !run->options->quiet)
		cli_error("%s: shown all the same: %s", run->feed.piece.path, picture->message);
	return 0;
}

static int publish(struct run *run, struct shmflip_loan *loan, const struct png_picture *picture,
                   int64_t decode_ns)
{
	struct shmflip_frame_info info = {
		.presentation_ns = run->options->fps_milli
		                           ? pace_offset_ns(&run->pace, feed_index(&run->feed))
		                           : cli_now_ns() - run->started_ns,
		.decode_ns = decode_ns,
		.width = picture->width,
		.height = picture->height,
		.stride_bytes = picture->stride_bytes,
		.format = picture->format,
		.flags = feed_is_last(&run->feed) ? SHMFLIP_FRAME_LAST : 0,
	};

	snprintf(info.source, sizeof(info.source), "%s", run->feed.piece.name);
	if (shmflip_producer_publish(run->producer, loan, &info))
		return fail_by_library();
	run->published_ns = info.published_ns;
	return 0;
}

static int produce_frame(struct run *run)
{
	struct shmflip_loan loan;
	struct png_picture picture;
	int64_t decode_ns;
	int result;

	pace_catch_up(&run->pace, feed_index(&run->feed), cli_now_ns());
	result = borrow_slot(run, &loan);
	if (result == -EAGAIN) {
		drop(run);
		return 0;
	}
	if (result)
		return result;
	if (decode(run, &loan, &picture, &decode_ns)) {
		shmflip_producer_discard(run->producer, &loan);
		return feed_skip(&run->feed, picture.message);
	}
	result = pace_sleep_until(pace_due_ns(&run->pace, feed_index(&run->feed)));
	if (!result)
		result = publish(run, &loan, &picture, decode_ns);
	if (result)
		shmflip_producer_discard(run->producer, &loan);
	return result;
}

/* All frames. The last one is left standing for its time. -ENODATA: that was all. */
static int produce_frames(struct run *run)
{
	int result = wait_viewers(run);

	if (result)
		return result;
	run->started_ns = cli_now_ns();
	pace_init(&run->pace, run->options->fps_milli, feed_index(&run->feed), run->started_ns);
	report_init(&run->report, run->options, run->producer, feed_total(&run->feed));
	do {
		result = produce_frame(run);
		if (!result)
			result = feed_next(&run->feed);
	} while (!result);
	if (result == -ENODATA &&
	    pace_sleep_until(run->published_ns + pace_offset_ns(&run->pace, 1)))
		result = -EINTR;
	return result;
}

static void take_stock(struct run *run)
{
	run->stats.frames_read = run->feed.read;
	run->stats.skipped = run->feed.skipped;
	run->stats.loops = run->feed.loops;
	run->stats.slot_bytes = run->feed.capacity.slot_bytes;
	run->stats.viewers_max = run->report.viewers_max;
	if (run->started_ns)
		run->stats.elapsed_ns = cli_now_ns() - run->started_ns;
}

static int run_channel(struct run *run)
{
	int result = feed_next(&run->feed);

	if (!result)
		result = create_producer(run);
	if (result)
		return result;
	result = produce_frames(run);
	shmflip_producer_stats(run->producer, &run->stats.channel);
	cli_status_keep();
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
	cli_error("channel %s is held by another producer, process %d: choose another (-c)",
	          options->channel ? options->channel : "default", (int)pid);
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
	struct run run = { .options = options };
	int status = CLI_FAILED;

	if (check_channel(options))
		return CLI_FAILED;
	if (feed_init(&run.feed, options) || stats_open(&run.stats, options))
		goto finish;
	status = status_of(&run, run_channel(&run));
	take_stock(&run);
	if (stats_close(&run.stats, options))
		status = CLI_FAILED;
finish:
	feed_finish(&run.feed);
	return status;
}
