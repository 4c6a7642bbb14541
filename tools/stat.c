/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <time.h>

#include "cli.h"
#include "commands.h"
#include "json.h"
#include "labels.h"
#include "snapshot.h"
#include "text.h"

/* ---- The stream --------------------------------------------------------------------------- */

static void print_stream(const struct shmflip_stream *stream)
{
	char pixels[LABEL_PIXELS_SIZE];

	printf("stream       ");
	if (stream->width)
		printf("%ux%u ", stream->width, stream->height);
	label_pixels(pixels, stream->fourcc, &stream->colour);
	printf("%s", pixels);
	if (stream->aspect_num != stream->aspect_den)
		printf(", pixels of %u:%u", stream->aspect_num, stream->aspect_den);
	printf("\n");
}

static void print_metadata(const struct shmflip_stream *stream)
{
	char type[LABEL_METADATA_SIZE];

	for (uint32_t i = 0; i < stream->metadata_count; i++)
		printf("%s%s, %u bytes", i ? "; " : "metadata     ",
		       label_metadata(type, stream->metadata[i].type), stream->metadata[i].bytes);
	if (stream->metadata_count)
		printf("\n");
}

/* ---- The newest frame --------------------------------------------------------------------- */

static void print_size(const struct shmflip_frame *frame)
{
	char pixels[LABEL_PIXELS_SIZE];

	label_pixels(pixels, frame->fourcc, &frame->colour);
	printf("size         %ux%u %s, ", frame->width, frame->height, pixels);
	if (frame->flags & SHMFLIP_FRAME_PREMULTIPLIED)
		printf("premultiplied alpha, ");
	if (frame->orientation > 1)
		printf("orientation %u, ", frame->orientation);
	for (uint32_t i = 0; i < frame->planes; i++)
		printf("%s%u", i ? " + " : "", frame->plane[i].stride_bytes);
	printf(" bytes per row\n");
}

/* What values measure. */
static void print_values(const struct shmflip_frame *frame)
{
	double scale = (double)frame->value_scale, offset = (double)frame->value_offset;

	if (scale != 0 && offset != 0)
		printf("values       measure value * %g %c %g\n", scale, offset < 0 ? '-' : '+',
		       fabs(offset));
	else if (scale != 0)
		printf("values       measure value * %g\n", scale);
}

/* What is known of them. */
static void print_times(const struct shmflip_frame *frame)
{
	bool captured = frame->captured_ns != SHMFLIP_NO_TIME;
	bool lasts = frame->duration_ns != SHMFLIP_NO_TIME;

	if (!captured && !lasts)
		return;
	printf("times        ");
	if (captured)
		printf("published %.1f ms after its capture",
		       (double)(frame->published_ns - frame->captured_ns) / 1e6);
	if (lasts)
		printf("%sshown for %.1f ms", captured ? ", " : "",
		       (double)frame->duration_ns / 1e6);
	printf("\n");
}

static void print_newest(const struct snapshot *snapshot)
{
	const struct shmflip_frame *newest = snapshot->status->newest;
	char source[SHMFLIP_SOURCE_MAX + 1];

	if (!newest) {
		printf("frame        none yet\n");
		return;
	}
	text_copy_plain(source, sizeof(source), newest->source);
	printf("frame        %llu, %s, %.0f ms old\n", (unsigned long long)newest->sequence,
	       source[0] ? source : "unnamed", snapshot_age_ms(snapshot));
	print_size(newest);
	print_values(newest);
	print_times(newest);
}

/* ---- All of it ---------------------------------------------------------------------------- */

static void print_rate(const struct snapshot *snapshot)
{
	const struct shmflip_channel *channel = snapshot->status->channel;
	const struct shmflip_stream *stream = channel->stream;

	printf("rate         ");
	if (snapshot->fps >= 0)
		printf("%.1f frames per second", snapshot->fps);
	else
		printf("unknown");
	if (stream->rate_num && stream->rate_den == 1)
		printf(", announced %u", stream->rate_num);
	else if (stream->rate_num)
		printf(", announced %u/%u", stream->rate_num, stream->rate_den);
	printf("\n");
	printf("published    %llu, dropped %llu (policy %s)\n",
	       (unsigned long long)channel->published, (unsigned long long)channel->dropped,
	       label_policy(channel->policy));
}

