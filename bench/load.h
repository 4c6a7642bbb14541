/* SPDX-License-Identifier: MIT
 *
 * What else the machine did during a measurement. */
#ifndef SHMFLIP_BENCH_LOAD_H
#define SHMFLIP_BENCH_LOAD_H

#include <stdint.h>

/* Since boot, summed over all processors. */
struct load {
	int64_t busy_ns;   /* not idle */
	int64_t stolen_ns; /* ready to run, but the hypervisor ran something else */
	int64_t own_ns;    /* of busy_ns: this process and children it has waited for */
	int64_t at_ns;
};

void load_now(struct load *load);

/* As shares of one processor's time. The kernel counts in ticks: ignore a difference of one tick
 * in a short time. */
struct load_shares {
	double foreign; /* busy, but not with our processes */
	double stolen;
};

/* The shares from before until now. */
void load_since(const struct load *before, struct load_shares *shares);

/* The same between two samples. Pure. */
void load_between(const struct load *before, const struct load *after, struct load_shares *shares);

#endif
