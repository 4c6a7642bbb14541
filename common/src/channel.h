/* SPDX-License-Identifier: MIT
 *
 * Ownership of a channel: who its producer is, and the count of its generations.
 *
 *   byte 0 of NAME.lock   write-locked by the owner for as long as it lives
 *   byte 1                write-locked once the owner has written its pid to the file. Until then
 *                         the owner is starting, or only cleans up and will release it in a
 *                         moment
 *
 * Before the objects of a generation are created, the lock file records their key. So the next
 * owner finds what a crash leaves half-made (cleanup.h). Used by one thread. */
#ifndef SHMFLIP_CHANNEL_H
#define SHMFLIP_CHANNEL_H

#include "directory.h"
#include "layout.h"

struct channel {
	struct channel_paths paths;
	int lock_fd;
	uint64_t lock_device;
	uint64_t lock_inode;
	struct lock_record record; /* the last owner's, until this one has written its pid */
	bool record_known;         /* false: that record was damaged, or of another version */
};

/* Becomes the owner, and removes what dead owners left. mode and group are for a directory that has
 * to be created. Undo it with channel_release. Waits at most a second for an owner that has not
 * written its pid.
 * -EBUSY  a live producer owns the channel */
int channel_acquire(struct channel *channel, const struct channel_paths *paths, gid_t group,
                    mode_t mode);

/* Becomes the owner without writing the pid, to clean up only. Removes nothing yet. Undo it with
 * channel_release. */
int channel_acquire_for_cleanup(struct channel *channel, const struct channel_paths *paths);

/* Whether the lock file still has its name. If not, the next producer will not find it locked. */
bool channel_still_owned(const struct channel *channel);

/* Becomes the owner by a new lock file, after somebody deleted the old one. The objects of the
 * current generation are no longer on record; only the channel file names them. So begin a new
 * generation soon. On failure channel is as before.
 * -ESTALE  another producer has taken the channel since */
int channel_reacquire(struct channel *channel, gid_t group, mode_t mode);

/* Removes the lock file, if it is still this owner's, and unlocks the channel. */
void channel_release(struct channel *channel);

/* The pid that a record names; 0: it is of another pid namespace. */
pid_t channel_recorded_pid(const struct lock_record *record);

/* Gives up a channel that another process turned out to own, where its locks are not seen or its
 * lock file was deleted. Removes the lock file only if this call has created it. */
void channel_refuse(struct channel *channel);

/* Finds the owner of the channel of an open lock file. Waits at most a second for the owner to
 * write its pid; *pid is 0 if it has not, or is in another pid namespace. */
int channel_find_owner(int fd, bool *owned, pid_t *pid);

/* Counts a generation up, and records the key to try for its objects, before it returns. The
 * objects of the current generation keep their key. */
int channel_begin_generation(struct channel *channel, uint64_t *generation, key_t *key);

/* The next key to try, because foreign objects have this one.
 * -EEXIST  all keys were tried */
int channel_next_key(struct channel *channel, key_t *key);

/* commit: the generation before the newest one has no objects any more. abandon: the newest one
 * failed and has no objects, and the one before continues. */
int channel_commit_generation(struct channel *channel);
void channel_abandon_generation(struct channel *channel);

#endif
