/* SPDX-License-Identifier: MIT */
#include "stats.h"

#include <errno.h>
#include <jansson.h>

#include "histogram.h"
#include "present/present.h"

static double rounded(double value, double steps_per_unit)
{
	return (double)(int64_t)(value * steps_per_unit + 0.5) / steps_per_unit;
}

static double ms(int64_t ns)
{
	return rounded((double)ns / 1e6, 1000);
}

static json_t *pack_ages(const struct histogram *ages)
{
	return json_pack("{s:f, s:f, s:f}", "p50", ms(histogram_percentile_ns(ages, 50)), "p99",
	                 ms(histogram_percentile_ns(ages, 99)), "max", ms(ages->max_ns));
}

static double seconds(const struct stats *report)
{
	return (double)(report->last_shown_ns - report->first_shown_ns) / 1e9;
}

static double fps(const struct stats *report)
{
	if (report->stats.acquired < 2 || seconds(report) <= 0)
		return 0;
	return (double)(report->stats.acquired - 1) / seconds(report);
}

/* The mean, which is a whole number where all frames took the same way. */
static json_t *pack_copies(const struct stats *report)
{
	if (report->drawn == 0)
		return json_null();
	if (report->copies % report->drawn == 0)
		return json_integer((json_int_t)(report->copies / report->drawn));
	return json_real(rounded((double)report->copies / (double)report->drawn, 1000));
}

static json_t *pack(const struct stats *report)
{
	const struct shmflip_viewer_stats *stats = &report->stats;
	const struct presenter *presenter = report->presenter;

	return json_pack("{s:s, s:s, s:s, s:o, s:o, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, "
	                 "s:f, s:f, s:o, "
	                 "s:I, s:I}",
	                 "program", "shmflip-viewer", "version", shmflip_version(), "channel",
	                 report->channel, "present",
	                 presenter ? json_string(presenter->name) : json_null(), "copies_per_frame",
	                 pack_copies(report), "published", (json_int_t)stats->published, "shown",
	                 (json_int_t)stats->acquired, "repeated", (json_int_t)report->repeated,
	                 "missed", (json_int_t)stats->missed, "bad_frames",
	                 (json_int_t)report->bad_frames, "producers", (json_int_t)stats->producers,
	                 "generations", (json_int_t)stats->generations, "producers_died",
	                 (json_int_t)report->producers_died, "dropped_by_producer",
	                 (json_int_t)stats->dropped, "seconds", rounded(seconds(report), 1e6),
	                 "fps", rounded(fps(report), 1000), "age_ms", pack_ages(report->ages),
	                 "width", (json_int_t)report->width, "height", (json_int_t)report->height);
}

int stats_write(const struct stats *report, FILE *out)
{
	json_t *object = pack(report);
	int result = 0;

	if (!object)
		return -ENOMEM;
	errno = 0;
	if (json_dumpf(object, out, JSON_INDENT(2) | JSON_REAL_PRECISION(12)) != 0 ||
	    putc('\n', out) == EOF || fflush(out) != 0)
		result = errno ? -errno : -EIO;
	json_decref(object);
	return result;
}
