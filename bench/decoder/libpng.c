/* SPDX-License-Identifier: MIT
 *
 * libpng, row by row into the destination. */
#include <errno.h>
#include <png.h>
#include <string.h>

#include "table.h"

struct png_bytes {
	const struct png_file *file;
	size_t at;
};

static void read_bytes(png_struct *png, png_byte *bytes, size_t count)
{
	struct png_bytes *source = png_get_io_ptr(png);

	if (count > source->file->png_bytes - source->at)
		png_error(png, "short");
	memcpy(bytes, source->file->png + source->at, count);
	source->at += count;
}

static void be_silent(png_struct *png, const char *message)
{
	(void)png, (void)message;
}

static void ask_for_pixels(png_struct *png, const png_info *info)
{
	int colour = png_get_color_type(png, info);
	bool has_alpha = colour & PNG_COLOR_MASK_ALPHA || png_get_valid(png, info, PNG_INFO_tRNS);

	png_set_expand(png);
	png_set_scale_16(png);
	if (!(colour & PNG_COLOR_MASK_COLOR))
		png_set_gray_to_rgb(png);
	png_set_bgr(png);
	if (!has_alpha)
		png_set_filler(png, 0xff, PNG_FILLER_AFTER);
}

/* On an error, libpng jumps back to setjmp(). */
static int read_all(png_struct *png, png_info *info, const struct png_file *file, uint8_t *pixels)
{
	int passes;

	if (setjmp(png_jmpbuf(png)))
		return -EBADMSG;
	png_read_info(png, info);
	ask_for_pixels(png, info);
	passes = png_set_interlace_handling(png);
	png_read_update_info(png, info);
	for (int pass = 0; pass < passes; pass++)
		for (uint32_t row = 0; row < file->height; row++)
			png_read_row(png, pixels + (size_t)row * file->stride_bytes, NULL);
	png_read_end(png, NULL);
	return 0;
}

static int decode(void *state, const struct png_file *file, uint8_t *pixels)
{
	struct png_bytes source = { .file = file };
	png_struct *png = png_create_read_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, be_silent);
	png_info *info = png ? png_create_info_struct(png) : NULL;
	int error = -ENOMEM;

	(void)state;
	if (info) {
		png_set_read_fn(png, &source, read_bytes);
		error = read_all(png, info, file, pixels);
	}
	png_destroy_read_struct(&png, &info, NULL);
	return error;
}

const struct codec decoder_libpng = {
	.name = "libpng",
	.title = "libpng's row interface",
	.decode = decode,
};
