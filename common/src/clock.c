/* SPDX-License-Identifier: MIT */
#include "clock.h"

#include <time.h>

int64_t clock_deadline_ns(int timeout_ms)
{
	if (timeout_ms < 0)
		return CLOCK_NEVER;
	return monotonic_now_ns() + timeout_ms * NS_PER_MS;
}

int64_t clock_remaining_ns(int64_t deadline_ns, int64_t limit_ns)
{
	int64_t remaining_ns;

	if (deadline_ns == CLOCK_NEVER)
		return limit_ns;
	remaining_ns = deadline_ns - monotonic_now_ns();
	if (remaining_ns < 0)
		return 0;
	return remaining_ns < limit_ns ? remaining_ns : limit_ns;
}

int64_t clock_backoff_ns(int64_t began_ns, int64_t min_ns, int64_t max_ns)
{
	int64_t eighth_ns = (monotonic_now_ns() - began_ns) / 8;

	if (eighth_ns < min_ns)
		return min_ns;
	return eighth_ns < max_ns ? eighth_ns : max_ns;
}

int clock_sleep(int64_t ns)
{
	struct timespec duration = { .tv_sec = ns / NS_PER_S, .tv_nsec = ns % NS_PER_S };

	return -clock_nanosleep(CLOCK_MONOTONIC, 0, &duration, NULL);
}
