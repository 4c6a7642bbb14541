// SPDX-License-Identifier: MIT
#include "available_memory.h"

#include <inttypes.h>
#include <stdio.h>

uint64_t memory_available_bytes(void)
{
	uint64_t kib = UINT64_MAX / 1024;
	char line[128];
	FILE *file = fopen("/proc/meminfo", "re");

	if (!file)
		return UINT64_MAX;
	while (fgets(line, sizeof(line), file))
		if (sscanf(line, "MemAvailable: %" SCNu64 " kB", &kib) == 1)
			break;
	fclose(file);
	return kib * 1024;
}
