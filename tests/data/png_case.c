/* SPDX-License-Identifier: MIT */
#include "bird.h"

#include "bird_chunks.h"

#include <png.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>

enum { ROW_MAX = 257 * 4 * 2 };

static void append_output(png_struct *png, uint8_t *data, size_t size)
{
	bytes_append(png_get_io_ptr(png), data, size);
}

static void flush_nothing(png_struct *png)
{
	(void)png;
}

static int channels_of(const struct bird *bird)
{
	switch (bird->colour_type) {
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

static bool is_alpha(const struct bird *bird, int channel)
{
	return (bird->colour_type & PNG_COLOR_MASK_ALPHA) && channel == channels_of(bird) - 1;
}

/* Each channel has a texture of its own, so that none can be taken for another. Alpha goes through
 * 0 and 255 and much between. */
static int texture(const struct bird *bird, int channel, int x, int y)
{
	if (is_alpha(bird, channel))
		return (x * 15 + y * 60) % 256;
	switch (channel) {
	case 0:
		return (x * 255 / bird->width + y * 5) % 256;
	case 1:
		return 255 - (y * 255 / bird->height + x * 2) % 256;
	default:
		return (x * y * 3 + x * 11) % 256;
	}
}

/* Neighbours of 16 bits differ in their lower byte alone here and there. */
static int sample(const struct bird *bird, int channel, int x, int y)
{
	int most = (1 << bird->depth) - 1;

	if (bird->colour_type == PNG_COLOR_TYPE_PALETTE)
		return (x + y * 17) % bird_palette_entries(bird);
	if (is_alpha(bird, channel) && bird->opaque)
		return most;
	if (bird->depth == 16)
		return texture(bird, channel, x & ~1, y) * 256 + (x & 1) + y % 3 * 100;
	return texture(bird, channel, x, y) * (most + 1) / 256;
}

static void fill_row(const struct bird *bird, int y, uint8_t *row)
{
	for (int x = 0; x < bird->width; x++) {
		for (int channel = 0; channel < channels_of(bird); channel++) {
			int value = sample(bird, channel, x, y);

			if (bird->depth == 16)
				*row++ = (uint8_t)(value >> 8);
			*row++ = (uint8_t)value;
		}
	}
}

/* The pixel in the middle is the transparent one. */
static void set_transparency(const struct bird *bird, png_struct *png, png_info *info)
{
	int x = bird->width / 2;
	int y = bird->height / 2;
	png_color_16 key = {
		.red = (uint16_t)sample(bird, 0, x, y),
		.green = (uint16_t)sample(bird, 1, x, y),
		.blue = (uint16_t)sample(bird, 2, x, y),
		.gray = (uint16_t)sample(bird, 0, x, y),
	};

	if (bird->colour_type == PNG_COLOR_TYPE_PALETTE)
		bird_set_palette_alpha(bird, png, info);
	else
		png_set_tRNS(png, info, NULL, 0, &key);
}

static void set_up(const struct bird *bird, png_struct *png, png_info *info)
{
	int interlace = bird->interlaced ? PNG_INTERLACE_ADAM7 : PNG_INTERLACE_NONE;

	png_set_IHDR(png, info, (uint32_t)bird->width, (uint32_t)bird->height, bird->depth,
	             bird->colour_type, interlace, PNG_COMPRESSION_TYPE_DEFAULT,
	             PNG_FILTER_TYPE_DEFAULT);
	if (bird->colour_type == PNG_COLOR_TYPE_PALETTE)
		bird_set_palette(bird, png, info);
	if (bird->transparent)
		set_transparency(bird, png, info);
	if (bird->filters)
		png_set_filter(png, PNG_FILTER_TYPE_BASE, bird->filters);
	png_set_compression_level(png, bird->stored ? 0 : 9);
	bird_set_chunks(bird, png, info);
}

static void write_picture(const struct bird *bird, png_struct *png, png_info *info)
{
	uint8_t row[ROW_MAX];
	int passes;

	set_up(bird, png, info);
	png_write_info(png, info);
	png_set_packing(png);
	passes = png_set_interlace_handling(png);
	for (int pass = 0; pass < passes; pass++) {
		for (int y = 0; y < bird->height; y++) {
			fill_row(bird, y, row);
			png_write_row(png, row);
		}
	}
	png_write_end(png, info);
}

void bird_write(const struct bird *bird, struct bytes *out)
{
	png_struct *png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
	png_info *info = png ? png_create_info_struct(png) : NULL;

	if (!info || setjmp(png_jmpbuf(png))) {
		fprintf(stderr, "make_birds: libpng cannot write this picture\n");
		exit(1);
	}
	png_set_write_fn(png, out, append_output, flush_nothing);
	write_picture(bird, png, info);
	png_destroy_write_struct(&png, &info);
}
