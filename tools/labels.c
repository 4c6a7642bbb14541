/* SPDX-License-Identifier: MIT */
#include "labels.h"

#include <stdio.h>

const char *label_state(const struct snapshot *snapshot)
{
	if (snapshot->unreadable)
		return "unknown";
	if (snapshot->stopped)
		return "stopped";
	return snapshot->status.alive ? "alive" : "stale";
}

const char *label_policy(uint32_t policy)
{
	return policy == SHMFLIP_POLICY_LOSSLESS ? "lossless" : "latest";
}

const char *label_format(uint32_t format)
{
	return format == SHMFLIP_FORMAT_XRGB8888 ? "XRGB8888" : "ARGB8888";
}

void label_pid(char *out, size_t size, int32_t pid)
{
	snprintf(out, size, pid > 0 ? "%d" : "?", pid);
}

void label_bytes(char *out, size_t size, uint64_t bytes)
{
	static const char *const units[] = { "KiB", "MiB", "GiB", "TiB" };
	double value = (double)bytes / 1024;
	size_t unit = 0;

	while (value >= 1024 && unit < 3) {
		value /= 1024;
		unit++;
	}
	snprintf(out, size, "%.*f %s", value < 100 && unit > 0 ? 1 : 0, value, units[unit]);
}
