/* SPDX-License-Identifier: MIT
 *
 * Which processors the two sides run on. */
#ifndef SHMFLIP_BENCH_CPU_AFFINITY_H
#define SHMFLIP_BENCH_CPU_AFFINITY_H

enum { CPUS_MAX = 64 };

/* The processors that this process may use, those that share a core with an earlier one last. */
struct cpu_affinity {
	int cpus[CPUS_MAX];
	unsigned count; /* at least 1 */
	unsigned cores; /* so many of them, the first ones, are cores of their own */
};

void cpu_affinity_init(struct cpu_affinity *affinity);

/* Where a receiver goes when the sender is on place->cpus[0]: there too, or on the other cores by turns. */
int cpu_of_receiver(const struct cpu_affinity *affinity, unsigned cores, unsigned receiver);

/* Keeps the calling process there. 0 or a negative errno. */
int cpu_bind(int cpu);

#endif
