/* SPDX-License-Identifier: MIT
 *
 * The calls that are killed at every instruction, each with what must be there before, and what those
 * who survive must be able to do after. */
#ifndef SHMFLIP_CRASH_SCENES_H
#define SHMFLIP_CRASH_SCENES_H

#include <stdbool.h>

#include "stage.h"

struct scene {
	const char *name;
	/* In the victim, on a stage of its own: marks when it is ready, and before and after the call. */
	void (*victim)(struct stage *stage);
	/* In the killer, when the victim has been started and waits; when it is ready; when it is dead. */
	void (*prepare)(struct stage *stage);
	void (*meet)(struct stage *stage);
	void (*survive)(struct stage *stage);
	/* In the killer, which then is none: what it does while the victim is halted, which then goes on
	 * to the end by itself. */
	void (*overtake)(struct stage *stage);
	bool is_long;
};

extern const struct scene scenes[];
extern const unsigned scenes_count;

/* Those with overtake. */
extern const struct scene overtaken_scenes[];
extern const unsigned overtaken_count;

#endif
