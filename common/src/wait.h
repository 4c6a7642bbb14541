/* SPDX-License-Identifier: MIT
 *
 * A wait: until its deadline, or until its handle is interrupted. Any thread. */
#ifndef SHMFLIP_WAIT_H
#define SHMFLIP_WAIT_H

#include <errno.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "clock.h"

struct wait {
	int64_t deadline_ns; /* CLOCK_NEVER: none */
	const atomic_bool *interrupted;
};

/* A wait of timeout_ms that begins now; negative: without deadline. */
static inline struct wait wait_begin(const atomic_bool *interrupted, int timeout_ms)
{
	return (struct wait){ clock_deadline_ns(timeout_ms), interrupted };
}

/* -ECANCELED  the handle is interrupted
 * Orders nothing: who interrupts wants the wait to end, and no more. */
static inline int wait_check(const atomic_bool *interrupted)
{
	return atomic_load_explicit(interrupted, memory_order_relaxed) ? -ECANCELED : 0;
}

/* The time until the deadline, from 0 to limit_ns. */
static inline int64_t wait_remaining_ns(const struct wait *wait, int64_t limit_ns)
{
	return clock_remaining_ns(wait->deadline_ns, limit_ns);
}

/* Sleeps for ns, or until the deadline. An interruption is seen before and after.
 * -EAGAIN     the deadline has passed before
 * -ECANCELED  the handle is interrupted
 * -EINTR      a signal handler ran */
int wait_sleep(const struct wait *wait, int64_t ns);

#endif
