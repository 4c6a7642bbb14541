/* SPDX-License-Identifier: MIT */
#include "png_file.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "png_encode.h"

int png_file_write(const char *path, bool replace, const struct picture *picture)
{
	const struct png_source source = {
		.pixels = picture->source.plane[0].pixels,
		.stride_bytes = (uint32_t)picture->source.plane[0].stride_bytes,
		.width = picture->source.width,
		.height = picture->source.height,
		.opaque = picture->info.opaque,
	};
	FILE *file = fopen(path, replace ? "wbe" : "wbxe");

	if (!file)
		return -errno;
	int error = png_encode(file, &source);
	if (fclose(file) != 0 && !error)
		error = -errno;
	if (error)
		unlink(path);
	return error;
}
