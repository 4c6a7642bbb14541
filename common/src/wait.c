/* SPDX-License-Identifier: MIT */
#include "wait.h"

int wait_sleep(const struct wait *wait, int64_t ns)
{
	int64_t sleep_ns = wait_remaining_ns(wait, ns);
	int error = wait_check(wait->interrupted);
	int interrupted;

	if (error)
		return error;
	if (sleep_ns == 0)
		return -EAGAIN;
	error = clock_sleep(sleep_ns);
	interrupted = wait_check(wait->interrupted);
	return interrupted ? interrupted : error;
}
