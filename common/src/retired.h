/* SPDX-License-Identifier: MIT
 *
 * Generations that a producer has moved on from: viewers may still have frames to take there, and
 * their memory is in use for as long as somebody holds on to it. Used by one thread; nothing
 * blocks. */
#ifndef SHMFLIP_LEFT_H
#define SHMFLIP_LEFT_H

#include "generation.h"

/* With so many of them in use no more viewers are taken for frozen: a hostile one would freeze as
 * often as it is let, and keep the memory each time. */
#define LEFT_MAX 4

struct left {
	struct left *next;
	int fd; /* its channel file, which carries the claims; -1: none are waited for */
	uint64_t frames_end; /* the first frame that it does not have */
	int segment_id;
};

/* Adds a generation that is about to be finished, and takes its channel file over. left is zeroed
 * memory of malloc's, and becomes the list's. */
void left_add(struct left **list, struct left *left, struct generation *generation);

/* Whether viewers that want every frame have yet to come over. */
bool left_has_claims(struct left *list);

/* Waits for them no longer. */
void left_forget_claims(struct left *list);

/* How many are in use by somebody, by the kernel's word; forgets the others. */
unsigned left_in_use(struct left **list);

/* Frees the list. */
void left_finish(struct left **list);

#endif
