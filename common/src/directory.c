/* SPDX-License-Identifier: MIT */
#include "directory.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "error.h"
#include "fork.h"

static int check_name(const char *name)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789-_.";
	size_t length = strlen(name);
	const char *dot = strrchr(name, '.');

	if (length == 0 || length > SHMFLIP_NAME_MAX || name[0] == '.' ||
	    strspn(name, allowed) != length)
		return fail(-EINVAL,
		            "'%.80s' is no channel name: use 1 to %d letters, digits, '-', '_' or "
		            "'.', not starting with '.'",
		            name, SHMFLIP_NAME_MAX);
	if (dot && (strcmp(dot, ".lock") == 0 || strcmp(dot, ".new") == 0))
		return fail(-EINVAL,
		            "'%s' is no channel name: '%s' is reserved for shmflip's own files",
		            name, dot);
	return 0;
}

/* Writes a directory's name. dir: that the caller names; NULL: none. Returns the length that the
 * whole name has. *named: it is not the default one. */
static int choose_dir(char *path, size_t size, const char *dir, bool *named)
{
	const char *set = dir ? dir : secure_getenv("SHMFLIP_DIR");
	const char *runtime = secure_getenv("XDG_RUNTIME_DIR");

	*named = set && *set;
	if (*named)
		return snprintf(path, size, "%s", set);
	if (runtime && *runtime)
		return snprintf(path, size, "%s/shmflip", runtime);
	return snprintf(path, size, "/tmp/shmflip-%u", (unsigned)geteuid());
}

static int set_dir(char *path, size_t size, const char *dir, bool *named)
{
	int length = choose_dir(path, size, dir, named);

	if (length < 0 || (size_t)length >= size)
		return fail(-ENAMETOOLONG, "the directory's name is too long");
	while (length > 1 && path[length - 1] == '/')
		path[--length] = '\0';
	return 0;
}

int channel_paths_init(struct channel_paths *paths, const char *dir, const char *channel)
{
	const char *name = channel ? channel : "default";
	int error = check_name(name);

	if (error)
		return error;
	strcpy(paths->name, name);
	if (dir && !*dir)
		return fail(-EINVAL, "the directory's name is empty");
	error = set_dir(paths->dir, sizeof(paths->dir), dir, &paths->named);
	if (error)
		return error;
	snprintf(paths->channel_file, sizeof(paths->channel_file), "%s/%s", paths->dir, name);
	snprintf(paths->lock_file, sizeof(paths->lock_file), "%s/%s.lock", paths->dir, name);
	snprintf(paths->new_file, sizeof(paths->new_file), "%s/%s.new", paths->dir, name);
	return 0;
}

int shmflip_default_dir(char *path, size_t size)
{
	char whole[PATH_MAX];
	bool named;
	int error = set_dir(whole, sizeof(whole), NULL, &named);

	if (!error && strlen(whole) >= size)
		error = fail(-ENAMETOOLONG, "the directory's name needs %zu bytes",
		             strlen(whole) + 1);
	if (!error)
		strcpy(path, whole);
	return error;
}

/* The mode of a directory that is readable and enterable for whom mode lets read. */
static mode_t enterable(mode_t mode)
{
	return 0700 | (mode & 0040 ? 0050 : 0) | (mode & 0004 ? 0005 : 0);
}

/* A user who may write a parent directory can replace ours by renaming. In a sticky directory users
 * can rename only what they own. */
static int check_parents(const struct channel_paths *paths)
{
	char path[PATH_MAX];
	struct stat status;

	if (!realpath(paths->dir, path))
		return fail_errno("directory %s", paths->dir);
	while (path[1]) {
		char *slash = strrchr(path, '/');

		slash[slash == path] = '\0';
		if (stat(path, &status) < 0)
			return fail_errno("directory %s", path);
		if ((status.st_mode & (S_IWOTH | S_ISVTX)) == S_IWOTH)
			return fail(
				-EPERM,
				"any user may replace directory %s, because %s is writable (mode "
				"%04o): chmod +t %s",
				paths->dir, path, (unsigned)status.st_mode & 07777, path);
	}
	return 0;
}

int directory_create(const struct channel_paths *paths, gid_t group, mode_t mode)
{
	int error;

	if (mkdir(paths->dir, 0700) < 0) {
		if (errno == EEXIST)
			return 0;
		return fail_errno("cannot create directory %s", paths->dir);
	}
	error = check_parents(paths);
	if (!error && mode & 0040 && chown(paths->dir, (uid_t)-1, group) < 0)
		error = fail_errno("cannot give directory %s to group %u", paths->dir,
		                   (unsigned)group);
	/* Whatever the umask is. */
	if (!error && chmod(paths->dir, enterable(mode)) < 0)
		error = fail_errno("cannot set the mode of directory %s", paths->dir);
	if (error)
		rmdir(paths->dir);
	return error;
}

