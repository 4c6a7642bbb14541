/* SPDX-License-Identifier: MIT */
#include "png_file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int format_part(char part[PATH_MAX], const char *path)
{
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
	int length = snprintf(part, PATH_MAX, "%.*s.%s.part", (int)(name - path), path, name);

	return length < PATH_MAX ? 0 : -ENAMETOOLONG;
}

static int append(void *context, const void *bytes, size_t size)
{
	FILE *file = context;

	errno = 0;
	if (fwrite(bytes, 1, size, file) == size)
		return 0;
	return errno ? -errno : -EIO;
}

/* NFS knows no RENAME_NOREPLACE, and FAT no link(). */
static int rename_new(const char *part, const char *path)
{
	if (renameat2(AT_FDCWD, part, AT_FDCWD, path, RENAME_NOREPLACE) == 0)
		return 0;
	if (errno != EINVAL || link(part, path) != 0)
		return -errno;
	unlink(part);
	return 0;
}

static int rename_part(const char *part, const char *path, bool replace)
{
	if (!replace)
		return rename_new(part, path);
	return rename(part, path) == 0 ? 0 : -errno;
}

static int write_part(struct png_encoder *encoder, FILE *file, const struct pixel_source *source)
{
	int error = png_encode(encoder, source, append, file);

	if (fclose(file) != 0 && !error)
		error = -errno;
	return error;
}

int png_file_write(struct png_encoder *encoder, const char *path, bool replace,
                   const struct pixel_source *source)
{
	char part[PATH_MAX];
	int error = format_part(part, path);

	if (error)
		return error;
	if (!replace && access(path, F_OK) == 0)
		return -EEXIST;
	FILE *file = fopen(part, replace ? "wbe" : "wbxe");
	error = file ? write_part(encoder, file, source) : -errno;
	if (!error)
		error = rename_part(part, path, replace);
	/* Also one of an earlier run, which this user could not write. */
	if (error && (file || replace))
		unlink(part);
	return error;
}
