/* SPDX-License-Identifier: MIT
 *
 * libpng at its fastest level with one fixed filter, row by row: how shmflip wrote PNGs up to
 * version 0.2. */
#include <errno.h>
#include <png.h>
#include <stdlib.h>

#include "table.h"

static void append(png_struct *png, png_byte *bytes, size_t size)
{
	if (encoder_append(png_get_io_ptr(png), bytes, size))
		png_error(png, "memory");
}

static void flush(png_struct *png)
{
	(void)png;
}

/* On an error, libpng jumps back to setjmp(). */
static int write_all(png_struct *png, png_info *info, const struct encoder_picture *picture,
                     uint8_t *row)
{
	if (setjmp(png_jmpbuf(png)))
		return -ENOMEM;
	png_set_compression_level(png, 1);
	png_set_filter(png, PNG_FILTER_TYPE_BASE, PNG_FILTER_SUB);
	png_set_IHDR(png, info, picture->width, picture->height, 8,
	             picture->opaque ? PNG_COLOR_TYPE_RGB : PNG_COLOR_TYPE_RGB_ALPHA,
	             PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_BASE, PNG_FILTER_TYPE_BASE);
	png_write_info(png, info);
	for (uint32_t y = 0; y < picture->height; y++) {
		encoder_read_row(picture, y, row);
		png_write_row(png, row);
	}
	png_write_end(png, info);
	return 0;
}

static int encode(void *state, const struct encoder_picture *picture, struct encoder_output *output)
{
	png_struct *png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
	png_info *info = png ? png_create_info_struct(png) : NULL;
	uint8_t *row = malloc((size_t)picture->width * 4);
	int error = -ENOMEM;

	(void)state;
	if (info && row) {
		png_set_write_fn(png, output, append, flush);
		error = write_all(png, info, picture, row);
	}
	free(row);
	png_destroy_write_struct(&png, &info);
	return error;
}

const struct codec encoder_libpng = {
	.name = "libpng",
	.title = "libpng, level 1, filter Sub",
	.encode = encode,
};
