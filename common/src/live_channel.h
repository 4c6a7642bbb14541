/* SPDX-License-Identifier: MIT
 *
 * Finds the generation that a channel's producer has open, and makes sure that it lives. */
#ifndef SHMFLIP_LIVE_CHANNEL_H
#define SHMFLIP_LIVE_CHANNEL_H

#include "directory.h"
#include "layout.h"
#include "sysv.h"

/* Opens the channel file of a live generation, if it is not the one given by after. Returns its
 * descriptor, for fork_close().
 * -ENOENT  there is none
 * -EPIPE   there is one, but its producer is dead
 * -ENOTSUP there is one, but its producer's locks or memory are not seen from here
 * -ESTALE  try again
 * -EPROTO, -EPROTONOSUPPORT, -EPERM, -EACCES, -EMFILE */
int live_channel_open(const struct channel_paths *paths, uint64_t after, uid_t *owner,
                      struct channel_record *record, struct sysv_status *segment);

/* A producer that ends or moves on first removes or replaces the channel file. So if the file has
 * lost its name, objects that look dead or foreign prove neither a death nor damage.
 * -ESTALE  try again; else the given error */
int live_channel_recheck(int fd, int error);

#endif
