/* SPDX-License-Identifier: MIT
 *
 * How a viewer waits for a frame of the generation it is attached to: it watches memory for a moment
 * where that pays, then sleeps on the ring. Used by one thread. */
#ifndef SHMFLIP_WATCH_H
#define SHMFLIP_WATCH_H

#include "attachment.h"
#include "spin.h"

/* Whether the producer will publish no more in this generation. */
bool watch_is_over(const struct attachment *attachment);

/* Blocks until frame wanted is out, or the generation is over: 0. -EAGAIN: the deadline has passed.
 * -EINTR. */
int watch_for_frame(const struct attachment *attachment, struct spin *spin, uint64_t wanted,
                    int64_t deadline_ns);

#endif
