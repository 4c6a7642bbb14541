/* SPDX-License-Identifier: MIT */
#include "progress.h"

#include <math.h>

#include "cli.h"

#define DRAW_EVERY_NS (NS_PER_S / 10)
#define COUNT_EVERY_NS (NS_PER_S / 2)

/* What share of the requested rate is enough, and for how many seconds it may be missed. */
enum { ENOUGH_PERCENT = 95, SLOW_SECONDS = 2 };
#define CHECK_EVERY_NS NS_PER_S

void progress_init(struct progress *progress, const struct options *options,
                   struct shmflip_producer *producer, const struct frame_source *source)
{
	*progress = (struct progress){ .options = options,
		                       .producer = producer,
		                       .total = frame_source_total(source),
		                       .checked_ns = monotonic_now_ns() };
	backlog_init(&progress->backlog, &source->stream.input, progress->checked_ns);
}

/* If the rate was chosen, holding the pipe back may be what is wanted. */
static void check_backlog(struct progress *progress, int64_t now_ns)
{
	const struct options *options = progress->options;
	double requested = frame_rate_hz(options->rate);

	if (!backlog_update(&progress->backlog, now_ns) || progress->backlog_hinted ||
	    (options->rate_given && !options->verbose) || options->quiet ||
	    rate_per_second(&progress->rate, now_ns) < requested * ENOUGH_PERCENT / 100 ||
	    !options->rate.num)
		return;
	progress->backlog_hinted = true;
	cli_error("the pipe delivers more than %g frames per second, %s: it is held back; choose "
	          "its rate (-r N, --raw WxH@N), or -r 0 if it is live",
	          requested, options->rate_given ? "the rate" : "the default");
}

static void give_hint(struct progress *progress, double fps, int64_t decode_ns)
{
	double requested = frame_rate_hz(progress->options->rate);
	unsigned jobs = progress->options->jobs;

	progress->hinted = true;
	if (!progress->options->quiet)
		cli_error("decoding takes %.1f ms per frame, but %g frames per second leave %u "
		          "thread%s %.1f ms: lower the rate (-r %.0f), use more threads (-j), or "
		          "use smaller frames",
		          (double)decode_ns / 1e6, requested, jobs, jobs == 1 ? "" : "s",
		          1e3 * jobs / requested, fps > 1 ? floor(fps) : 1);
}

static void check_rate(struct progress *progress, int64_t now_ns, int64_t decode_ns)
{
	double requested = frame_rate_hz(progress->options->rate);
	double fps;

	if (now_ns - progress->checked_ns < CHECK_EVERY_NS)
		return;
	progress->checked_ns = now_ns;
	fps = rate_per_second(&progress->rate, now_ns);
	if (fps < requested * ENOUGH_PERCENT / 100 &&
	    (double)decode_ns * requested > 1e9 * progress->options->jobs * ENOUGH_PERCENT / 100)
		progress->slow_seconds++;
	else
		progress->slow_seconds = 0;
	if (progress->slow_seconds == SLOW_SECONDS && !progress->hinted)
		give_hint(progress, fps, decode_ns);
}

static void count_viewers(struct progress *progress, int64_t now_ns)
{
	if (progress->counted_ns && now_ns - progress->counted_ns < COUNT_EVERY_NS)
		return;
	progress->counted_ns = now_ns;
	if (shmflip_producer_viewers(progress->producer, &progress->viewers))
		return;
	if (progress->viewers > progress->viewers_max)
		progress->viewers_max = progress->viewers;
}

static void draw(struct progress *progress, int64_t now_ns, uint64_t position, uint64_t dropped,
                 int64_t decode_ns)
{
	char total[32] = "", requested[32] = "", rate[64] = "";
	double fps;

	if (now_ns - progress->drawn_ns < DRAW_EVERY_NS || !cli_status_shown() ||
	    progress->options->quiet)
		return;
	progress->drawn_ns = now_ns;
	if (progress->total)
		snprintf(total, sizeof(total), "/%llu", (unsigned long long)progress->total);
	if (progress->options->rate.num)
		snprintf(requested, sizeof(requested), " of %g",
		         frame_rate_hz(progress->options->rate));
	fps = rate_per_second(&progress->rate, now_ns);
	if (fps >= 0)
		snprintf(rate, sizeof(rate), "%.1f%s fps  ", fps, requested);
	cli_status("frame %llu%s  %s%llu dropped  %u viewer%s  decode %.1f ms",
	           (unsigned long long)position, total, rate, (unsigned long long)dropped,
	           progress->viewers, progress->viewers == 1 ? "" : "s", (double)decode_ns / 1e6);
}

void progress_update(struct progress *progress, uint64_t position, int64_t published_ns,
                     int64_t decode_ns)
{
	int64_t now_ns = monotonic_now_ns();
	struct shmflip_counts counts;

	shmflip_init(&counts);
	if (shmflip_producer_counts(progress->producer, &counts))
		return;
	if (counts.published > 1)
		rate_add(&progress->rate, counts.published, published_ns);
	check_rate(progress, now_ns, decode_ns);
	check_backlog(progress, now_ns);
	count_viewers(progress, now_ns);
	draw(progress, now_ns, position, counts.dropped, decode_ns);
}
