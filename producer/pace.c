/* SPDX-License-Identifier: MIT */
#include "pace.h"

#include <errno.h>
#include <time.h>

#include "cli.h"

#define SLEEP_MAX_NS (NS_PER_S / 10)

int64_t pace_offset_ns(const struct pace *pace, uint64_t index)
{
	if (!pace->fps_milli)
		return 0;
	return (int64_t)(index * 1000 / pace->fps_milli * NS_PER_S +
	                 index * 1000 % pace->fps_milli * NS_PER_S / pace->fps_milli);
}

void pace_init(struct pace *pace, uint32_t fps_milli, uint64_t index, int64_t now_ns)
{
	pace->fps_milli = fps_milli;
	pace->start_ns = now_ns - pace_offset_ns(pace, index);
}

int64_t pace_due_ns(const struct pace *pace, uint64_t index)
{
	return pace->start_ns + pace_offset_ns(pace, index);
}

void pace_catch_up(struct pace *pace, uint64_t index, int64_t now_ns)
{
	if (now_ns > pace_due_ns(pace, index + 1))
		pace->start_ns += now_ns - pace_due_ns(pace, index);
}

/* Sleeps in short steps: a signal just before the system call does not interrupt it. */
int pace_sleep_until(int64_t time_ns)
{
	int64_t now_ns = monotonic_now_ns();

	while (now_ns < time_ns && !cli_interrupted()) {
		int64_t until_ns =
			time_ns - now_ns < SLEEP_MAX_NS ? time_ns : now_ns + SLEEP_MAX_NS;
		struct timespec until = { .tv_sec = until_ns / NS_PER_S,
			                  .tv_nsec = until_ns % NS_PER_S };

		clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL);
		now_ns = monotonic_now_ns();
	}
	return cli_interrupted() ? -EINTR : 0;
}
