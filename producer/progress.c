/* SPDX-License-Identifier: MIT */
#include "report.h"

#include <math.h>

#include "cli.h"

#define NS_PER_S INT64_C(1000000000)
#define DRAW_EVERY_NS (NS_PER_S / 10)
#define COUNT_EVERY_NS (NS_PER_S / 2)

/* How much of the asked rate is enough, and how long it may be missed before the hint. */
enum { ENOUGH_PERCENT = 95, SLOW_WINDOWS = 2 };

void report_init(struct report *report, const struct options *options,
                 struct shmflip_producer *producer, uint64_t total)
{
	*report = (struct report){ .options = options,
		                   .producer = producer,
		                   .total = total,
		                   .fps = -1,
		                   .window_ns = cli_now_ns() };
}

static void give_hint(struct report *report, int64_t decode_ns)
{
	double asked = report->options->fps_milli / 1e3;
	unsigned jobs = report->options->jobs;

	report->hinted = true;
	if (!report->options->quiet)
		cli_error("decoding takes %.1f ms a frame, but %g frames a second leave %u "
		          "thread%s %.1f ms: lower the rate (-r %.0f), use more threads (-j), or "
		          "smaller frames",
		          (double)decode_ns / 1e6, asked, jobs, jobs == 1 ? "" : "s",
		          1e3 * jobs / asked, report->fps > 1 ? floor(report->fps) : 1);
}

static void measure_rate(struct report *report, int64_t now_ns, int64_t decode_ns)
{
	double seconds = (double)(now_ns - report->window_ns) / 1e9;
	double asked = report->options->fps_milli / 1e3;

	if (seconds < 1)
		return;
	report->fps = (double)(report->published - report->window_published) / seconds;
	report->window_ns = now_ns;
	report->window_published = report->published;
	if (report->fps < asked * ENOUGH_PERCENT / 100 &&
	    (double)decode_ns * asked > 1e9 * report->options->jobs * ENOUGH_PERCENT / 100)
		report->slow_windows++;
	else
		report->slow_windows = 0;
	if (report->slow_windows == SLOW_WINDOWS && !report->hinted)
		give_hint(report, decode_ns);
}

static void count_viewers(struct report *report, int64_t now_ns)
{
	if (report->counted_ns && now_ns - report->counted_ns < COUNT_EVERY_NS)
		return;
	report->counted_ns = now_ns;
	shmflip_producer_viewers(report->producer, &report->viewers);
	if (report->viewers > report->viewers_max)
		report->viewers_max = report->viewers;
}

static void draw(struct report *report, int64_t now_ns, uint64_t position, uint64_t dropped,
                 int64_t decode_ns)
{
	char total[32] = "", asked[32] = "", rate[64] = "";

	if (now_ns - report->drawn_ns < DRAW_EVERY_NS || !cli_status_shown() ||
	    report->options->quiet)
		return;
	report->drawn_ns = now_ns;
	if (report->total)
		snprintf(total, sizeof(total), "/%llu", (unsigned long long)report->total);
	if (report->options->fps_milli)
		snprintf(asked, sizeof(asked), " of %g", report->options->fps_milli / 1e3);
	if (report->fps >= 0)
		snprintf(rate, sizeof(rate), "%.1f%s fps  ", report->fps, asked);
	cli_status("frame %llu%s  %s%llu dropped  %u viewer%s  decode %.1f ms",
	           (unsigned long long)position, total, rate, (unsigned long long)dropped,
	           report->viewers, report->viewers == 1 ? "" : "s", (double)decode_ns / 1e6);
}

void report_update(struct report *report, uint64_t position, int64_t decode_ns)
{
	struct shmflip_producer_stats stats;
	int64_t now_ns = cli_now_ns();

	shmflip_producer_stats(report->producer, &stats);
	report->published = stats.published;
	measure_rate(report, now_ns, decode_ns);
	count_viewers(report, now_ns);
	draw(report, now_ns, position, stats.dropped, decode_ns);
}
