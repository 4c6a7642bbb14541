/* SPDX-License-Identifier: MIT */
#include "record.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <png.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define COMPRESSION_LEVEL 1

static void on_error(png_structp png, png_const_charp message)
{
	int *error = png_get_error_ptr(png);

	(void)message;
	*error = errno ? errno : EIO;
	png_longjmp(png, 1);
}

static void on_warning(png_structp png, png_const_charp message)
{
	(void)png;
	(void)message;
}

static void write_rows(png_structp png, png_infop header, const struct shmflip_frame_info *info,
                       const uint8_t *pixels)
{
	bool opaque = info->format == SHMFLIP_FORMAT_XRGB8888;

	png_set_user_limits(png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
	png_set_compression_level(png, COMPRESSION_LEVEL);
	png_set_filter(png, PNG_FILTER_TYPE_BASE, PNG_FILTER_SUB);
	png_set_IHDR(png, header, info->width, info->height, 8,
	             opaque ? PNG_COLOR_TYPE_RGB : PNG_COLOR_TYPE_RGB_ALPHA, PNG_INTERLACE_NONE,
	             PNG_COMPRESSION_TYPE_BASE, PNG_FILTER_TYPE_BASE);
	png_write_info(png, header);
	png_set_bgr(png);
	if (opaque)
		png_set_filler(png, 0, PNG_FILLER_AFTER);
	for (uint32_t y = 0; y < info->height; y++)
		png_write_row(png, pixels + (uint64_t)y * info->stride_bytes);
	png_write_end(png, header);
}

/* The error belongs to the caller: what a longjmp brings back must not live in here. */
static void encode(FILE *file, const struct shmflip_frame_info *info, const uint8_t *pixels,
                   int *error)
{
	png_structp png =
		png_create_write_struct(PNG_LIBPNG_VER_STRING, error, on_error, on_warning);
	png_infop header = png ? png_create_info_struct(png) : NULL;

	if (header) {
		png_init_io(png, file);
		errno = 0;
		if (setjmp(png_jmpbuf(png)) == 0)
			write_rows(png, header, info, pixels);
	} else {
		*error = ENOMEM;
	}
	png_destroy_write_struct(&png, &header);
}

static int write_file(const char *path, const struct shmflip_frame_info *info,
                      const uint8_t *pixels)
{
	FILE *file = fopen(path, "wbe");

	if (!file)
		return -errno;
	int error = 0;
	encode(file, info, pixels, &error);
	if (fclose(file) != 0 && error == 0)
		error = errno;
	return -error;
}

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

static int file_name(char *name, size_t size, uint64_t producer, uint64_t sequence)
{
	if (producer > 1)
		return snprintf(name, size, "p%" PRIu64 "-%08" PRIu64 ".png", producer, sequence);
	return snprintf(name, size, "%08" PRIu64 ".png", sequence);
}

int record_frame(const char *dir, uint64_t producer, const struct shmflip_frame_info *info,
                 const uint8_t *pixels)
{
	char name[64], path[PATH_MAX], part[PATH_MAX];

	file_name(name, sizeof(name), producer, info->sequence);
	if (snprintf(path, sizeof(path), "%s/%s", dir, name) >= (int)sizeof(path) ||
	    snprintf(part, sizeof(part), "%s/.%s.part", dir, name) >= (int)sizeof(part))
		return -ENAMETOOLONG;
	int result = write_file(part, info, pixels);
	if (result == 0 && rename(part, path) != 0)
		result = -errno;
	if (result < 0)
		unlink(part);
	return result;
}
