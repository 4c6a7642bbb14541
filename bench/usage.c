/* SPDX-License-Identifier: MIT */
#include "usage.h"

#include <stdio.h>
#include <sys/resource.h>
#include <time.h>

static uint64_t io_bytes(void)
{
	unsigned long long read_bytes = 0, written_bytes = 0;
	FILE *file = fopen("/proc/self/io", "re");

	if (!file)
		return 0;
	if (fscanf(file, "rchar: %llu wchar: %llu", &read_bytes, &written_bytes) != 2)
		read_bytes = written_bytes = 0;
	fclose(file);
	return read_bytes + written_bytes;
}

void usage_now(struct usage *usage)
{
	struct rusage kernel;
	struct timespec cpu;

	usage->io_bytes = io_bytes();
	getrusage(RUSAGE_SELF, &kernel);
	usage->switches = (uint64_t)(kernel.ru_nvcsw + kernel.ru_nivcsw);
	usage->faults = (uint64_t)(kernel.ru_minflt + kernel.ru_majflt);
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &cpu);
	usage->cpu_ns = (int64_t)cpu.tv_sec * 1000000000 + cpu.tv_nsec;
}

void usage_since(struct usage *usage)
{
	struct usage now;

	usage_now(&now);
	usage->cpu_ns = now.cpu_ns - usage->cpu_ns;
	usage->switches = now.switches - usage->switches;
	usage->faults = now.faults - usage->faults;
	usage->io_bytes = now.io_bytes - usage->io_bytes;
}
