/* SPDX-License-Identifier: MIT
 *
 * A thread that waits for the channel on behalf of SDL's loop, and rings its bell. It
 * has the viewer's handle to itself from waiter_arm() until waiter_ready() says true, but for
 * shmflip_viewer_release(). It also notices an interruption, at the latest after 250 ms, and wakes
 * the loop for it. Signals that interrupt are left to the other threads, and so to the loop, which
 * mostly notices at once.
 *
 * All functions are for the main thread, while there is a bell. */
#ifndef VIEWER_WAITER_H
#define VIEWER_WAITER_H

#include <stdbool.h>

#include "shmflip.h"

struct waiter; /* opaque */

/* Starts disarmed. 0 or a negative errno. */
int waiter_create(struct shmflip_viewer *viewer, struct waiter **out);

/* Starts a wait. Only when there is none. */
void waiter_arm(struct waiter *waiter);

/* Whether there is something to acquire, and the handle is the caller's. Does not block. */
bool waiter_ready(struct waiter *waiter);

/* Ends a wait at once. Takes NULL. */
void waiter_destroy(struct waiter *waiter);

#endif
