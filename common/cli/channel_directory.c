/* SPDX-License-Identifier: MIT */
#include <limits.h>

#include "cli.h"
#include "shmflip.h"

const char *cli_channel_directory(const char *dir)
{
	static char path[PATH_MAX];

	if (dir)
		return dir;
	if (shmflip_default_dir(path, sizeof(path)))
		return "a directory whose path is too long";
	return path;
}
