/* SPDX-License-Identifier: MIT
 *
 * The earlier generations of a producer. Viewers may still have frames to take from them, and
 * their memory stays in use while any viewer is attached, or the producer has frames of it. Used by
 * one thread at a time. Nothing blocks. */
#ifndef SHMFLIP_RETIRED_H
#define SHMFLIP_RETIRED_H

#include "generation.h"

/* With this many in use, the producer takes no more viewers for frozen. A hostile viewer would
 * freeze again and again, and keep the memory each time. */
#define RETIRED_MAX 4

/* Adds a generation from malloc that viewers were told to leave. */
void retired_add(struct generation **list, struct generation *generation);

/* Returns whether a viewer that wants every frame still has its claim in a retired generation, and
 * so has not moved to the current one. */
bool retired_poll_claims(struct generation *list);

/* Stops waiting for claims. */
void retired_ignore_claims(struct generation *list);

/* Tells viewers of these generations how the stream ended. */
void retired_tell_end(const struct generation *list, uint64_t last_frame, enum layout_state state);

/* Returns how many of the generations viewers still use, as the kernel says. If the producer has
 * no frames of a generation, unmaps it. Frees the generations that no process uses. */
unsigned retired_reap(struct generation **list);

/* Closes all files, and frees each generation if the producer holds none of its frames. */
void retired_finish(struct generation **list);

#endif
