/* SPDX-License-Identifier: MIT */
#include "bird_chunks.h"

int bird_palette_entries(const struct bird *bird)
{
	return bird->palette_entries ? bird->palette_entries : 1 << bird->depth;
}

void bird_set_palette(const struct bird *bird, png_struct *png, png_info *info)
{
	png_color palette[256];
	int entries = bird_palette_entries(bird);

	for (int i = 0; i < entries; i++) {
		palette[i] = (png_color){
			.red = (uint8_t)(i * 37 + 200),
			.green = (uint8_t)(i * 91 + 40),
			.blue = (uint8_t)(255 - i * 53),
		};
	}
	png_set_PLTE(png, info, palette, entries);
}

void bird_set_palette_alpha(const struct bird *bird, png_struct *png, png_info *info)
{
	uint8_t alpha[256];
	int entries = (bird_palette_entries(bird) * 3 + 3) / 4;

	for (int i = 0; i < entries; i++)
		alpha[i] = (uint8_t)(i * 85);
	png_set_tRNS(png, info, alpha, entries, NULL);
}

static void set_background(const struct bird *bird, png_struct *png, png_info *info)
{
	uint16_t most = (uint16_t)((1 << bird->depth) - 1);
	png_color_16 background = {
		.index = 1, .red = most, .green = most / 2, .blue = 1, .gray = most / 2
	};

	png_set_bKGD(png, info, &background);
}

static void set_significant_bits(const struct bird *bird, png_struct *png, png_info *info)
{
	int depth = bird->colour_type == PNG_COLOR_TYPE_PALETTE ? 8 : bird->depth;
	uint8_t some = (uint8_t)(depth > 3 ? depth - 3 : 1);
	png_color_8 bits = {
		.red = some, .green = some, .blue = some, .gray = some, .alpha = some
	};

	png_set_sBIT(png, info, &bits);
}

static void set_histogram(const struct bird *bird, png_struct *png, png_info *info)
{
	uint16_t counts[256];

	for (int i = 0; i < bird_palette_entries(bird); i++)
		counts[i] = (uint16_t)(i + 1);
	png_set_hIST(png, info, counts);
}

static void set_text(png_struct *png, png_info *info, int form)
{
	char key[] = "Comment";
	char words[] = "A bird in the hand is worth two in the bush. A bird in the hand.";
	char language[] = "en";
	png_text text = {
		.compression = form, .key = key, .text = words, .lang = language, .lang_key = key
	};

	png_set_text(png, info, &text, 1);
}

static void set_colour_space(unsigned chunks, png_struct *png, png_info *info)
{
	if (chunks & BIRD_GAMA)
		png_set_gAMA_fixed(png, info, chunks & BIRD_SRGB ? 45455 : 100000);
	if (chunks & BIRD_SRGB)
		png_set_sRGB(png, info, PNG_sRGB_INTENT_PERCEPTUAL);
	if (chunks & BIRD_CHRM)
		png_set_cHRM_fixed(png, info, 31270, 32900, 64000, 33000, 30000, 60000, 15000,
		                   6000);
}

static void set_remarks(unsigned chunks, png_struct *png, png_info *info)
{
	const png_time time = { .year = 2026, .month = 2, .day = 28, .hour = 23, .minute = 59 };

	if (chunks & BIRD_PHYS)
		png_set_pHYs(png, info, 3780, 1890, PNG_RESOLUTION_METER);
	if (chunks & BIRD_OFFS)
		png_set_oFFs(png, info, -5, 7, PNG_OFFSET_PIXEL);
	if (chunks & BIRD_TIME)
		png_set_tIME(png, info, &time);
	if (chunks & BIRD_TEXT)
		set_text(png, info, PNG_TEXT_COMPRESSION_NONE);
	if (chunks & BIRD_ZTXT)
		set_text(png, info, PNG_TEXT_COMPRESSION_zTXt);
	if (chunks & BIRD_ITXT)
		set_text(png, info, PNG_ITXT_COMPRESSION_zTXt);
}

void bird_set_chunks(const struct bird *bird, png_struct *png, png_info *info)
{
	set_colour_space(bird->chunks, png, info);
	set_remarks(bird->chunks, png, info);
	if (bird->chunks & BIRD_BKGD)
		set_background(bird, png, info);
	if (bird->chunks & BIRD_SBIT)
		set_significant_bits(bird, png, info);
	if (bird->chunks & BIRD_HIST)
		set_histogram(bird, png, info);
}
