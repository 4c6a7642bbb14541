/* SPDX-License-Identifier: MIT
 *
 * How a viewer waits for a frame of the generation it is attached to: it watches memory for a moment
 * where that pays, then sleeps on the ring. Used by one thread. */
#ifndef SHMFLIP_FRAME_WAIT_H
#define SHMFLIP_FRAME_WAIT_H

#include "attachment.h"
#include "spin.h"

/* Whether the producer will publish no more in this generation. */
bool frame_wait_is_over(const struct attachment *attachment);

/* Blocks until frame wanted is out, or the generation is over: 0. -EAGAIN: the deadline has passed.
 * -EINTR. */
int frame_wait(const struct attachment *attachment, struct spin *spin, uint64_t wanted,
               int64_t deadline_ns);

#endif
