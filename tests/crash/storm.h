/* SPDX-License-Identifier: MIT
 *
 * Kills at random instants. A round starts a producer and one to three viewers, and kills or stops
 * some of them. Then the survivors, and a successor if the producer is dead, continue to an orderly
 * end, after which nothing may be left. */
#ifndef SHMFLIP_TESTS_CRASH_STORM_H
#define SHMFLIP_TESTS_CRASH_STORM_H

#include <stdint.h>

struct storm_options {
	uint64_t seed; /* of the first round; each next round's is one higher */
	/* Every producer configures its stream, or ends it, once in so many frames, at random. 0:
	 * some do. */
	uint32_t configures;
	uint32_t ends;
	/* The storm ends after so many kills and frames, or after so many seconds (0: no limit). */
	uint64_t kills;
	uint64_t frames;
	int64_t seconds;
};

/* Runs the rounds and prints what was counted. A fault ends the program. */
void storm(const struct storm_options *options);

#endif
