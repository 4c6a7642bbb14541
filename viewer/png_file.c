/* SPDX-License-Identifier: MIT */
#include "png_file.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

static int write_part(void *context, const void *bytes, size_t size)
{
	FILE *file = context;

	errno = 0;
	if (fwrite(bytes, 1, size, file) == size)
		return 0;
	return errno ? -errno : -EIO;
}

int png_file_write(struct png_encoder *encoder, const char *path, bool replace,
                   const struct pixel_source *source)
{
	FILE *file = fopen(path, replace ? "wbe" : "wbxe");

	if (!file)
		return -errno;
	int error = png_encode(encoder, source, write_part, file);
	if (fclose(file) != 0 && !error)
		error = -errno;
	if (error)
		unlink(path);
	return error;
}
