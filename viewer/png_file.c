/* SPDX-License-Identifier: MIT */
#include "png_file.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "png_encode.h"

int png_file_write(const char *path, bool replace, const struct picture *picture)
{
	FILE *file = fopen(path, replace ? "wbe" : "wbxe");

	if (!file)
		return -errno;
	int error = png_encode(file, &picture->source);
	if (fclose(file) != 0 && !error)
		error = -errno;
	if (error)
		unlink(path);
	return error;
}
