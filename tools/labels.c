/* SPDX-License-Identifier: MIT */
#include "labels.h"

#include <stdio.h>

const char *label_state(const struct snapshot *snapshot)
{
	if (!snapshot->status)
		return "unknown";
	if (snapshot->stopped)
		return "stopped";
	switch (snapshot->status->state) {
	case SHMFLIP_RUNNING:
		return "alive";
	case SHMFLIP_ENDED:
		return "ended";
	case SHMFLIP_FAILED:
		return "failed";
	default:
		return "stale";
	}
}

const char *label_policy(uint32_t policy)
{
	return policy == SHMFLIP_POLICY_LOSSLESS ? "lossless" : "latest";
}

const char *label_format(char out[LABEL_FORMAT_SIZE], uint32_t fourcc)
{
	if (fourcc == SHMFLIP_XRGB8888)
		return "XRGB8888";
	if (fourcc == SHMFLIP_ARGB8888)
		return "ARGB8888";
	for (int i = 0; i < 4; i++) {
		out[i] = (char)(fourcc >> 8 * i);
		if (out[i] < ' ' || out[i] > '~') {
			snprintf(out, LABEL_FORMAT_SIZE, "0x%08x", fourcc);
			return out;
		}
	}
	out[4] = '\0';
	for (int i = 3; i > 0 && out[i] == ' '; i--)
		out[i] = '\0';
	return out;
}

const char *label_metadata(char out[LABEL_METADATA_SIZE], uint32_t type)
{
	if (type == SHMFLIP_METADATA_ICC)
		return "icc";
	if (type == SHMFLIP_METADATA_HDR)
		return "hdr";
	snprintf(out, LABEL_METADATA_SIZE, "0x%x", type);
	return out;
}

const char *label_range(uint32_t range)
{
	return range == 1 ? "limited" : range == 2 ? "full" : NULL;
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
