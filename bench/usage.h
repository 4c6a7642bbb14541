/* SPDX-License-Identifier: MIT
 *
 * What a process has used so far, by the kernel's own books. */
#ifndef BENCH_USAGE_H
#define BENCH_USAGE_H

#include <stdint.h>

struct usage {
	int64_t cpu_ns;    /* of all its threads, in the kernel too */
	uint64_t switches; /* of context */
	uint64_t faults;   /* of pages */
	uint64_t
		io_bytes; /* through read, write and their like: not sockets' own calls, not splices */
};

/* Of this process, from its start. What the kernel does not tell is 0. */
void usage_now(struct usage *usage);
/* Turns what usage_now said at some time into what has been used since. */
void usage_since(struct usage *usage);

#endif
