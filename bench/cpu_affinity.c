/* SPDX-License-Identifier: MIT */
#include "cpu_affinity.h"

#include <errno.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* The first processor that shares a core with this one. */
static int first_sibling(int cpu)
{
	char path[128];
	FILE *file;
	int first = cpu;

	snprintf(path, sizeof(path), "/sys/devices/system/cpu/cpu%d/topology/thread_siblings_list",
	         cpu);
	file = fopen(path, "re");
	if (!file)
		return cpu;
	if (fscanf(file, "%d", &first) != 1)
		first = cpu;
	fclose(file);
	return first;
}

static bool core_taken(const struct cpu_affinity *affinity, int cpu)
{
	for (unsigned i = 0; i < affinity->count; i++)
		if (first_sibling(affinity->cpus[i]) == first_sibling(cpu))
			return true;
	return false;
}

static bool listed(const struct cpu_affinity *affinity, int cpu)
{
	for (unsigned i = 0; i < affinity->count; i++)
		if (affinity->cpus[i] == cpu)
			return true;
	return false;
}

void cpu_affinity_init(struct cpu_affinity *affinity)
{
	cpu_set_t allowed;

	memset(affinity, 0, sizeof(*affinity));
	if (sched_getaffinity(0, sizeof(allowed), &allowed) < 0)
		CPU_ZERO(&allowed);
	for (int cpu = 0; cpu < CPU_SETSIZE && affinity->count < CPUS_MAX; cpu++)
		if (CPU_ISSET(cpu, &allowed) && !core_taken(affinity, cpu))
			affinity->cpus[affinity->count++] = cpu;
	affinity->cores = affinity->count;
	for (int cpu = 0; cpu < CPU_SETSIZE && affinity->count < CPUS_MAX; cpu++)
		if (CPU_ISSET(cpu, &allowed) && !listed(affinity, cpu))
			affinity->cpus[affinity->count++] = cpu;
	if (affinity->count == 0)
		affinity->count = affinity->cores = 1;
}

int cpu_of_receiver(const struct cpu_affinity *affinity, unsigned cores, unsigned receiver)
{
	if (cores == 1 || affinity->count == 1)
		return affinity->cpus[0];
	return affinity->cpus[1 + receiver % (affinity->count - 1)];
}

int cpu_bind(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET((unsigned)cpu, &set);
	return sched_setaffinity(0, sizeof(set), &set) < 0 ? -errno : 0;
}
