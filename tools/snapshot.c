/* SPDX-License-Identifier: MIT */
#include "snapshot.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "cli.h"
#include "process.h"
#include "text.h"

#define MEASURE_NS (500 * NS_PER_MS)
#define POLL_NS (50 * NS_PER_MS)
#define MEASURE_FRAMES 4

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

static bool has_frames(const struct snapshot *snapshot)
{
	return snapshot->status.alive && !snapshot->status.error &&
	       snapshot->status.newest.sequence > 0;
}

void snapshot_restart_count(struct snapshot *snapshot)
{
	snapshot->first_producer = 0;
	if (!has_frames(snapshot))
		return;
	snapshot->first_producer = snapshot->status.info.producer;
	snapshot->first_sequence = snapshot->status.newest.sequence;
	snapshot->first_ns = snapshot->status.newest.published_ns;
}

static void count(struct snapshot *snapshot)
{
	const struct shmflip_frame_info *newest = &snapshot->status.newest;
	uint64_t frames = newest->sequence - snapshot->first_sequence;
	int64_t ns = newest->published_ns - snapshot->first_ns;

	snapshot->fps = -1;
	if (!snapshot->status.alive || snapshot->status.error)
		return;
	if (!has_frames(snapshot) || snapshot->first_producer != snapshot->status.info.producer)
		snapshot_restart_count(snapshot);
	else if (frames == 0)
		snapshot->fps = 0;
	else if (ns > 0)
		snapshot->fps = (double)frames * 1e9 / (double)ns;
}

int snapshot_take(struct snapshot *snapshot, const char *dir, const char *channel)
{
	int error;

	*snapshot = (struct snapshot){ .fps = -1 };
	snprintf(snapshot->channel, sizeof(snapshot->channel), "%s", channel);
	error = inspect(snapshot, dir);
	if (!error)
		snapshot_restart_count(snapshot);
	return error;
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
		count(snapshot);
	return error;
}

static bool is_measured(const struct snapshot *snapshot)
{
	return !snapshot->status.alive || snapshot->status.error ||
	       (snapshot->first_producer != 0 &&
	        snapshot->status.newest.sequence - snapshot->first_sequence >= MEASURE_FRAMES);
}

static bool snapshot_update_all(struct snapshot *snapshots, size_t channels, const char *dir)
{
	bool measured = true;

	for (size_t i = 0; i < channels; i++) {
		if (is_measured(&snapshots[i]) || snapshot_update(&snapshots[i], dir))
			continue;
		measured &= is_measured(&snapshots[i]);
	}
	return measured;
}

void snapshot_measure(struct snapshot *snapshots, size_t channels, const char *dir)
{
	int64_t end_ns = monotonic_now_ns() + MEASURE_NS;

	while (!snapshot_update_all(snapshots, channels, dir) && !cli_interrupted() &&
	       monotonic_now_ns() < end_ns)
		nanosleep(&(struct timespec){ .tv_nsec = POLL_NS }, NULL);
}

double snapshot_age_ms(const struct snapshot *snapshot)
{
	return (double)(monotonic_now_ns() - snapshot->status.newest.published_ns) / 1e6;
}
