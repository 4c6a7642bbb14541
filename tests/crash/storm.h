/* SPDX-License-Identifier: MIT
 *
 * Kills at random instants. A round is a producer and one to three viewers, of which some are killed,
 * or stopped; then a successor, if there is need of one, and whoever survived go on to an orderly end,
 * after which all must be as before. */
#ifndef SHMFLIP_CRASH_STORM_H
#define SHMFLIP_CRASH_STORM_H

#include <stdint.h>

struct storm_options {
	uint64_t seed; /* of the first round */
	uint32_t
		moves; /* all producers move on to another size at one in so many frames; 0: some do */
	/* When it is over: after so many kills and frames, or seconds (0: without limit). */
	uint64_t kills;
	uint64_t frames;
	int64_t seconds;
};

/* Prints what there was. A fault ends the program. */
void storm(const struct storm_options *plan);

#endif
