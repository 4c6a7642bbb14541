/* SPDX-License-Identifier: MIT
 *
 * Which frames a recording has and which it lacks, by the numbers of producers and of their frames.
 * A frame is missing if it lies between the first and the last that this process took of its
 * producer, but was not recorded. Main thread. */
#ifndef SHMFLIP_VIEWER_RECORD_TALLY_H
#define SHMFLIP_VIEWER_RECORD_TALLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { RECORD_RANGES_MAX = 16, RECORD_RANGES_TEXT_MAX = 1280 };

/* Frames first to last of a producer are missing. */
struct record_range {
	uint64_t producer;
	uint64_t first;
	uint64_t last;
};

/* Zero-initialise. */
struct record_tally {
	uint64_t recorded;
	uint64_t missing;
	struct record_range ranges[RECORD_RANGES_MAX]; /* the first ones */
	size_t range_count;                            /* of all, also of those not kept */
	uint64_t producer;                             /* of the last frame. 0: there was none */
	uint64_t last;                                 /* its number */
	bool last_is_missing;
	uint64_t failed_producer; /* of the frame that could not be written. 0: all could */
	uint64_t failed;
};

/* Notes a frame that this process took, in the order in which it takes them. */
void record_tally_add(struct record_tally *tally, uint64_t producer, uint64_t sequence,
                      bool is_recorded);

/* Notes that a frame could not be written, nor any that was taken after it. lost: how many of them
 * were noted as recorded. */
void record_tally_fail(struct record_tally *tally, uint64_t producer, uint64_t sequence,
                       uint64_t lost);

/* Writes the missing ones: "12, 45-46, p2-7, all from p2-9 on". p2: of the second producer, as
 * files are named. */
void record_tally_print(const struct record_tally *tally, char out[RECORD_RANGES_TEXT_MAX]);

#endif
