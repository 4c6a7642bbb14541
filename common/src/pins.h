/* SPDX-License-Identifier: MIT
 *
 * What locks on bytes of the channel file mean:
 *
 *   byte f, below LAYOUT_FRAME_END      frame f is held (a viewer's read lock), or is being given
 *                                       up (the producer's write lock, for a moment)
 *   byte 2^62 + pid * 2^16 + n          a viewer of process pid is attached
 *
 * The kernel undoes each of them at the instant its owner dies. */
#ifndef SHMFLIP_PINS_H
#define SHMFLIP_PINS_H

#include "slots.h"

struct pins {
	struct slot_locks locks; /* locks on frames, for the slot protocol */
	int fd;
	uint64_t viewer_byte; /* the byte that tells of this viewer; 0: none */
};

/* fd stays the caller's and must outlive the pins. */
void pins_init(struct pins *pins, int fd);

/* Makes this viewer count, or no longer. */
int pins_mark_attached(struct pins *pins);
void pins_clear_attached(struct pins *pins);

/* How many viewers attend, up to 1000. */
int pins_count_viewers(const struct pins *pins, unsigned *viewers);

/* Likewise, and the processes of the first few of them, in no order: so many pids as there are viewers,
 * but no more than size. It is they who say so. */
int pins_list_viewers(const struct pins *pins, int32_t *pids, unsigned size, unsigned *viewers);

/* Whether somebody holds, or has laid claim to, a frame from this one on. 1, 0, or an error. */
int pins_find_claim(const struct pins *pins, uint64_t first);

#endif
