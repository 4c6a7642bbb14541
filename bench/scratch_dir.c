/* SPDX-License-Identifier: MIT */
#include "scratch_dir.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli.h"

static int link_frame(const char *directory, unsigned number, const char *file)
{
	char target[PATH_MAX], path[SCRATCH_PATH_SIZE + 32];

	if (!realpath(file, target))
		return -errno;
	snprintf(path, sizeof(path), "%s/%06u.png", directory, number);
	return symlink(target, path) < 0 ? -errno : 0;
}

static int make_directory(const struct scratch_dir *scratch, char *path, const char *name)
{
	snprintf(path, SCRATCH_PATH_SIZE, "%.*s/%s", SCRATCH_PATH_SIZE / 2, scratch->root, name);
	return mkdir(path, 0700) < 0 ? -errno : 0;
}

static int fill(struct scratch_dir *scratch, const struct png_files *png_files, unsigned frames)
{
	int error = make_directory(scratch, scratch->one, "one");

	if (!error)
		error = make_directory(scratch, scratch->many, "many");
	if (!error)
		error = make_directory(scratch, scratch->channel, "channel");
	if (!error)
		error = link_frame(scratch->one, 0, png_files->files[0].path);
	for (scratch->frames = 0; !error && scratch->frames < frames; scratch->frames++)
		error = link_frame(scratch->many, scratch->frames,
		                   png_files->files[scratch->frames % png_files->count].path);
	return error;
}

int scratch_dir_make(struct scratch_dir *scratch, const struct png_files *png_files,
                     unsigned frames)
{
	int error = 0;

	*scratch = (struct scratch_dir){ .root = "/tmp/shmflip-bench-XXXXXX" };
	if (!mkdtemp(scratch->root)) {
		error = -errno;
		scratch->root[0] = '\0';
	}
	if (!error)
		error = fill(scratch, png_files, frames);
	if (!error)
		return 0;
	cli_error("cannot link the frames into /tmp: %s", strerror(-error));
	scratch_dir_remove(scratch);
	return error;
}

void scratch_dir_empty(const char *path)
{
	DIR *directory = opendir(path);
	const struct dirent *entry;

	if (!directory)
		return;
	while ((entry = readdir(directory)))
		unlinkat(dirfd(directory), entry->d_name, 0);
	closedir(directory);
}

static void remove_directory(const char *path)
{
	if (!*path)
		return;
	scratch_dir_empty(path);
	rmdir(path);
}

void scratch_dir_remove(struct scratch_dir *scratch)
{
	remove_directory(scratch->one);
	remove_directory(scratch->many);
	remove_directory(scratch->channel);
	if (scratch->root[0])
		rmdir(scratch->root);
}
