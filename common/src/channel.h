/* SPDX-License-Identifier: MIT
 *
 * Owning a channel: who is its producer, and what is swept when the last one died.
 *
 * The owner holds a write lock on NAME.lock for as long as it lives. That file also says, before
 * they are made, under which keys the objects of the newest generation are: so whatever a crash
 * leaves half-made is found by the next owner. Used by one thread. */
#ifndef SHMFLIP_CHANNEL_H
#define SHMFLIP_CHANNEL_H

#include "folder.h"
#include "layout.h"

struct channel {
	struct folder_place place;
	int lock_fd;
	uint64_t lock_device;
	uint64_t lock_inode;
	struct lock_record record;
};

/* Becomes the owner, and sweeps what dead ones left. mode and group are for a folder that has to be
 * made. Undone by channel_disown. -EBUSY: a live producer owns it. */
int channel_own(struct channel *channel, const struct folder_place *place, gid_t group,
                mode_t mode);

/* Removes the lock file and gives the channel up. */
void channel_disown(struct channel *channel);

/* Counts a generation, whose objects are to be tried under *key; those of the present one stay under
 * theirs. Written down before it returns. */
int channel_begin_generation(struct channel *channel, uint64_t *generation, key_t *key);

/* The key was a stranger's: the next one to try. -EEXIST: all were tried. */
int channel_next_key(struct channel *channel, key_t *key);

/* The newest generation stands alone: the one before has no objects any more. Or, abandon: it came to
 * nothing, and has no objects; the one before goes on. */
int channel_commit_generation(struct channel *channel);
void channel_abandon_generation(struct channel *channel);

/* Removes objects under this key that are ours and dead; leaves all others. */
void channel_sweep_key(const struct channel *channel, key_t key);

#endif
