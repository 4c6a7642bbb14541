/* SPDX-License-Identifier: MIT
 *
 * The calls that are killed at every instruction, each with what must be there before, and what those
 * who survive must be able to do after. */
#ifndef SHMFLIP_TESTS_CRASH_CRASH_CASES_H
#define SHMFLIP_TESTS_CRASH_CRASH_CASES_H

#include <stdbool.h>

#include "fixture.h"

struct crash_case {
	const char *name;
	/* In the victim, with a fixture of its own: marks when it is ready, and before and after the call. */
	void (*victim)(struct fixture *fixture);
	/* In the killer, when the victim has been started and waits; when it is ready; when it is dead. */
	void (*prepare)(struct fixture *fixture);
	void (*meet)(struct fixture *fixture);
	void (*survive)(struct fixture *fixture);
	/* In the killer, which then is none: what it does while the victim is halted, which then goes on
	 * to the end by itself. */
	void (*overtake)(struct fixture *fixture);
	bool is_long;
};

extern const struct crash_case crash_cases[];
extern const unsigned crash_case_count;

/* Those with overtake. */
extern const struct crash_case overtaken_cases[];
extern const unsigned overtaken_count;

#endif
