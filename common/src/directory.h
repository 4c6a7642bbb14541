/* SPDX-License-Identifier: MIT
 *
 * The directory that a channel's files live in: found, made, and checked; and names within it. */
#ifndef SHMFLIP_DIRECTORY_H
#define SHMFLIP_DIRECTORY_H

#include <limits.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <sys/types.h>

#include "shmflip.h"

/* Where a channel is: pure names, nothing of it need exist. */
struct channel_paths {
	char dir[PATH_MAX];
	bool named; /* by the user, rather than the default */
	char name[SHMFLIP_NAME_MAX + 1];
	char channel_file[PATH_MAX + SHMFLIP_NAME_MAX + 8]; /* DIR/NAME */
	char lock_file[PATH_MAX + SHMFLIP_NAME_MAX + 8];    /* DIR/NAME.lock */
	char new_file[PATH_MAX + SHMFLIP_NAME_MAX + 8];     /* DIR/NAME.new, before its rename */
};

/* Works out the place from what the caller of the library gave; NULL: the defaults. -EINVAL: this is
 * no channel name. -ENAMETOOLONG. */
int channel_paths_init(struct channel_paths *paths, const char *dir, const char *channel);

/* Makes the directory if it is missing, for group and others to enter as far as mode lets them read. */
int directory_create(const struct channel_paths *paths, gid_t group, mode_t mode);

/* Whether nobody but its owner can put files there, and not everybody another directory in its place. The
 * owner has to be this user or root; with foreign_owner it may be anybody, if the directory was
 * named. -ENOENT: no such directory. -EPERM, -ENOTSUP. *owner may be NULL. */
int directory_check(const struct channel_paths *paths, bool foreign_owner, uid_t *owner);

/* Whether those whom mode lets read can enter the directory. -EPERM. */
int directory_check_entry(const struct channel_paths *paths, mode_t mode);

/* Opens a file of the directory, or with O_CREAT makes it, for its owner only. Returns the descriptor.
 * -ENOENT. -EPERM: it is a link or no plain file, belongs to another than owner, or others may write
 * it. */
int directory_open_file(const char *path, int flags, uid_t owner);

/* Whether the path still names the file that is open. */
bool directory_is_same_file(const char *path, int fd);

#endif