static int check_status(const struct channel_paths *paths, const struct stat *status,
                        bool foreign_owner)
{
	if (S_ISLNK(status->st_mode))
		return fail(-EPERM, "%s is a symbolic link: name the directory itself", paths->dir);
	if (!S_ISDIR(status->st_mode))
		return fail(-ENOTDIR, "%s is no directory", paths->dir);
	if (!(foreign_owner && paths->named) && status->st_uid != geteuid() && status->st_uid != 0)
		return fail(-EPERM, "directory %s belongs to user %u: use one of your own",
		            paths->dir, (unsigned)status->st_uid);
	if (status->st_mode & (S_IWGRP | S_IWOTH) && status->st_mode & S_ISVTX)
		return fail(-EPERM, "others may write directory %s: use a directory in it",
		            paths->dir);
	if (status->st_mode & (S_IWGRP | S_IWOTH))
		return fail(-EPERM, "others may write directory %s (mode %03o): chmod go-w %s",
		            paths->dir, (unsigned)status->st_mode & 0777, paths->dir);
	return 0;
}

int directory_check(const struct channel_paths *paths, bool foreign_owner, uid_t *owner)
{
	struct stat status;
	struct statfs system;
	int error;

	if (lstat(paths->dir, &status) < 0 || statfs(paths->dir, &system) < 0)
		return fail_errno("directory %s", paths->dir);
	error = check_status(paths, &status, foreign_owner);
	if (!error)
		error = check_parents(paths);
	if (error)
		return error;
	if (system.f_type == NFS_SUPER_MAGIC)
		return fail(-ENOTSUP, "directory %s is on NFS: use a local one", paths->dir);
	if (owner)
		*owner = status.st_uid;
	return 0;
}

int directory_check_entry(const struct channel_paths *paths, mode_t mode)
{
	mode_t missing;
	struct stat status;

	if (stat(paths->dir, &status) < 0)
		return fail_errno("directory %s", paths->dir);
	missing = enterable(mode) & 0011 & ~status.st_mode;
	if (missing)
		return fail(-EPERM, "others cannot enter directory %s (mode %03o): chmod %s %s",
		            paths->dir, (unsigned)status.st_mode & 0777,
		            missing & 0001 ? "go+rx" : "g+rx", paths->dir);
	return 0;
}

static int check_file(int fd, uid_t owner, const char *where)
{
	struct stat status;

	if (fstat(fd, &status) < 0)
		return fail_errno("%s", where);
	if (!S_ISREG(status.st_mode))
		return fail(-EPERM, "%s is no plain file: remove it", where);
	if (status.st_uid != owner)
		return fail(-EPERM, "%s belongs to user %u, not to %u: remove it", where,
		            (unsigned)status.st_uid, (unsigned)owner);
	if (status.st_mode & (S_IWGRP | S_IWOTH))
		return fail(-EPERM, "others may write %s (mode %03o): remove it", where,
		            (unsigned)status.st_mode & 0777);
	return 0;
}

/* A umask can take rights from the owner, and its process be killed before it has got them back. */
static void restore_rights(const char *path)
{
	struct stat status;

	if (lstat(path, &status) == 0 && S_ISREG(status.st_mode) && status.st_uid == geteuid())
		chmod(path, 0600);
}

static int open_file(const char *path, int flags)
{
	return fork_open(path, flags | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0600);
}

int directory_open_file(const char *path, int flags, uid_t owner)
{
	int fd = open_file(path, flags);
	int error;

	if (fd < 0 && errno == EACCES && flags & O_CREAT) {
		restore_rights(path);
		fd = open_file(path, flags);
	}
	if (fd < 0 && errno == ELOOP)
		return fail(-EPERM, "%s is a symbolic link: remove it", path);
	if (fd < 0)
		return fail_errno("cannot open %s", path);
	error = check_file(fd, owner, path);
	if (!error && flags & O_CREAT && fchmod(fd, 0600) < 0)
		error = fail_errno("cannot set the mode of %s", path);
	if (error) {
		fork_close(fd);
		return error;
	}
	return fd;
}

int directory_write_file(int fd, const char *path, const void *bytes, size_t size)
{
	ssize_t written = pwrite(fd, bytes, size, 0);

	if (written < 0)
		return fail_errno("cannot write %s", path);
	if (written != (ssize_t)size)
		return fail(-ENOSPC, "cannot write %s: no space", path);
	return 0;
}

bool directory_is_same_file(const char *path, int fd)
{
	struct stat named, opened;

	return lstat(path, &named) == 0 && fstat(fd, &opened) == 0 &&
	       named.st_ino == opened.st_ino && named.st_dev == opened.st_dev;
}
