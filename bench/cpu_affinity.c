/* SPDX-License-Identifier: MIT */
#include "place.h"

#include <errno.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* The first of the processors that share a core with this one. */
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

static bool core_taken(const struct place *place, int cpu)
{
	for (unsigned i = 0; i < place->count; i++)
		if (first_sibling(place->cpus[i]) == first_sibling(cpu))
			return true;
	return false;
}

static bool listed(const struct place *place, int cpu)
{
	for (unsigned i = 0; i < place->count; i++)
		if (place->cpus[i] == cpu)
			return true;
	return false;
}

void place_init(struct place *place)
{
	cpu_set_t allowed;

	memset(place, 0, sizeof(*place));
	if (sched_getaffinity(0, sizeof(allowed), &allowed) < 0)
		CPU_ZERO(&allowed);
	for (int cpu = 0; cpu < CPU_SETSIZE && place->count < CPUS_MAX; cpu++)
		if (CPU_ISSET(cpu, &allowed) && !core_taken(place, cpu))
			place->cpus[place->count++] = cpu;
	place->cores = place->count;
	for (int cpu = 0; cpu < CPU_SETSIZE && place->count < CPUS_MAX; cpu++)
		if (CPU_ISSET(cpu, &allowed) && !listed(place, cpu))
			place->cpus[place->count++] = cpu;
	if (place->count == 0)
		place->count = place->cores = 1;
}

int place_of_receiver(const struct place *place, unsigned cores, unsigned receiver)
{
	if (cores == 1 || place->count == 1)
		return place->cpus[0];
	return place->cpus[1 + receiver % (place->count - 1)];
}

int place_here(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET((unsigned)cpu, &set);
	return sched_setaffinity(0, sizeof(set), &set) < 0 ? -errno : 0;
}
