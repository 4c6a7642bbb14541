/* SPDX-License-Identifier: MIT
 *
 * What a command shows of a channel: its status, and how fast frames come, which takes two looks. */
#ifndef TOOLS_LOOK_H
#define TOOLS_LOOK_H

#include <stdbool.h>
#include <stddef.h>

#include "shmflip.h"

struct look {
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
int look_at(struct look *look, const char *dir, const char *channel);

/* Takes another look, and counts what has come since the first. The same errors. */
int look_again(struct look *look, const char *dir);

/* From now on counts what comes after the frame that was newest at the last look. */
void look_count_afresh(struct look *look);

/* Looks at so many channels again and again, for half a second at most, until it is known how fast
 * frames come. Those that are gone meanwhile stay as they were. Ends early when interrupted. */
void look_measure(struct look *looks, size_t channels, const char *dir);

/* What was published when, for people: how old the newest frame is. */
double look_age_ms(const struct look *look);

#endif
