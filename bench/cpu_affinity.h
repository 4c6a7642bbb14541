/* SPDX-License-Identifier: MIT
 *
 * Which processors the two sides run on. */
#ifndef BENCH_PLACE_H
#define BENCH_PLACE_H

enum { CPUS_MAX = 64 };

/* The processors that this process may use, those that share a core with an earlier one last. */
struct place {
	int cpus[CPUS_MAX];
	unsigned count; /* at least 1 */
	unsigned cores; /* so many of them, the first ones, are cores of their own */
};

void place_init(struct place *place);

/* Where a receiver goes when the sender is on place->cpus[0]: there too, or on the other cores by turns. */
int place_of_receiver(const struct place *place, unsigned cores, unsigned receiver);

/* Keeps the calling process there. 0 or a negative errno. */
int place_here(int cpu);

#endif
