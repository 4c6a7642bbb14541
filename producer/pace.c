/* SPDX-License-Identifier: MIT */
#include "pace.h"

#include <errno.h>
#include <time.h>

#include "cli.h"

#define SLEEP_MAX_NS (NS_PER_S / 10)

int64_t pace_offset_ns(const struct pace *pace, uint64_t index)
{
	const struct frame_rate rate = pace->rate;

	if (!rate.num)
		return 0;
	return (int64_t)(index * rate.den / rate.num * NS_PER_S +
	                 index * rate.den % rate.num * NS_PER_S / rate.num);
}

void pace_init(struct pace *pace, struct frame_rate rate, uint64_t index, int64_t now_ns)
{
	pace->rate = rate;
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
