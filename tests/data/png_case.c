/* SPDX-License-Identifier: MIT */
#include "png_case.h"

#include "png_case_chunks.h"

#include <png.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>

enum { ROW_MAX = 257 * 4 * 2 };

static void append_output(png_struct *png, uint8_t *data, size_t size)
{
	bytes_add(png_get_io_ptr(png), data, size);
}

static void flush_nothing(png_struct *png)
{
	(void)png;
}

static int channels_of(const struct png_case *png_case)
{
	switch (png_case->colour_type) {
	case PNG_COLOR_TYPE_GRAY_ALPHA:
		return 2;
	case PNG_COLOR_TYPE_RGB:
		return 3;
	case PNG_COLOR_TYPE_RGB_ALPHA:
		return 4;
	default:
		return 1;
	}
}

static bool is_alpha(const struct png_case *png_case, int channel)
{
	return (png_case->colour_type & PNG_COLOR_MASK_ALPHA) &&
	       channel == channels_of(png_case) - 1;
}

/* Each channel has a texture of its own, so that swapped channels show. Alpha takes 0, 255 and many
 * values between. */
static int texture(const struct png_case *png_case, int channel, int x, int y)
{
	if (is_alpha(png_case, channel))
		return (x * 15 + y * 60) % 256;
	switch (channel) {
	case 0:
		return (x * 255 / png_case->width + y * 5) % 256;
	case 1:
		return 255 - (y * 255 / png_case->height + x * 2) % 256;
	default:
		return (x * y * 3 + x * 11) % 256;
	}
}

/* At 16 bits, some neighbours differ only in their lower byte. */
static int sample(const struct png_case *png_case, int channel, int x, int y)
{
	int max = (1 << png_case->depth) - 1;

	if (png_case->colour_type == PNG_COLOR_TYPE_PALETTE)
		return (x + y * 17) % png_case_palette_entries(png_case);
	if (is_alpha(png_case, channel) && png_case->opaque)
		return max;
	if (png_case->depth == 16)
		return texture(png_case, channel, x & ~1, y) * 256 + (x & 1) + y % 3 * 100;
	return texture(png_case, channel, x, y) * (max + 1) / 256;
}

static void fill_row(const struct png_case *png_case, int y, uint8_t *row)
{
	for (int x = 0; x < png_case->width; x++) {
		for (int channel = 0; channel < channels_of(png_case); channel++) {
			int value = sample(png_case, channel, x, y);

			if (png_case->depth == 16)
				*row++ = (uint8_t)(value >> 8);
			*row++ = (uint8_t)value;
		}
	}
}

/* The value of the middle pixel is transparent. */
static void set_transparency(const struct png_case *png_case, png_struct *png, png_info *info)
{
	int x = png_case->width / 2;
	int y = png_case->height / 2;
	png_color_16 key = {
		.red = (uint16_t)sample(png_case, 0, x, y),
		.green = (uint16_t)sample(png_case, 1, x, y),
		.blue = (uint16_t)sample(png_case, 2, x, y),
		.gray = (uint16_t)sample(png_case, 0, x, y),
	};

	if (png_case->colour_type == PNG_COLOR_TYPE_PALETTE)
		png_case_set_palette_alpha(png_case, png, info);
	else
		png_set_tRNS(png, info, NULL, 0, &key);
}

static void set_header(const struct png_case *png_case, png_struct *png, png_info *info)
{
	int interlace = png_case->interlaced ? PNG_INTERLACE_ADAM7 : PNG_INTERLACE_NONE;

	png_set_IHDR(png, info, (uint32_t)png_case->width, (uint32_t)png_case->height,
	             png_case->depth, png_case->colour_type, interlace,
	             PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
	if (png_case->colour_type == PNG_COLOR_TYPE_PALETTE)
		png_case_set_palette(png_case, png, info);
	if (png_case->transparent)
		set_transparency(png_case, png, info);
	if (png_case->filters)
		png_set_filter(png, PNG_FILTER_TYPE_BASE, png_case->filters);
	png_set_compression_level(png, png_case->stored ? 0 : 9);
	png_case_set_chunks(png_case, png, info);
}

static void write_picture(const struct png_case *png_case, png_struct *png, png_info *info)
{
	uint8_t row[ROW_MAX];
	int passes;

	set_header(png_case, png, info);
	png_write_info(png, info);
	png_set_packing(png);
	passes = png_set_interlace_handling(png);
	for (int pass = 0; pass < passes; pass++) {
		for (int y = 0; y < png_case->height; y++) {
			fill_row(png_case, y, row);
			png_write_row(png, row);
		}
	}
	png_write_end(png, info);
}

void png_case_write(const struct png_case *png_case, struct bytes *out)
{
	png_struct *png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
	png_info *info = png ? png_create_info_struct(png) : NULL;

	if (!info || setjmp(png_jmpbuf(png))) {
		fprintf(stderr, "test PNG: libpng cannot write this picture\n");
		exit(1);
	}
	png_set_write_fn(png, out, append_output, flush_nothing);
	write_picture(png_case, png, info);
	png_destroy_write_struct(&png, &info);
}