static void print_memory(const struct shmflip_status *status)
{
	char slot[32], segment[32];

	label_bytes(slot, sizeof(slot), status->channel->slot_bytes);
	label_bytes(segment, sizeof(segment), status->segment_bytes);
	printf("memory       %u slots of %s: %s in segment %d; semaphores %d\n",
	       status->channel->slots, slot, segment, status->segment_id, status->semaphores_id);
	printf("access       mode %04o, user %u, group %u\n", (unsigned)status->mode,
	       (unsigned)status->owner, (unsigned)status->group);
}

static void print_viewers(const struct snapshot *snapshot)
{
	char pid[16];

	printf("viewers      %u", snapshot->status->viewers);
	for (uint32_t i = 0; i < snapshot->status->viewers; i++) {
		label_pid(pid, sizeof(pid), snapshot->viewer_pids[i]);
		printf("%s %s", i ? "," : ": process", pid);
	}
	printf("\n");
}

static void print_all(const struct snapshot *snapshot)
{
	const struct shmflip_status *status = snapshot->status;
	const struct shmflip_channel *channel = status->channel;
	char pid[16];

	printf("channel      %s\n", snapshot->channel);
	label_pid(pid, sizeof(pid), snapshot_pid(snapshot));
	printf("state        %s, process %s\n", label_state(snapshot), pid);
	if (!snapshot_is_known(snapshot)) {
		printf("reason       %s\n", snapshot->reason);
		return;
	}
	printf("generation   %llu of producer %llu\n", (unsigned long long)channel->generation,
	       (unsigned long long)channel->producer);
	print_stream(channel->stream);
	print_metadata(channel->stream);
	print_newest(snapshot);
	print_rate(snapshot);
	print_memory(status);
	print_viewers(snapshot);
}

/* Lines are equally wide, for --watch. */
static void print_line(const struct snapshot *snapshot)
{
	const struct shmflip_status *status = snapshot->status;
	const struct shmflip_frame *newest = status->newest;
	char rate[32] = "-";

	if (snapshot->fps >= 0)
		snprintf(rate, sizeof(rate), "%.1f", snapshot->fps);
	printf("%-7s", label_state(snapshot));
	if (!snapshot_is_known(snapshot))
		printf("  %s", snapshot->reason);
	else
		printf("  frame %-9llu %8s fps  %6llu dropped  %3u viewers  %8.1f ms old",
		       newest ? (unsigned long long)newest->sequence : 0, rate,
		       (unsigned long long)status->channel->dropped, status->viewers,
		       newest ? snapshot_age_ms(snapshot) : 0);
	printf("\n");
}

static int print(const struct snapshot *snapshot, const struct options *options)
{
	if (options->json)
		return json_print(json_of_snapshot(snapshot), options->watch);
	if (options->watch)
		print_line(snapshot);
	else
		print_all(snapshot);
	return command_flush();
}

/* Runs until interrupted or until the reader closes the pipe. A removed channel may come back. */
static int watch(struct snapshot *snapshot, const struct options *options)
{
	int inspect_error = 0, error = 0;

	while (!cli_interrupted()) {
		if (!inspect_error)
			error = print(snapshot, options);
		if (error)
			break;
		nanosleep(&(struct timespec){ .tv_sec = 1 }, NULL);
		inspect_error = snapshot_update(snapshot, options->dir);
		if (inspect_error && inspect_error != -ENOENT)
			return command_fail(inspect_error);
		if (inspect_error)
			snapshot_finish(snapshot);
	}
	return command_status(error);
}

int stat_run(const struct options *options)
{
	struct snapshot snapshot;
	int error = snapshot_take(&snapshot, options->dir, options_channel(options));
	int status;

	if (error)
		return command_fail(error);
	snapshot_measure(&snapshot, 1, options->dir);
	status = options->watch ? watch(&snapshot, options)
	                        : command_status(print(&snapshot, options));
	snapshot_finish(&snapshot);
	return status;
}
