/* SPDX-License-Identifier: MIT */
#include "slot_growth.h"

#include "monotonic.h"

#define WINDOW_NS (5 * NS_PER_S)

enum { FIRST_STEP = 2, LAST_STEP = 4, VIEWERS_MIN = 2 };

void slot_growth_init(struct slot_growth *growth)
{
	*growth = (struct slot_growth){ .step = FIRST_STEP };
}

void slot_growth_stop(struct slot_growth *growth)
{
	*growth = (struct slot_growth){ .step = 0 };
}

void slot_growth_note(struct slot_growth *growth, bool dropped, uint32_t viewers, int64_t now_ns)
{
	bool ended = growth->dropping && !dropped;

	growth->dropping = dropped;
	if (!ended || viewers < VIEWERS_MIN)
		return;
	growth->ended_ns[growth->runs++ % SLOT_GROWTH_RUNS] = now_ns;
	/* The next entry to be overwritten has the oldest of the last runs. */
	growth->due = growth->runs >= SLOT_GROWTH_RUNS &&
	              now_ns - growth->ended_ns[growth->runs % SLOT_GROWTH_RUNS] <= WINDOW_NS;
}

uint32_t slot_growth_take(struct slot_growth *growth)
{
	uint32_t step = growth->step;

	if (!growth->due)
		return 0;
	*growth = (struct slot_growth){ .step = step < LAST_STEP ? 2 * step : 0 };
	return step;
}
