/* SPDX-License-Identifier: MIT
 *
 * The library calls that steps.h interrupts at every instruction. A case says what happens before
 * the call, which call the victim makes, and what the survivors must be able to do afterwards. */
#ifndef SHMFLIP_TESTS_CRASH_CRASH_CASES_H
#define SHMFLIP_TESTS_CRASH_CRASH_CASES_H

#include <stdbool.h>

#include "fixture.h"

struct crash_case {
	const char *name;
	/* Runs in the victim, with a fixture of its own. It calls tracee_mark() three times: when
	 * it is ready, directly before the call, and directly after the call. */
	void (*victim)(struct fixture *fixture);
	/* The rest runs in the killer. NULL: nothing to do. prepare: before the victim does
	 * anything. at_mark: the victim is at its first mark. survive: the victim is dead, or has
	 * been resumed. */
	void (*prepare)(struct fixture *fixture);
	void (*at_mark)(struct fixture *fixture);
	void (*survive)(struct fixture *fixture);
	/* Runs while the victim is halted in the call. A victim with this is not killed: it is
	 * resumed afterwards and must finish by itself. */
	void (*overtake)(struct fixture *fixture);
	bool is_long; /* the call has so many instructions that few variants of it are run */
};

extern const struct crash_case crash_cases[];
extern const unsigned crash_case_count;

/* The cases that have overtake: overtaken.c. */
extern const struct crash_case overtaken_cases[];
extern const unsigned overtaken_count;

#endif
