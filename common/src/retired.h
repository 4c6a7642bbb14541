/* SPDX-License-Identifier: MIT
 *
 * Generations that a producer has moved on from: viewers may still have frames to take there, and
 * their memory is in use for as long as somebody holds on to it. Used by one thread; nothing
 * blocks. */
#ifndef SHMFLIP_RETIRED_H
#define SHMFLIP_RETIRED_H

#include "generation.h"

/* With so many of them in use no more viewers are taken for frozen: a hostile one would freeze as
 * often as it is let, and keep the memory each time. */
#define RETIRED_MAX 4

struct retired_generation {
	struct retired_generation *next;
	int fd; /* its channel file, which carries the claims; -1: none are waited for */
	uint64_t frames_end; /* the first frame that it does not have */
	int segment_id;
};

/* Adds a generation that is about to be finished, and takes its channel file over. retired is zeroed
 * memory of malloc's, and becomes the list's. */
void retired_add(struct retired_generation **list, struct retired_generation *retired,
                 struct generation *generation);

/* Whether viewers that want every frame have yet to come over. */
bool retired_poll_claims(struct retired_generation *list);

/* Waits for them no longer. */
void retired_drop_claims(struct retired_generation *list);

/* How many are in use by somebody, by the kernel's word; forgets the others. */
unsigned retired_reap(struct retired_generation **list);

/* Frees the list. */
void retired_finish(struct retired_generation **list);

#endif
