/* SPDX-License-Identifier: MIT */
#include "farm.h"

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

static int link_frame(const char *folder, unsigned number, const char *file)
{
	char target[PATH_MAX], path[FARM_PATH_SIZE + 32];

	if (!realpath(file, target))
		return -errno;
	snprintf(path, sizeof(path), "%s/%06u.png", folder, number);
	return symlink(target, path) < 0 ? -errno : 0;
}

static int make_folder(const struct farm *farm, char *path, const char *name)
{
	snprintf(path, FARM_PATH_SIZE, "%.*s/%s", FARM_PATH_SIZE / 2, farm->root, name);
	return mkdir(path, 0700) < 0 ? -errno : 0;
}

static int fill(struct farm *farm, const struct pictures *pictures, unsigned frames)
{
	int error = make_folder(farm, farm->one, "one");

	if (!error)
		error = make_folder(farm, farm->many, "many");
	if (!error)
		error = make_folder(farm, farm->channel, "channel");
	if (!error)
		error = link_frame(farm->one, 0, pictures->files[0].path);
	for (farm->frames = 0; !error && farm->frames < frames; farm->frames++)
		error = link_frame(farm->many, farm->frames,
		                   pictures->files[farm->frames % pictures->count].path);
	return error;
}

int farm_make(struct farm *farm, const struct pictures *pictures, unsigned frames)
{
	int error = 0;

	*farm = (struct farm){ .root = "/tmp/shmflip-bench-XXXXXX" };
	if (!mkdtemp(farm->root)) {
		error = -errno;
		farm->root[0] = '\0';
	}
	if (!error)
		error = fill(farm, pictures, frames);
	if (!error)
		return 0;
	cli_error("cannot lay out the frames in /tmp: %s", strerror(-error));
	farm_remove(farm);
	return error;
}

static void remove_folder(const char *path)
{
	DIR *folder = *path ? opendir(path) : NULL;
	const struct dirent *entry;

	if (!folder)
		return;
	while ((entry = readdir(folder)))
		unlinkat(dirfd(folder), entry->d_name, 0);
	closedir(folder);
	rmdir(path);
}

void farm_remove(struct farm *farm)
{
	remove_folder(farm->one);
	remove_folder(farm->many);
	remove_folder(farm->channel);
	if (farm->root[0])
		rmdir(farm->root);
}
