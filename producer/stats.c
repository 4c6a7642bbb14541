/* SPDX-License-Identifier: MIT */
#include "stats.h"

#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <string.h>

#include "cli.h"

int stats_open(struct stats *stats, const struct options *options)
{
	const char *path = options->stats_path;

	if (!path)
		return 0;
	stats->file = strcmp(path, "-") == 0 ? stdout : fopen(path, "we");
	if (stats->file)
		return 0;
	cli_error("cannot write %s: %s", path, strerror(errno));
	return -EIO;
}

static double milliseconds(int64_t ns)
{
	return (double)ns / 1e6;
}

static double frames_per_second(const struct stats *stats)
{
	double seconds = (double)stats->elapsed_ns / 1e9;

	return seconds > 0 ? (double)stats->channel.published / seconds : 0.0;
}

static json_t *decode_times(const struct histogram *decode)
{
	return json_pack("{s:f, s:f, s:f, s:f}", "mean", milliseconds(histogram_mean_ns(decode)),
	                 "median", milliseconds(histogram_percentile_ns(decode, 50)), "p99",
	                 milliseconds(histogram_percentile_ns(decode, 99)), "max",
	                 milliseconds(decode->max_ns));
}

static json_t *to_json(const struct stats *stats, const struct options *options)
{
	double seconds = (double)stats->elapsed_ns / 1e9;
	const struct shmflip_counts *channel = &stats->channel;

	return json_pack(
		"{s:s, s:s, s:s, s:I, s:I, s:I, s:I, s:I, s:f, s:f, s:f, s:o, s:f, s:i, s:I, s:I, "
		"s:i, s:i, s:b}",
		"program", "shmflip-producer", "version", PROGRAM_VERSION, "channel",
		options_channel(options), "frames_read", (json_int_t)stats->frames_read,
		"published", (json_int_t)channel->published, "dropped",
		(json_int_t)channel->dropped, "skipped", (json_int_t)stats->skipped, "loops",
		(json_int_t)stats->loops, "seconds", seconds, "fps_asked",
		frame_rate_hz(options->rate), "fps_reached", frames_per_second(stats), "decode_ms",
		decode_times(&stats->decode), "waited_ms", milliseconds(stats->waited_ns), "slots",
		(int)stats->slots, "jobs", (int)options->jobs, "slot_bytes",
		(json_int_t)stats->slot_bytes, "generations", (json_int_t)channel->generations,
		"viewers_max", (int)stats->viewers_max, "interrupted", (int)cli_interrupted());
}

void stats_print_summary(const struct stats *stats)
{
	uint64_t published = stats->channel.published;

	cli_error("%" PRIu64 " frame%s in %.1f s (%.1f per second), %" PRIu64 " dropped, %" PRIu64
	          " skipped",
	          published, published == 1 ? "" : "s", (double)stats->elapsed_ns / 1e9,
	          frames_per_second(stats), stats->channel.dropped, stats->skipped);
}

int stats_close(struct stats *stats, const struct options *options)
{
	json_t *object;
	bool written;

	if (!stats->file)
		return 0;
	object = to_json(stats, options);
	cli_status_end();
	written = object &&
	          json_dumpf(object, stats->file, JSON_INDENT(2) | JSON_REAL_PRECISION(9)) == 0 &&
	          fputc('\n', stats->file) != EOF;
	if (fclose(stats->file) || !written) {
		cli_error("cannot write %s: %s", options->stats_path, strerror(errno));
		written = false;
	}
	json_decref(object);
	return written ? 0 : -EIO;
}
