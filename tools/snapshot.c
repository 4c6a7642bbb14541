/* SPDX-License-Identifier: MIT */
#include "snapshot.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cli.h"
#include "process.h"
#include "text.h"

#define MEASURE_NS (650 * NS_PER_MS)
#define POLL_NS (50 * NS_PER_MS)

static bool is_running(const struct snapshot *snapshot)
{
	return snapshot_is_known(snapshot) && snapshot->status->state == SHMFLIP_RUNNING;
}

static int compare_pids(const void *a, const void *b)
{
	const int32_t *left = a, *right = b;

	return (*left > *right) - (*left < *right);
}

static void sort_viewers(struct snapshot *snapshot)
{
	size_t bytes = snapshot->status->viewers * sizeof(snapshot->viewer_pids[0]);

	if (!bytes)
		return;
	memcpy(snapshot->viewer_pids, snapshot->status->viewer_pids, bytes);
	qsort(snapshot->viewer_pids, snapshot->status->viewers, sizeof(snapshot->viewer_pids[0]),
	      compare_pids);
}

static bool is_stopped(const struct snapshot *snapshot)
{
	const struct shmflip_status *status = snapshot->status;

	return snapshot_is_known(snapshot) && status->state != SHMFLIP_DEAD &&
	       process_is_stopped(process_of_segment(status->segment_id));
}

static int inspect(struct snapshot *snapshot, const char *dir)
{
	const struct shmflip_status *status;
	int error = shmflip_channel_status(dir, snapshot->channel, &status);

	if (error)
		return error;
	text_copy_plain(snapshot->reason, sizeof(snapshot->reason),
	                status->error ? shmflip_error_detail() : "");
	shmflip_status_free(snapshot->status);
	snapshot->status = status;
	sort_viewers(snapshot);
	snapshot->stopped = is_stopped(snapshot);
	return 0;
}

static void measure(struct snapshot *snapshot)
{
	const struct shmflip_frame *newest = snapshot->status->newest;
	uint64_t producer = snapshot->status->channel->producer;
	bool counts = is_running(snapshot);

	if (!counts || snapshot->rate_producer != producer)
		snapshot->rate = (struct rate){ 0 };
	snapshot->rate_producer = producer;
	if (counts && newest && newest->sequence > 1)
		rate_add(&snapshot->rate, newest->sequence, newest->published_ns);
	snapshot->fps = rate_per_second(&snapshot->rate, monotonic_now_ns());
}

int snapshot_take(struct snapshot *snapshot, const char *dir, const char *channel)
{
	*snapshot = (struct snapshot){ 0 };
	snprintf(snapshot->channel, sizeof(snapshot->channel), "%s", channel);
	return snapshot_update(snapshot, dir);
}

void snapshot_finish(struct snapshot *snapshot)
{
	shmflip_status_free(snapshot->status);
	snapshot->status = NULL;
}

void snapshot_set_unreadable(struct snapshot *snapshot)
{
	char reason[sizeof(snapshot->reason)];

	snprintf(reason, sizeof(reason), "not readable: %s", shmflip_error_detail());
	text_copy_plain(snapshot->reason, sizeof(snapshot->reason), reason);
}

int snapshot_update(struct snapshot *snapshot, const char *dir)
{
	int error = inspect(snapshot, dir);

	if (!error)
		measure(snapshot);
	return error;
}

static bool update_all(struct snapshot *snapshots, size_t channels, const char *dir)
{
	bool any = false;

	for (size_t i = 0; i < channels; i++) {
		if (is_running(&snapshots[i]) && snapshot_update(&snapshots[i], dir) == 0)
			any = true;
	}
	return any;
}

void snapshot_measure(struct snapshot *snapshots, size_t channels, const char *dir)
{
	int64_t end_ns = monotonic_now_ns() + MEASURE_NS;

	while (update_all(snapshots, channels, dir) && !cli_interrupted() &&
	       monotonic_now_ns() < end_ns)
		nanosleep(&(struct timespec){ .tv_nsec = POLL_NS }, NULL);
}

int32_t snapshot_pid(const struct snapshot *snapshot)
{
	return snapshot->status ? snapshot->status->channel->pid : 0;
}

double snapshot_age_ms(const struct snapshot *snapshot)
{
	return (double)(monotonic_now_ns() - snapshot->status->newest->published_ns) / 1e6;
}
