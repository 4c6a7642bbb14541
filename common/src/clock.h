/* SPDX-License-Identifier: MIT
 *
 * Deadlines and sleep, in nanoseconds of CLOCK_MONOTONIC. Any thread. */
#ifndef SHMFLIP_CLOCK_H
#define SHMFLIP_CLOCK_H

#include <stdint.h>

#include "monotonic.h"

#define CLOCK_NEVER INT64_MAX

/* The end of a wait of timeout_ms that starts now. CLOCK_NEVER if timeout_ms is negative. */
int64_t clock_deadline_ns(int timeout_ms);

/* The time until the deadline, from 0 to limit_ns. */
int64_t clock_remaining_ns(int64_t deadline_ns, int64_t limit_ns);

/* How long a wait that began at began_ns sleeps until its next check: an eighth of the time waited
 * so far, within the bounds. So a wait gets at most an eighth longer, and long ones cost little. */
int64_t clock_backoff_ns(int64_t began_ns, int64_t min_ns, int64_t max_ns);

/* Sleeps.
 * -EINTR  a signal handler ran */
int clock_sleep(int64_t ns);

#endif
