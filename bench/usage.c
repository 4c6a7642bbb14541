/* SPDX-License-Identifier: MIT */
#include "usage.h"

#include <stdio.h>
#include <sys/resource.h>
#include <time.h>

#include "monotonic.h"

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

int64_t usage_cpu_ns(void)
{
	struct timespec used;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
	return (int64_t)used.tv_sec * NS_PER_S + used.tv_nsec;
}

static int64_t time_ns(const struct timeval *time)
{
	return (int64_t)time->tv_sec * NS_PER_S + (int64_t)time->tv_usec * 1000;
}

int64_t usage_rusage_ns(int who)
{
	struct rusage usage;

	getrusage(who, &usage);
	return time_ns(&usage.ru_utime) + time_ns(&usage.ru_stime);
}

void usage_now(struct usage *usage)
{
	struct rusage kernel;

	usage->io_bytes = io_bytes();
	getrusage(RUSAGE_SELF, &kernel);
	usage->switches = (uint64_t)(kernel.ru_nvcsw + kernel.ru_nivcsw);
	usage->faults = (uint64_t)(kernel.ru_minflt + kernel.ru_majflt);
	usage->cpu_ns = usage_cpu_ns();
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
