/* SPDX-License-Identifier: MIT
 *
 * Time: CLOCK_MONOTONIC in nanoseconds, deadlines, and naps that a signal ends. Any thread. */
#ifndef SHMFLIP_CLOCK_H
#define SHMFLIP_CLOCK_H

#include <stdint.h>

#include "monotonic.h"

#define CLOCK_NEVER INT64_MAX

/* When a wait of timeout_ms that starts now is over: CLOCK_NEVER if it is negative. */
int64_t clock_deadline_ns(int timeout_ms);

/* What is left until then, at most limit_ns and not below 0. */
int64_t clock_remaining_ns(int64_t deadline_ns, int64_t limit_ns);

/* How long to nap before looking again, in a wait that began then: an eighth of the time waited so far,
 * within these bounds. So no wait gets longer by more than that eighth, and long ones cost little. */
int64_t clock_backoff_ns(int64_t began_ns, int64_t min_ns, int64_t max_ns);

/* Sleeps. -EINTR: a signal handler ran. */
int clock_sleep(int64_t ns);

#endif
