/* SPDX-License-Identifier: MIT
 *
 * Viewers that poll their descriptors, while producers publish at random pauses, configure, end,
 * close, and are killed and replaced. What a producer has done it notes in shared memory. If a
 * viewer's descriptor is not readable although something is noted that the viewer has not acquired,
 * a wake-up is lost: a fault. It is no matter how long a process did not run: the notes come first,
 * then the poll. */
#ifndef SHMFLIP_TESTS_CRASH_DESCRIPTOR_H
#define SHMFLIP_TESTS_CRASH_DESCRIPTOR_H

#include <stdint.h>

/* Ends after so many kills, or after so many seconds if they are not 0. Prints what was counted. */
void descriptor(uint64_t seed, uint64_t kills, int64_t seconds);

#endif
