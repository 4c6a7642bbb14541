/* SPDX-License-Identifier: MIT
 *
 * What else the machine was busy with while something was measured. */
#ifndef BENCH_LOAD_H
#define BENCH_LOAD_H

#include <stdint.h>

/* Since the system's start, of all its processors. */
struct load {
	int64_t busy_ns;   /* doing anything */
	int64_t stolen_ns; /* runnable, but the hypervisor ran something else */
	int64_t own_ns; /* of the busy time, this process's and that of children it has waited for */
	int64_t at_ns;
};

void load_now(struct load *load);

/* As shares of one processor's time since then. The kernel counts in ticks: a tick either way over a
 * short time is nothing. */
struct load_shares {
	double foreign;
	double stolen;
};

void load_since(const struct load *before, struct load_shares *shares);

/* The arithmetic of it. */
void load_between(const struct load *before, const struct load *after, struct load_shares *shares);

#endif
