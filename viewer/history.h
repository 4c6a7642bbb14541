/* SPDX-License-Identifier: MIT
 *
 * The pictures shown since the user has paused, for stepping back: copies, because a paused viewer
 * holds no slot. Main thread. */
#ifndef SHMFLIP_VIEWER_HISTORY_H
#define SHMFLIP_VIEWER_HISTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "picture_copy.h"

/* When either is exceeded, the oldest picture is dropped. */
#define HISTORY_PICTURES_MAX 32
#define HISTORY_BYTES_MAX ((size_t)256 << 20)

/* Zero-initialise. */
struct history {
	struct picture_copy pictures[HISTORY_PICTURES_MAX]; /* oldest first */
	unsigned count;
	unsigned current; /* the picture on screen; count: it is a newer one, not in here */
	size_t bytes;
};

/* Whether the picture on screen is in the history. */
bool history_has_current(const struct history *history);

/* Adds the picture on screen, which is not in the history, as its newest. Drops older ones for it.
 * The history takes the copy over.
 *
 *   -EFBIG  the picture alone exceeds the bound; the history is empty, and the copy is the
 *           caller's */
int history_add(struct history *history, const struct picture_copy *copy);

/* The picture before or after the one on screen, which is now on screen. NULL: there is none. */
const struct picture_copy *history_step_back(struct history *history);
const struct picture_copy *history_step_forward(struct history *history);

/* Call when a frame of the channel is now on screen. */
void history_leave(struct history *history);

void history_clear(struct history *history);

#endif
