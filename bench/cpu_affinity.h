/* SPDX-License-Identifier: MIT
 *
 * Which processors the sender and the receivers run on. */
#ifndef SHMFLIP_BENCH_CPU_AFFINITY_H
#define SHMFLIP_BENCH_CPU_AFFINITY_H

enum { CPUS_MAX = 64 };

/* The processors that this process may use. Those that share a core with an earlier one come
 * last. */
struct cpu_affinity {
	int cpus[CPUS_MAX];
	unsigned count; /* at least 1 */
	unsigned cores; /* the first of cpus, each on a core of its own */
};

void cpu_affinity_init(struct cpu_affinity *affinity);

/* The processor for a receiver. The sender has cpus[0]. If cores is 1, receivers share it; else
 * they take turns on the others. */
int cpu_of_receiver(const struct cpu_affinity *affinity, unsigned cores, unsigned receiver);

/* Binds the calling process to cpu. Returns 0 or a negative errno. */
int cpu_bind(int cpu);

#endif
