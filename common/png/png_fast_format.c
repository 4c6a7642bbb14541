/* SPDX-License-Identifier: MIT */
#include "png_fast_format.h"

#include <string.h>

/* Returns false if there are no colours, or more than the depth allows: libpng handles those. */
static bool read_palette(png_structp png, png_infop info, struct png_fast_format *format)
{
	png_colorp colours = NULL;
	png_bytep alphas = NULL;
	int count = 0, alpha_count = 0;

	png_get_PLTE(png, info, &colours, &count);
	png_get_tRNS(png, info, &alphas, &alpha_count, NULL);
	for (int i = 0; i < count && i < 256; i++) {
		format->colours[i][0] = colours[i].blue;
		format->colours[i][1] = colours[i].green;
		format->colours[i][2] = colours[i].red;
		format->colours[i][3] = i < alpha_count ? alphas[i] : 255;
	}
	format->colour_count = (unsigned)count;
	return count > 0 && count <= 1 << format->depth;
}

static void make_grey_palette(struct png_fast_format *format)
{
	format->colour_count = 1u << format->depth;
	for (unsigned i = 0; i < format->colour_count; i++) {
		memset(format->colours[i], (int)(255 * i / (format->colour_count - 1)), 3);
		format->colours[i][3] = 255;
	}
	if (format->has_key)
		format->colours[format->key[0] & (format->colour_count - 1)][3] = 0;
	format->has_key = false;
}

/* The key has 16 bits, of which those beyond the depth are ignored. */
static void read_key(png_structp png, png_infop info, struct png_fast_format *format)
{
	bool is_grey = !(png_get_color_type(png, info) & PNG_COLOR_MASK_COLOR);
	unsigned mask = (1u << format->depth) - 1;
	png_color_16p key = NULL;

	png_get_tRNS(png, info, NULL, NULL, &key);
	format->has_key = key != NULL;
	if (!key)
		return;
	format->key[0] = (uint16_t)((is_grey ? key->gray : key->red) & mask);
	format->key[1] = (uint16_t)((is_grey ? key->gray : key->green) & mask);
	format->key[2] = (uint16_t)((is_grey ? key->gray : key->blue) & mask);
}

bool png_fast_format_init(struct png_fast_format *format, png_structp png, png_infop info)
{
	format->depth = png_get_bit_depth(png, info);
	format->channels = png_get_channels(png, info);
	format->interlaced = png_get_interlace_type(png, info) != PNG_INTERLACE_NONE;
	format->has_key = false;
	format->colour_count = 0;
	if (png_get_color_type(png, info) == PNG_COLOR_TYPE_PALETTE)
		return read_palette(png, info, format);
	if (png_get_valid(png, info, PNG_INFO_tRNS))
		read_key(png, info, format);
	if (format->depth < 8)
		make_grey_palette(format);
	return true;
}
