/* SPDX-License-Identifier: MIT
 *
 * The earlier generations of a producer. Viewers may still have frames to take from them, and their
 * memory stays in use while any viewer is attached. Used by one thread. Nothing blocks. */
#ifndef SHMFLIP_RETIRED_H
#define SHMFLIP_RETIRED_H

#include "generation.h"

/* With this many in use, the producer takes no more viewers for frozen. A hostile viewer would
 * freeze again and again, and keep the memory each time. */
#define RETIRED_MAX 4

struct retired_generation {
	struct retired_generation *next;
	int fd; /* its channel file, which carries the claims; -1: the producer waits for none */
	uint64_t frames_end; /* the first frame that it does not have */
	int segment_id;
};

/* Adds a generation that is about to be finished, and takes over its channel file. retired is
 * zeroed memory from malloc, and becomes the list's. */
void retired_add(struct retired_generation **list, struct retired_generation *retired,
                 struct generation *generation);

/* Returns whether a viewer that wants every frame still has its claim in a retired generation, and
 * so has not moved to the current one. Closes the files of generations without claims. */
bool retired_poll_claims(struct retired_generation *list);

/* Stops waiting for claims. */
void retired_ignore_claims(struct retired_generation *list);

/* Returns how many the kernel says are in use. Frees the others, except those with open files. */
unsigned retired_reap(struct retired_generation **list);

void retired_finish(struct retired_generation **list);

#endif
