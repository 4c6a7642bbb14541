/* SPDX-License-Identifier: MIT */
#include "record.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "png_file.h"

int record_prepare(const char *dir)
{
	struct stat status;

	if (mkdir(dir, 0777) != 0 && errno != EEXIST)
		return -errno;
	if (stat(dir, &status) != 0)
		return -errno;
	if (!S_ISDIR(status.st_mode))
		return -ENOTDIR;
	return access(dir, W_OK | X_OK) == 0 ? 0 : -errno;
}

static void format_name(char *name, size_t size, uint64_t producer, uint64_t sequence)
{
	if (producer > 1)
		snprintf(name, size, "p%" PRIu64 "-%08" PRIu64 ".png", producer, sequence);
	else
		snprintf(name, size, "%08" PRIu64 ".png", sequence);
}

int record_frame(struct png_encoder *encoder, const char *dir, uint64_t producer, uint64_t sequence,
                 const struct pixel_source *source)
{
	char name[64], path[PATH_MAX];

	format_name(name, sizeof(name), producer, sequence);
	if (snprintf(path, sizeof(path), "%s/%s", dir, name) >= (int)sizeof(path))
		return -ENAMETOOLONG;
	return png_file_write(encoder, path, true, source);
}
