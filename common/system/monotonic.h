/* SPDX-License-Identifier: MIT
 *
 * CLOCK_MONOTONIC in nanoseconds. For the library and the programs. Any thread. */
#ifndef SHMFLIP_MONOTONIC_H
#define SHMFLIP_MONOTONIC_H

#include <stdint.h>
#include <time.h>

#define NS_PER_MS INT64_C(1000000)
#define NS_PER_S INT64_C(1000000000)

static inline int64_t monotonic_now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * NS_PER_S + now.tv_nsec;
}

/* The same clock as it was some milliseconds ago at most: cheaper, because the kernel keeps it. */
static inline int64_t monotonic_lately_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
	return now.tv_sec * NS_PER_S + now.tv_nsec;
}

#endif
