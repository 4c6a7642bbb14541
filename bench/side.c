/* SPDX-License-Identifier: MIT */
#include "side.h"

#include <time.h>

enum { POLL_NS = 200000 };

void side_fail(struct side *side, int error)
{
	side->error = error;
	side_set_state(side, SIDE_FAILED);
}

void side_set_state(struct side *side, enum side_state state)
{
	/* Pairs with side_wait() and with first_failure() in measurement.c. */
	atomic_store_explicit(&side->state, state, memory_order_release);
}

bool side_wait(const struct side *side, enum side_state state)
{
	int reached;

	/* Pairs with side_set_state(). */
	while ((reached = atomic_load_explicit(&side->state, memory_order_acquire)) < (int)state)
		nanosleep(&(struct timespec){ .tv_nsec = POLL_NS }, NULL);
	return reached != SIDE_FAILED;
}
