/* SPDX-License-Identifier: MIT
 *
 * Removes what dead producers of a channel left. Only for the channel's owner: while it holds the
 * lock, no other process creates anything of this channel. Foreign objects under the same keys
 * stay. They differ by creator, shape, content, or by being in use. */
#ifndef SHMFLIP_CLEANUP_H
#define SHMFLIP_CLEANUP_H

#include "channel.h"

/* ftok takes 8 bits, not all 0. */
#define CLEANUP_PROJECTS 255

/* Removes the objects under one key. Adds to *removed. */
void cleanup_key(const struct channel *channel, key_t key, struct shmflip_removed *removed);

/* Removes the objects that channel->record, the last owner's, names. If the record is not known,
 * tries every key. Adds to *removed. */
int cleanup_recorded(const struct channel *channel, struct shmflip_removed *removed);

/* Removes everything but the lock file. Adds to *removed. */
int cleanup_channel(const struct channel *channel, struct shmflip_removed *removed);

/* Whether the channel file names a generation whose producer is dead. */
bool cleanup_producer_is_dead(const struct channel *channel);

/* Finds a live producer whose lock file somebody deleted: the channel file names its generation.
 * *pid is 0 if the kernel does not say it.
 * -ENOMEM, -EMFILE, -ENFILE  the generation could not be checked
 * -ENOTSUP                   a producer lives whose locks or memory are not seen from here */
int cleanup_find_live_producer(const struct channel *channel, bool *found, pid_t *pid);

#endif
