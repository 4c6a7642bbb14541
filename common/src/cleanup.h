/* SPDX-License-Identifier: MIT
 *
 * Removing what dead producers of a channel left. Only for the channel's owner: while its lock is
 * held nobody makes anything of this channel. Objects of others under the same keys are told by
 * their creator, their shape, what they hold, and whether anybody uses them, and left alone. */
#ifndef SHMFLIP_CLEANUP_H
#define SHMFLIP_CLEANUP_H

#include "channel.h"

/* ftok takes 8 bits, not all 0. */
#define CLEANUP_PROJECTS 255

/* The objects under one key. Adds to *removed. */
void cleanup_key(const struct channel *channel, key_t key, struct shmflip_removed *removed);

/* What channel->record, which the last owner wrote, tells of; where that is not known, every key is looked
 * under. Adds to *removed. */
int cleanup_recorded(const struct channel *channel, struct shmflip_removed *removed);

/* All there is but the lock file. Adds to *removed. */
int cleanup_channel(const struct channel *channel, struct shmflip_removed *removed);

/* Whether the generation that the channel file names is alive, and not the last owner's on record: its
 * producer's lock file was deleted by hand. 1 and that producer, 0, or -ENOMEM, -EMFILE, -ENFILE: it could
 * not be looked at. */
int cleanup_find_live_producer(const struct channel *channel, pid_t *pid);

#endif
