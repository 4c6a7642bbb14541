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

static double seconds(const struct stats *stats)
{
	return (double)(stats->last_shown_ns - stats->first_shown_ns) / 1e9;
}

static double fps(const struct stats *stats)
{
	if (stats->counts.acquired < 2 || seconds(stats) <= 0)
		return 0;
	return (double)(stats->counts.acquired - 1) / seconds(stats);
}

/* The mean. It is an integer if all frames were copied equally often. */
static json_t *pack_copies(const struct stats *stats)
{
	if (stats->drawn == 0)
		return json_null();
	if (stats->copies % stats->drawn == 0)
		return json_integer((json_int_t)(stats->copies / stats->drawn));
	return json_real(rounded((double)stats->copies / (double)stats->drawn, 1000));
}

static json_t *pack_format(uint32_t fourcc)
{
	const struct shmflip_format_info *format = shmflip_format_info(fourcc);

	return format ? json_string(format->name) : json_null();
}

static json_t *pack(const struct stats *stats)
{
	const struct shmflip_counts *counts = &stats->counts;
	const struct presenter *presenter = stats->presenter;

	return json_pack(
		"{s:s, s:s, s:s, s:o, s:o, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, "
		"s:I, "
		"s:f, s:f, s:o, "
		"s:o, s:I, s:I}",
		"program", "shmflip-viewer", "version", PROGRAM_VERSION, "channel", stats->channel,
		"present", presenter ? json_string(presenter->name) : json_null(),
		"copies_per_frame", pack_copies(stats), "published", (json_int_t)counts->published,
		"shown", (json_int_t)(counts->acquired - stats->passed_over), "repeated",
		(json_int_t)stats->repeated, "passed_over", (json_int_t)stats->passed_over,
		"missed", (json_int_t)counts->missed, "recorded", (json_int_t)stats->recorded,
		"not_recorded", (json_int_t)stats->not_recorded, "bad_frames",
		(json_int_t)stats->bad_frames, "producers", (json_int_t)counts->producers,
		"generations", (json_int_t)counts->generations, "producers_died",
		(json_int_t)stats->producers_died, "dropped_by_producer",
		(json_int_t)counts->dropped, "seconds", rounded(seconds(stats), 1e6), "fps",
		rounded(fps(stats), 1000), "age_ms", pack_ages(stats->ages), "format",
		pack_format(stats->fourcc), "width", (json_int_t)stats->width, "height",
		(json_int_t)stats->height);
}

int stats_write(const struct stats *stats, FILE *out)
{
	json_t *object = pack(stats);
	int error = 0;

	if (!object)
		return -ENOMEM;
	errno = 0;
	if (json_dumpf(object, out, JSON_INDENT(2) | JSON_REAL_PRECISION(12)) != 0 ||
	    putc('\n', out) == EOF || fflush(out) != 0)
		error = errno ? -errno : -EIO;
	json_decref(object);
	return error;
}
