/* SPDX-License-Identifier: MIT */
#include "party.h"

#include <time.h>

enum { NAP_NS = 200000 };

void party_fail(struct party *party, int error)
{
	party->error = error;
	party_reach(party, PARTY_FAILED);
}

void party_reach(struct party *party, enum party_state state)
{
	/* Pairs with party_await(), and with the benchmark's look at the figures. */
	atomic_store_explicit(&party->state, state, memory_order_release);
}

bool party_await(const struct party *party, enum party_state state)
{
	int reached;

	/* Pairs with party_reach(). */
	while ((reached = atomic_load_explicit(&party->state, memory_order_acquire)) < (int)state)
		nanosleep(&(struct timespec){ .tv_nsec = NAP_NS }, NULL);
	return reached != PARTY_FAILED;
}
