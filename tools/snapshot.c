/* SPDX-License-Identifier: MIT */
#include "snapshot.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "cli.h"
#include "process.h"
#include "text.h"

#define MEASURE_NS (650 * NS_PER_MS)
#define POLL_NS (50 * NS_PER_MS)

static int compare_pids(const void *a, const void *b)
{
	const int32_t *left = a, *right = b;

	return (*left > *right) - (*left < *right);
}

static void sort_viewers(struct shmflip_channel_status *status)
{
	unsigned count = status->viewers < SHMFLIP_PIDS_MAX ? status->viewers : SHMFLIP_PIDS_MAX;

	qsort(status->viewer_pids, count, sizeof(status->viewer_pids[0]), compare_pids);
}

static int inspect(struct snapshot *snapshot, const char *dir)
{
	int error = shmflip_channel_inspect(dir, snapshot->channel, &snapshot->status);

	if (error)
		return error;
	text_copy_plain(snapshot->reason, sizeof(snapshot->reason),
	                snapshot->status.error ? shmflip_error_detail() : "");
	sort_viewers(&snapshot->status);
	snapshot->stopped = snapshot->status.alive && !snapshot->status.error &&
	                    process_is_stopped(process_of_segment(snapshot->status.segment_id));
	return 0;
}

static void measure(struct snapshot *snapshot)
{
	const struct shmflip_channel_status *status = &snapshot->status;
	bool counts = status->alive && !status->error;

	if (!counts || snapshot->rate_producer != status->info.producer)
		snapshot->rate = (struct rate){ 0 };
	snapshot->rate_producer = status->info.producer;
	if (counts && status->newest.sequence > 1)
		rate_add(&snapshot->rate, status->newest.sequence, status->newest.published_ns);
	snapshot->fps = rate_per_second(&snapshot->rate, monotonic_now_ns());
}

int snapshot_take(struct snapshot *snapshot, const char *dir, const char *channel)
{
	*snapshot = (struct snapshot){ 0 };
	snprintf(snapshot->channel, sizeof(snapshot->channel), "%s", channel);
	return snapshot_update(snapshot, dir);
}

void snapshot_set_unreadable(struct snapshot *snapshot, int error)
{
	char reason[sizeof(snapshot->reason)];

	snprintf(reason, sizeof(reason), "not readable: %s", shmflip_error_detail());
	text_copy_plain(snapshot->reason, sizeof(snapshot->reason), reason);
	snapshot->status.error = error;
	snapshot->unreadable = true;
}

int snapshot_update(struct snapshot *snapshot, const char *dir)
{
	int error = inspect(snapshot, dir);

	if (!error)
		measure(snapshot);
	return error;
}

static bool has_rate(const struct snapshot *snapshot)
{
	return snapshot->status.alive && !snapshot->status.error;
}

static bool update_all(struct snapshot *snapshots, size_t channels, const char *dir)
{
	bool any = false;

	for (size_t i = 0; i < channels; i++) {
		if (has_rate(&snapshots[i]) && snapshot_update(&snapshots[i], dir) == 0)
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

double snapshot_age_ms(const struct snapshot *snapshot)
{
	return (double)(monotonic_now_ns() - snapshot->status.newest.published_ns) / 1e6;
}
