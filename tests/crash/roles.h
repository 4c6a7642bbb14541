/* SPDX-License-Identifier: MIT
 *
 * What the producers and viewers of a storm do until they exit or are killed: they use the public
 * API as fast as they can, and note each call in the round's state. Each checks all that the API
 * promises it; a broken promise is a fault. */
#ifndef SHMFLIP_TESTS_CRASH_ROLES_H
#define SHMFLIP_TESTS_CRASH_ROLES_H

#include "random.h"
#include "round_state.h"
#include "shmflip.h"

/* The settings of a round, the same for all its processes. */
struct round_config {
	struct round_state *shared;
	uint64_t seed;
	uint64_t slot_bytes;
	int64_t lease_ms;
	uint32_t slots;
	uint32_t policy;
	uint32_t view[VIEWERS_MAX]; /* enum shmflip_view; AUTO: no such viewer */
	uint32_t frames;     /* that an ending producer publishes once all viewers are attached */
	uint32_t configures; /* a producer configures once in so many frames, at random; 0: never */
	uint32_t ends;       /* likewise: it ends its stream, and begins another */
};

struct producer_role {
	const struct round_config *config;
	uint64_t number;
	bool takes_over; /* from a producer that was killed */
};

/* Publishes until the round's state names this producer as the ending one. Then waits for all
 * viewers, publishes the final frames, and returns. Run it in a process of its own. */
void producer_run(void *producer_role);

struct viewer_role {
	const struct round_config *config;
	uint32_t number;
	bool late; /* releases a frame only when it has the next one */
};

/* Takes frames until the last producer has ended. Run it in a process of its own. */
void viewer_run(void *viewer_role);

#endif
