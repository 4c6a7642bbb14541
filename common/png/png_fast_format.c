/* SPDX-License-Identifier: MIT */
#include "png_fast_format.h"

#include <string.h>

/* Colours by index: of PLTE and tRNS, or what grey of few bits stands for. Too many are libpng's affair. */
static bool find_palette(png_structp png, png_infop info, struct png_fast_format *kind)
{
	png_colorp colours = NULL;
	png_bytep alphas = NULL;
	int count = 0, alpha_count = 0;

	png_get_PLTE(png, info, &colours, &count);
	png_get_tRNS(png, info, &alphas, &alpha_count, NULL);
	for (int i = 0; i < count && i < 256; i++) {
		kind->colours[i][0] = colours[i].blue;
		kind->colours[i][1] = colours[i].green;
		kind->colours[i][2] = colours[i].red;
		kind->colours[i][3] = i < alpha_count ? alphas[i] : 255;
	}
	kind->colour_count = (unsigned)count;
	return count > 0 && count <= 1 << kind->depth;
}

static void find_greys(struct png_fast_format *kind)
{
	kind->colour_count = 1u << kind->depth;
	for (unsigned i = 0; i < kind->colour_count; i++) {
		memset(kind->colours[i], (int)(255 * i / (kind->colour_count - 1)), 3);
		kind->colours[i][3] = 255;
	}
}

bool png_fast_format_init(struct png_fast_format *kind, png_structp png, png_infop info)
{
	bool key = png_get_valid(png, info, PNG_INFO_tRNS);

	kind->depth = png_get_bit_depth(png, info);
	kind->channels = png_get_channels(png, info);
	kind->colour_count = 0;
	if (kind->depth > 8 || png_get_interlace_type(png, info) != PNG_INTERLACE_NONE)
		return false;
	if (png_get_color_type(png, info) == PNG_COLOR_TYPE_PALETTE)
		return find_palette(png, info, kind);
	if (kind->depth < 8)
		find_greys(kind);
	return !key;
}
