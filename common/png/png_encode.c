/* SPDX-License-Identifier: MIT */
#include "png_encode.h"

#include <errno.h>
#include <png.h>

#define COMPRESSION_LEVEL 1

static void on_error(png_structp png, png_const_charp message)
{
	int *error = png_get_error_ptr(png);

	(void)message;
	*error = errno ? -errno : -EIO;
	png_longjmp(png, 1);
}

static void on_warning(png_structp png, png_const_charp message)
{
	(void)png;
	(void)message;
}

static void write_rows(png_structp png, png_infop header, const struct png_source *source)
{
	png_set_user_limits(png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
	png_set_compression_level(png, COMPRESSION_LEVEL);
	png_set_filter(png, PNG_FILTER_TYPE_BASE, PNG_FILTER_SUB);
	png_set_IHDR(png, header, source->width, source->height, 8,
	             source->opaque ? PNG_COLOR_TYPE_RGB : PNG_COLOR_TYPE_RGB_ALPHA,
	             PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_BASE, PNG_FILTER_TYPE_BASE);
	png_write_info(png, header);
	png_set_bgr(png);
	if (source->opaque)
		png_set_filler(png, 0, PNG_FILLER_AFTER);
	for (uint32_t y = 0; y < source->height; y++)
		png_write_row(png, source->pixels + (uint64_t)y * source->stride_bytes);
	png_write_end(png, header);
}

/* error is the caller's: a local of this function would be undefined if it changed before a
 * longjmp. */
static void encode(FILE *file, const struct png_source *source, int *error)
{
	png_structp png =
		png_create_write_struct(PNG_LIBPNG_VER_STRING, error, on_error, on_warning);
	png_infop header = png ? png_create_info_struct(png) : NULL;

	if (header) {
		png_init_io(png, file);
		errno = 0;
		if (setjmp(png_jmpbuf(png)) == 0)
			write_rows(png, header, source);
	} else {
		*error = -ENOMEM;
	}
	png_destroy_write_struct(&png, &header);
}

int png_encode(FILE *file, const struct png_source *source)
{
	int error = 0;

	encode(file, source, &error);
	return error;
}
