/* SPDX-License-Identifier: MIT
 *
 * What a command shows of a channel: its status, and how fast frames come, which takes two looks. */
#ifndef SHMFLIP_TOOLS_SNAPSHOT_H
#define SHMFLIP_TOOLS_SNAPSHOT_H

#include <stdbool.h>
#include <stddef.h>

#include "shmflip.h"

struct snapshot {
	char channel[SHMFLIP_NAME_MAX + 1];
	struct shmflip_channel_status status; /* its viewers in the order of their pids */
	char reason[256];                     /* with status.error: why. One line of plain text */
	double fps;                           /* lately; -1: not known */
	/* Of the frame from which on frames are counted: */
	uint64_t first_producer;
	uint64_t first_sequence;
	int64_t first_ns;
};

/* Takes a look at a channel. An error of shmflip_channel_inspect(). */
int snapshot_take(struct snapshot *snapshot, const char *dir, const char *channel);

/* Takes another look, and counts what has come since the first. The same errors. */
int snapshot_update(struct snapshot *snapshot, const char *dir);

/* From now on counts what comes after the frame that was newest at the last look. */
void snapshot_restart_count(struct snapshot *snapshot);

/* Looks at so many channels again and again, for half a second at most, until it is known how fast
 * frames come. Those that are gone meanwhile stay as they were. Ends early when interrupted. */
void snapshot_measure(struct snapshot *snapshots, size_t channels, const char *dir);

/* What was published when, for people: how old the newest frame is. */
double snapshot_age_ms(const struct snapshot *snapshot);

#endif
