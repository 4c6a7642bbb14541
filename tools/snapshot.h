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
	char channel[SHMFLIP_NAME_MAX + 2];       /* a name that is too long stays too long */
	const struct shmflip_status *status;      /* NULL: not readable */
	int32_t viewer_pids[SHMFLIP_VIEWERS_MAX]; /* sorted */
	bool stopped;                             /* the producer is alive, but does not run */
	char reason[256]; /* unless all is known: why not, as one line of plain text */
	double fps;       /* recent; -1: unknown */
	struct rate rate;
	uint64_t rate_producer; /* whose rate it is */
};

/* Inspects a channel. Returns 0 or an error of shmflip_channel_status(). */
int snapshot_take(struct snapshot *snapshot, const char *dir, const char *channel);

/* Frees the status. The snapshot can be updated again. */
void snapshot_finish(struct snapshot *snapshot);

/* Stands for a channel of which snapshot_take() has just failed. */
void snapshot_set_unreadable(struct snapshot *snapshot);

/* Inspects it again, and measures fps. The same errors. */
int snapshot_update(struct snapshot *snapshot, const char *dir);

/* Inspects the channels repeatedly, for 0.65 s if one is alive, to measure fps. A channel that was
 * removed meanwhile keeps its last status. Returns early if the program is interrupted. */
void snapshot_measure(struct snapshot *snapshots, size_t channels, const char *dir);

/* Whether everything in status is valid. Otherwise only its state and the producer's pid are, if
 * there is a status. */
static inline bool snapshot_is_known(const struct snapshot *snapshot)
{
	return snapshot->status && !snapshot->status->error;
}

/* The producer's pid. 0: not known. */
int32_t snapshot_pid(const struct snapshot *snapshot);

/* The time since the newest frame, which there must be, was published. */
double snapshot_age_ms(const struct snapshot *snapshot);

#endif
