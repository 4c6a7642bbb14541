/* SPDX-License-Identifier: MIT */
#include "spurious_wakeups.h"

#include <stddef.h>

#define PENALTY_SLEEP_NS INT64_C(1000000) /* frame_wait.c, after a wakeup without a frame */

_Atomic uint64_t *spurious_wakeups;

/* The names that --wrap=clock_sleep gives to the library's function and to its substitute. */
int __real_clock_sleep(int64_t ns); /* NOLINT(bugprone-reserved-identifier,cert-dcl*) */
int __wrap_clock_sleep(int64_t ns); /* NOLINT(bugprone-reserved-identifier,cert-dcl*) */

int __wrap_clock_sleep(int64_t ns)
{
	if (spurious_wakeups && ns == PENALTY_SLEEP_NS)
		atomic_fetch_add(spurious_wakeups, 1);
	return __real_clock_sleep(ns);
}
