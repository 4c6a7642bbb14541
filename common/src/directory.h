/* SPDX-License-Identifier: MIT
 *
 * The directory of a channel's files: its path, its creation, its checks, and the files in it. */
#ifndef SHMFLIP_DIRECTORY_H
#define SHMFLIP_DIRECTORY_H

#include <limits.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <sys/types.h>

#include "shmflip.h"

/* Where a channel is. Only names: none of these files need exist. */
struct channel_paths {
	char dir[PATH_MAX];
	bool named; /* the user named the directory; false: it is the default */
	char name[SHMFLIP_NAME_MAX + 1];
	char channel_file[PATH_MAX + SHMFLIP_NAME_MAX + 8]; /* DIR/NAME */
	char lock_file[PATH_MAX + SHMFLIP_NAME_MAX + 8];    /* DIR/NAME.lock */
	char new_file[PATH_MAX + SHMFLIP_NAME_MAX + 8];     /* DIR/NAME.new, before its rename */
};

/* Sets the paths from the arguments of a public function. NULL: the default.
 * -EINVAL        this is no channel name, or dir is empty
 * -ENAMETOOLONG  dir is too long */
int channel_paths_init(struct channel_paths *paths, const char *dir, const char *channel);

/* Creates the directory if it is missing. Group and others may enter it if mode lets them read. */
int directory_create(const struct channel_paths *paths, gid_t group, mode_t mode);

/* Checks that only the owner can put files into the directory, and that not everybody can replace
 * it by another one. The owner must be this user or root. With foreign_owner, any user may own a
 * directory that was named. owner may be NULL.
 * -ENOENT   there is no such directory
 * -EPERM    others may write or replace it, or another user owns it
 * -ENOTDIR  it is something else
 * -ENOTSUP  it is on NFS */
int directory_check(const struct channel_paths *paths, bool foreign_owner, uid_t *owner);

/* Checks that the users whom mode lets read can enter the directory.
 * -EPERM  they cannot */
int directory_check_entry(const struct channel_paths *paths, mode_t mode);

/* Opens a file of the directory and returns the descriptor. With O_CREAT it creates a missing file,
 * with mode 0600.
 * -ENOENT  there is no such file
 * -EPERM   it is a link or no plain file, it is not owner's, or others may write it */
int directory_open_file(const char *path, int flags, uid_t owner);

/* Whether the path still names the open file. */
bool directory_is_same_file(const char *path, int fd);

#endif
