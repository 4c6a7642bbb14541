/* SPDX-License-Identifier: MIT */
#include "png_case_chunks.h"

int png_case_palette_entries(const struct png_case *png_case)
{
	return png_case->palette_entries ? png_case->palette_entries : 1 << png_case->depth;
}

void png_case_set_palette(const struct png_case *png_case, png_struct *png, png_info *info)
{
	png_color palette[256];
	int entries = png_case_palette_entries(png_case);

	for (int i = 0; i < entries; i++) {
		palette[i] = (png_color){
			.red = (uint8_t)(i * 37 + 200),
			.green = (uint8_t)(i * 91 + 40),
			.blue = (uint8_t)(255 - i * 53),
		};
	}
	png_set_PLTE(png, info, palette, entries);
}

void png_case_set_palette_alpha(const struct png_case *png_case, png_struct *png, png_info *info)
{
	uint8_t alpha[256];
	int entries = (png_case_palette_entries(png_case) * 3 + 3) / 4;

	for (int i = 0; i < entries; i++)
		alpha[i] = (uint8_t)(i * 85);
	png_set_tRNS(png, info, alpha, entries, NULL);
}

static void set_background(const struct png_case *png_case, png_struct *png, png_info *info)
{
	uint16_t max = (uint16_t)((1 << png_case->depth) - 1);
	png_color_16 background = {
		.index = 1, .red = max, .green = max / 2, .blue = 1, .gray = max / 2
	};

	png_set_bKGD(png, info, &background);
}

static void set_significant_bits(const struct png_case *png_case, png_struct *png, png_info *info)
{
	int depth = png_case->colour_type == PNG_COLOR_TYPE_PALETTE ? 8 : png_case->depth;
	uint8_t significant = (uint8_t)(depth > 3 ? depth - 3 : 1);
	png_color_8 bits = { .red = significant,
		             .green = significant,
		             .blue = significant,
		             .gray = significant,
		             .alpha = significant };

	png_set_sBIT(png, info, &bits);
}

static void set_histogram(const struct png_case *png_case, png_struct *png, png_info *info)
{
	uint16_t counts[256];

	for (int i = 0; i < png_case_palette_entries(png_case); i++)
		counts[i] = (uint16_t)(i + 1);
	png_set_hIST(png, info, counts);
}

static void set_text(png_struct *png, png_info *info, int form)
{
	char key[] = "Comment";
	char content[] = "A bird in the hand is worth two in the bush. A bird in the hand.";
	char language[] = "en";
	png_text text = {
		.compression = form, .key = key, .text = content, .lang = language, .lang_key = key
	};

	png_set_text(png, info, &text, 1);
}

static void set_colour_space(unsigned chunks, png_struct *png, png_info *info)
{
	if (chunks & PNG_CASE_GAMA)
		png_set_gAMA_fixed(png, info, chunks & PNG_CASE_SRGB ? 45455 : 100000);
	if (chunks & PNG_CASE_SRGB)
		png_set_sRGB(png, info, PNG_sRGB_INTENT_PERCEPTUAL);
	if (chunks & PNG_CASE_CHRM)
		png_set_cHRM_fixed(png, info, 31270, 32900, 64000, 33000, 30000, 60000, 15000,
		                   6000);
}

static void set_metadata(unsigned chunks, png_struct *png, png_info *info)
{
	const png_time time = { .year = 2026, .month = 2, .day = 28, .hour = 23, .minute = 59 };

	if (chunks & PNG_CASE_PHYS)
		png_set_pHYs(png, info, 3780, 1890, PNG_RESOLUTION_METER);
	if (chunks & PNG_CASE_OFFS)
		png_set_oFFs(png, info, -5, 7, PNG_OFFSET_PIXEL);
	if (chunks & PNG_CASE_TIME)
		png_set_tIME(png, info, &time);
	if (chunks & PNG_CASE_TEXT)
		set_text(png, info, PNG_TEXT_COMPRESSION_NONE);
	if (chunks & PNG_CASE_ZTXT)
		set_text(png, info, PNG_TEXT_COMPRESSION_zTXt);
	if (chunks & PNG_CASE_ITXT)
		set_text(png, info, PNG_ITXT_COMPRESSION_zTXt);
}

void png_case_set_chunks(const struct png_case *png_case, png_struct *png, png_info *info)
{
	set_colour_space(png_case->chunks, png, info);
	set_metadata(png_case->chunks, png, info);
	if (png_case->chunks & PNG_CASE_BKGD)
		set_background(png_case, png, info);
	if (png_case->chunks & PNG_CASE_SBIT)
		set_significant_bits(png_case, png, info);
	if (png_case->chunks & PNG_CASE_HIST)
		set_histogram(png_case, png, info);
}
