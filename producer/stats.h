/* SPDX-License-Identifier: MIT
 *
 * Figures of a run of the producer, which --stats writes as one JSON object. The file is opened
 * before any work, so that a path that cannot be written fails at once. Main thread. */
#ifndef SHMFLIP_PRODUCER_STATS_H
#define SHMFLIP_PRODUCER_STATS_H

#include <stdint.h>
#include <stdio.h>

#include "histogram.h"
#include "options.h"
#include "shmflip.h"

struct stats {
	FILE *file; /* NULL: no --stats */
	uint64_t frames_read;
	uint64_t skipped;
	uint64_t loops; /* how often the files were started over */
	uint32_t slots;
	uint64_t slot_bytes;
	uint32_t viewers_max;
	int64_t waited_ns;  /* for slots */
	int64_t elapsed_ns; /* from the first frame to the end */
	struct histogram decode;
	struct shmflip_counts channel;
};

/* Opens the file, if the options name one. A negative errno, after a line to the user. */
int stats_open(struct stats *stats, const struct options *options);

/* Tells the user in one line what happened. */
void stats_print_summary(const struct stats *stats);

/* Writes and closes the file. A negative errno, after a line to the user. */
int stats_close(struct stats *stats, const struct options *options);

#endif
