/* SPDX-License-Identifier: MIT
 *
 * What --stats writes: what happened, as one JSON object. */
#ifndef SHMFLIP_VIEWER_STATS_H
#define SHMFLIP_VIEWER_STATS_H

#include <stdint.h>
#include <stdio.h>

#include "shmflip.h"

struct histogram;
struct presenter;

struct stats {
	const char *channel;
	const struct presenter *presenter; /* NULL: no frame came */
	struct shmflip_counts counts;
	uint64_t producers_died;
	uint64_t bad_frames;
	uint64_t passed_over; /* frames acquired, but not shown */
	uint64_t recorded;
	uint64_t not_recorded; /* though frames before and after were */
	uint64_t repeated;
	uint64_t drawn;
	uint64_t copies; /* of all frames drawn */
	int64_t first_shown_ns;
	int64_t last_shown_ns;
	const struct histogram *ages; /* from published to on screen */
	uint32_t fourcc;              /* of the last frame. 0: not known */
	uint32_t width;
	uint32_t height;
};

/* Returns 0 or a negative errno. The caller closes the file. */
int stats_write(const struct stats *stats, FILE *out);

#endif
