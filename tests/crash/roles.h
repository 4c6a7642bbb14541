/* SPDX-License-Identifier: MIT
 *
 * What producers and viewers of a storm do until they end, or are killed: through the public API, as
 * fast as they can, noting on the board where they are. Each checks all it can of what it is promised,
 * and ends with a fault when a promise is broken. */
#ifndef SHMFLIP_TESTS_CRASH_ROLES_H
#define SHMFLIP_TESTS_CRASH_ROLES_H

#include "random.h"
#include "round_state.h"
#include "shmflip.h"

/* A round's conditions, the same for all its parties. */
struct round_config {
	struct round_state *shared;
	uint64_t seed;
	uint64_t slot_bytes;
	int64_t lease_ms;
	uint32_t slots;
	uint32_t policy;
	uint32_t view[VIEWERS_MAX]; /* enum shmflip_view; AUTO: no such viewer */
	uint32_t frames;            /* that a final producer publishes with all viewers attached */
	uint32_t resizes; /* producers move on to another size at one in so many frames; 0: never */
};

struct producer_role {
	const struct round_config *conditions;
	uint64_t number;
	bool takes_over; /* from one that was killed */
};

/* Publishes until the board calls it final; then, when as many viewers as the board says are attached,
 * the final frames, and ends. To be run in a process of its own. */
void producer_run(void *producer_role);

struct viewer_role {
	const struct round_config *conditions;
	uint32_t number;
	bool late; /* releases a frame only when it has the next one */
};

/* Takes frames until the final producer has ended. To be run in a process of its own. */
void viewer_run(void *viewer_role);

#endif
