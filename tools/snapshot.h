/* SPDX-License-Identifier: MIT
 *
 * What a command shows of a channel: its status, and its rate, which takes two inspections. */
#ifndef SHMFLIP_TOOLS_SNAPSHOT_H
#define SHMFLIP_TOOLS_SNAPSHOT_H

#include <stdbool.h>
#include <stddef.h>

#include "rate.h"
#include "shmflip.h"

struct snapshot {
	char channel[SHMFLIP_NAME_MAX + 1];
	struct shmflip_channel_status status; /* viewers sorted by pid */
	bool stopped;                         /* the producer is alive, but does not run */
	bool unreadable;                      /* all that is known is status.error */
	char reason[256];                     /* if status.error: why, as one line of plain text */
	double fps;                           /* recent; -1: unknown */
	struct rate rate;
	uint64_t rate_producer; /* whose rate it is */
};

/* Inspects a channel. Returns 0 or an error of shmflip_channel_inspect(). */
int snapshot_take(struct snapshot *snapshot, const char *dir, const char *channel);

/* Stands for a channel of which snapshot_take() has just failed with this error. */
void snapshot_set_unreadable(struct snapshot *snapshot, int error);

/* Inspects it again, and measures fps. The same errors. */
int snapshot_update(struct snapshot *snapshot, const char *dir);

/* Inspects the channels repeatedly, for 0.65 s if one is alive, to measure fps. A channel that was
 * removed meanwhile keeps its last status. Returns early if the program is interrupted. */
void snapshot_measure(struct snapshot *snapshots, size_t channels, const char *dir);

/* The time since the newest frame was published. */
double snapshot_age_ms(const struct snapshot *snapshot);

#endif
