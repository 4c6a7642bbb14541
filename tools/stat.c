/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdio.h>
#include <time.h>

#include "cli.h"
#include "commands.h"
#include "json.h"
#include "labels.h"
#include "snapshot.h"
#include "text.h"

static void print_newest(const struct snapshot *snapshot)
{
	const struct shmflip_frame_info *newest = &snapshot->status.newest;
	char source[SHMFLIP_SOURCE_SIZE];

	if (newest->sequence == 0) {
		printf("frame        none yet\n");
		return;
	}
	text_copy_plain(source, sizeof(source), newest->source);
	printf("frame        %llu, %s, %.0f ms old\n", (unsigned long long)newest->sequence,
	       source[0] ? source : "unnamed", snapshot_age_ms(snapshot));
	printf("size         %ux%u %s, %u bytes per row\n", newest->width, newest->height,
	       label_format(newest->format), newest->stride_bytes);
}

static void print_rate(const struct snapshot *snapshot)
{
	const struct shmflip_channel_info *info = &snapshot->status.info;

	printf("rate         ");
	if (snapshot->fps >= 0)
		printf("%.1f frames per second", snapshot->fps);
	else
		printf("unknown");
	if (info->fps_milli)
		printf(", announced %g", info->fps_milli / 1e3);
	printf("\n");
	printf("published    %llu, dropped %llu (policy %s)\n", (unsigned long long)info->published,
	       (unsigned long long)info->dropped, label_policy(info->policy));
}

static void print_memory(const struct shmflip_channel_status *status)
{
	char slot[32], segment[32];

	label_bytes(slot, sizeof(slot), status->info.slot_bytes);
	label_bytes(segment, sizeof(segment), status->segment_bytes);
	printf("memory       %u slots of %s: %s in segment %d; semaphores %d\n", status->info.slots,
	       slot, segment, status->segment_id, status->semaphores_id);
	printf("access       mode %04o, user %u, group %u\n", (unsigned)status->mode,
	       (unsigned)status->owner, (unsigned)status->group);
}

static void print_viewers(const struct shmflip_channel_status *status)
{
	char pid[16];

	printf("viewers      %u", status->viewers);
	for (unsigned i = 0; i < status->viewers && i < SHMFLIP_PIDS_MAX; i++) {
		label_pid(pid, sizeof(pid), status->viewer_pids[i]);
		printf("%s %s", i ? "," : ": process", pid);
	}
	printf("%s\n", status->viewers > SHMFLIP_PIDS_MAX ? ", ..." : "");
}

static void print_all(const struct snapshot *snapshot)
{
	const struct shmflip_channel_status *status = &snapshot->status;
	char pid[16];

	printf("channel      %s\n", snapshot->channel);
	label_pid(pid, sizeof(pid), status->info.pid);
	printf("state        %s, process %s\n", label_state(snapshot), pid);
	if (status->error) {
		printf("reason       %s\n", snapshot->reason);
		return;
	}
	printf("generation   %llu of producer %llu\n", (unsigned long long)status->info.generation,
	       (unsigned long long)status->info.producer);
	print_newest(snapshot);
	print_rate(snapshot);
	print_memory(status);
	print_viewers(status);
}

/* Lines are equally wide, for --watch. */
static void print_line(const struct snapshot *snapshot)
{
	const struct shmflip_channel_status *status = &snapshot->status;
	char rate[32] = "-";

	if (snapshot->fps >= 0)
		snprintf(rate, sizeof(rate), "%.1f", snapshot->fps);
	printf("%-7s", label_state(snapshot));
	if (status->error)
		printf("  %s", snapshot->reason);
	else
		printf("  frame %-9llu %8s fps  %6llu dropped  %3u viewers  %8.1f ms old",
		       (unsigned long long)status->newest.sequence, rate,
		       (unsigned long long)status->info.dropped, status->viewers,
		       status->newest.sequence ? snapshot_age_ms(snapshot) : 0);
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
	}
	return command_status(error);
}

int stat_run(const struct options *options)
{
	const char *channel = options_channel(options);
	struct snapshot snapshot;
	int error = snapshot_take(&snapshot, options->dir, channel);

	if (error)
		return command_fail(error);
	snapshot_measure(&snapshot, 1, options->dir);
	return options->watch ? watch(&snapshot, options)
	                      : command_status(print(&snapshot, options));
}
