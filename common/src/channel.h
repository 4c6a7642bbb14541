/* SPDX-License-Identifier: MIT
 *
 * Owning a channel: who is its producer, and what it counts.
 *
 *   byte 0 of NAME.lock   write-locked by the owner for as long as it lives
 *   byte 1                by an owner that has written its pid to the file. One that has not is
 *                         starting, or only cleans up and will be gone in a moment
 *
 * That file also says, before they are made, under which keys the objects of the newest generation
 * are: so whatever a crash leaves half-made is found by the next owner (cleanup.h). Used by one
 * thread. */
#ifndef SHMFLIP_CHANNEL_H
#define SHMFLIP_CHANNEL_H

#include "directory.h"
#include "layout.h"

struct channel {
	struct channel_paths paths;
	int lock_fd;
	uint64_t lock_device;
	uint64_t lock_inode;
	struct lock_record record; /* until the pid is written: the last owner's */
	bool record_known;         /* false: that one was damaged, or of another version */
};

/* Becomes the owner, and cleans up what dead ones left. mode and group are for a directory that has to be
 * made. Undone by channel_release. Waits at most a second for an owner that has not written its pid.
 * -EBUSY: a live producer owns it. */
int channel_acquire(struct channel *channel, const struct channel_paths *paths, gid_t group,
                    mode_t mode);

/* Becomes the owner without writing its pid, to clean up only; removes nothing yet. Undone by
 * channel_release. */
int channel_acquire_for_cleanup(struct channel *channel, const struct channel_paths *paths);

/* Whether the lock file still stands under its name. Else the next producer will not find it
 * locked. */
bool channel_still_owned(const struct channel *channel);

/* Becomes the owner by a new lock file, in the place of one that somebody deleted. The objects of the
 * present generation are no longer on record, and only the channel file tells of them: a fresh one is
 * due. -ESTALE: another producer has taken the channel meanwhile. On failure channel is as before. */
int channel_reacquire(struct channel *channel, gid_t group, mode_t mode);

/* Removes the lock file, if it is still this owner's, and gives the channel up. */
void channel_release(struct channel *channel);

/* Who owns the channel of an open lock file: 1 and the pid, which is 0 if the owner has not written it
 * within a second; or 0: nobody. */
int channel_find_owner(int fd, pid_t *pid);

/* Counts a generation, whose objects are to be tried under *key; those of the present one stay under
 * theirs. Written down before it returns. */
int channel_begin_generation(struct channel *channel, uint64_t *generation, key_t *key);

/* The key was a stranger's: the next one to try. -EEXIST: all were tried. */
int channel_next_key(struct channel *channel, key_t *key);

/* The newest generation stands alone: the one before has no objects any more. Or, abandon: it came to
 * nothing, and has no objects; the one before goes on. */
int channel_commit_generation(struct channel *channel);
void channel_abandon_generation(struct channel *channel);

#endif
