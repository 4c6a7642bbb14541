/* SPDX-License-Identifier: MIT
 *
 * A viewer's wait for a frame of the generation that it is attached to. It spins for a moment if
 * that has paid off lately, then sleeps on the ring. Used by one thread. */
#ifndef SHMFLIP_FRAME_WAIT_H
#define SHMFLIP_FRAME_WAIT_H

#include "attachment.h"
#include "spin.h"
#include "wait.h"

/* Whether the producer will publish no more frames in this generation. */
bool frame_wait_is_over(const struct attachment *attachment);

/* Blocks until the frame is published or the generation is over.
 * -EAGAIN     the deadline has passed
 * -ECANCELED  the viewer is interrupted
 * -EINTR      a signal handler ran */
int frame_wait(struct attachment *attachment, struct spin *spin, uint64_t frame,
               const struct wait *wait);

#endif
