/* SPDX-License-Identifier: MIT
 *
 * Resources that a process has used, as counted by the kernel. */
#ifndef SHMFLIP_BENCH_USAGE_H
#define SHMFLIP_BENCH_USAGE_H

#include <stdint.h>

struct usage {
	int64_t cpu_ns;    /* of all threads, user and kernel time */
	uint64_t switches; /* of context */
	uint64_t faults;   /* of pages */
	uint64_t io_bytes; /* of read, write and the like; not of socket calls or splices */
};

/* Of this process, from its start. A figure that the kernel does not report is 0. */
void usage_now(struct usage *usage);
/* Turns what usage_now() stored into what this process has used since then. */
void usage_since(struct usage *usage);

/* Processor time of this process, exact. */
int64_t usage_cpu_ns(void);
/* The same of RUSAGE_SELF, or of RUSAGE_CHILDREN: those that have been waited for. */
int64_t usage_rusage_ns(int who);

#endif
