/* SPDX-License-Identifier: MIT */
#include "file_sink.h"
#include "png_case.h"
#include "split.h"

#include <png.h>
#include <stdio.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define GREY PNG_COLOR_TYPE_GRAY
#define GREYA PNG_COLOR_TYPE_GRAY_ALPHA
#define RGB PNG_COLOR_TYPE_RGB
#define RGBA PNG_COLOR_TYPE_RGB_ALPHA
#define PALETTE PNG_COLOR_TYPE_PALETTE

enum {
	USUAL_WIDTH = 33,
	USUAL_HEIGHT = 17,
	ALL_BUT_HIST = (PNG_CASE_TIME * 2 - 1) & ~PNG_CASE_HIST
};

static const struct type {
	const char *name;
	int colour_type, depth;
} types[] = {
	{ "grey1", GREY, 1 },       { "grey2", GREY, 2 },       { "grey4", GREY, 4 },
	{ "grey8", GREY, 8 },       { "grey16", GREY, 16 },     { "greya8", GREYA, 8 },
	{ "greya16", GREYA, 16 },   { "rgb8", RGB, 8 },         { "rgb16", RGB, 16 },
	{ "rgba8", RGBA, 8 },       { "rgba16", RGBA, 16 },     { "palette1", PALETTE, 1 },
	{ "palette2", PALETTE, 2 }, { "palette4", PALETTE, 4 }, { "palette8", PALETTE, 8 },
};

static struct png_case usual(int colour_type, int depth)
{
	return (struct png_case){ .colour_type = colour_type,
		                  .depth = depth,
		                  .width = USUAL_WIDTH,
		                  .height = USUAL_HEIGHT };
}

static void name_bird(const struct png_case *png_case, const char *what, char *name, size_t size)
{
	const char *type = "";

	for (size_t i = 0; i < COUNT(types); i++) {
		if (types[i].colour_type == png_case->colour_type &&
		    types[i].depth == png_case->depth)
			type = types[i].name;
	}
	snprintf(name, size, "%s%s%s%s-%dx%d.png", type, png_case->transparent ? "-trns" : "", what,
	         png_case->interlaced ? "-interlaced" : "", png_case->width, png_case->height);
}

/* what: "", or a word for the name with a hyphen before it. split: NULL, or how to cut the IDATs. */
static int give(const struct file_sink *sink, const struct png_case *png_case, const char *what,
                const struct split *split)
{
	char name[128];
	struct bytes whole = { 0 };
	struct bytes pieces = { 0 };
	int result;

	name_bird(png_case, what, name, sizeof(name));
	png_case_write(png_case, &whole);
	if (split)
		split_idats(&whole, split, &pieces);
	result = sink->handle(sink->context, name, split ? &pieces : &whole);
	bytes_finish(&pieces);
	bytes_finish(&whole);
	return result;
}

static int give_both(const struct file_sink *sink, struct png_case png_case, const char *what,
                     const struct split *split)
{
	int result;

	png_case.interlaced = false;
	result = give(sink, &png_case, what, split);
	png_case.interlaced = true;
	return result ? result : give(sink, &png_case, what, split);
}

static int give_types(const struct file_sink *sink)
{
	int result = 0;

	for (size_t i = 0; i < COUNT(types) && !result; i++) {
		struct png_case png_case = usual(types[i].colour_type, types[i].depth);

		result = give_both(sink, png_case, "", NULL);
		png_case.transparent = !(types[i].colour_type & PNG_COLOR_MASK_ALPHA);
		if (!result && png_case.transparent)
			result = give_both(sink, png_case, "", NULL);
	}
	return result;
}

static int give_sizes(const struct file_sink *sink)
{
	static const int sizes[][2] = { { 1, 1 }, { 1, 7 }, { 7, 1 }, { 3, 5 }, { 257, 3 } };
	const struct png_case birds[] = { usual(GREY, 1), usual(PALETTE, 4), usual(RGB, 8),
		                          usual(RGBA, 16) };
	int result = 0;

	for (size_t i = 0; i < COUNT(birds); i++) {
		for (size_t j = 0; j < COUNT(sizes) && !result; j++) {
			struct png_case png_case = birds[i];

			png_case.width = sizes[j][0];
			png_case.height = sizes[j][1];
			result = give_both(sink, png_case, "", NULL);
		}
	}
	return result;
}

static int give_filters(const struct file_sink *sink)
{
	static const struct {
		const char *what;
		int filters;
	} filters[] = {
		{ "-none", PNG_FILTER_NONE },   { "-sub", PNG_FILTER_SUB },
		{ "-up", PNG_FILTER_UP },       { "-average", PNG_FILTER_AVG },
		{ "-paeth", PNG_FILTER_PAETH },
	};
	const struct png_case birds[] = { usual(PALETTE, 2), usual(GREYA, 8), usual(RGB, 8),
		                          usual(RGBA, 16) };
	int result = 0;

	for (size_t i = 0; i < COUNT(birds); i++) {
		for (size_t j = 0; j < COUNT(filters) && !result; j++) {
			struct png_case png_case = birds[i];

			png_case.filters = filters[j].filters;
			result = give(sink, &png_case, filters[j].what, NULL);
		}
	}
	return result;
}

static int give_chunks(const struct file_sink *sink)
{
	struct {
		const char *what;
		struct png_case png_case;
		unsigned chunks;
	} kinds[] = {
		{ "-gama", usual(RGB, 8), PNG_CASE_GAMA },
		{ "-srgb", usual(RGB, 8), PNG_CASE_SRGB },
		{ "-chrm", usual(RGB, 8), PNG_CASE_CHRM },
		{ "-bkgd", usual(RGB, 8), PNG_CASE_BKGD },
		{ "-bkgd", usual(RGBA, 16), PNG_CASE_BKGD },
		{ "-bkgd", usual(PALETTE, 4), PNG_CASE_BKGD },
		{ "-sbit", usual(RGB, 8), PNG_CASE_SBIT },
		{ "-sbit", usual(GREY, 16), PNG_CASE_SBIT },
		{ "-phys", usual(RGB, 8), PNG_CASE_PHYS },
		{ "-text", usual(RGB, 8), PNG_CASE_TEXT },
		{ "-ztxt", usual(RGB, 8), PNG_CASE_ZTXT },
		{ "-itxt", usual(RGB, 8), PNG_CASE_ITXT },
		{ "-offs", usual(RGB, 8), PNG_CASE_OFFS },
		{ "-hist", usual(PALETTE, 4), PNG_CASE_HIST },
		{ "-time", usual(RGB, 8), PNG_CASE_TIME },
		{ "-everything", usual(GREY, 2), ALL_BUT_HIST },
		{ "-everything", usual(RGBA, 8), ALL_BUT_HIST },
		{ "-everything", usual(PALETTE, 8), ALL_BUT_HIST | PNG_CASE_HIST },
	};
	int result = 0;

	for (size_t i = 0; i < COUNT(kinds) && !result; i++) {
		kinds[i].png_case.chunks = kinds[i].chunks;
		result = give(sink, &kinds[i].png_case, kinds[i].what, NULL);
	}
	return result;
}

static int give_splits(const struct file_sink *sink)
{
	static const struct {
		const char *what;
		struct split split;
	} kinds[] = {
		{ "-idat-bytes", { .count = 1, .sizes = { 1 } } },
		{ "-idat-empty", { .count = 5, .sizes = { 0, 1, 0, 0, 40 } } },
		{ "-idat-uneven", { .count = 6, .sizes = { 1, 2, 3, 5, 8, 130 } } },
	};
	int result = 0;

	for (size_t i = 0; i < COUNT(kinds) && !result; i++) {
		result = give_both(sink, usual(RGB, 8), kinds[i].what, &kinds[i].split);
		if (!result)
			result = give_both(sink, usual(GREY, 4), kinds[i].what, &kinds[i].split);
	}
	return result;
}

static int give_opaque(const struct file_sink *sink)
{
	struct png_case birds[] = { usual(RGBA, 8), usual(RGBA, 16), usual(GREYA, 8),
		                    usual(GREYA, 16) };
	int result = 0;

	for (size_t i = 0; i < COUNT(birds) && !result; i++) {
		birds[i].opaque = true;
		result = give_both(sink, birds[i], "-opaque", NULL);
	}
	return result;
}

static int give_short_palettes(const struct file_sink *sink)
{
	static const int entries[][2] = { { 1, 1 }, { 2, 3 }, { 4, 5 }, { 8, 3 } };
	int result = 0;

	for (size_t i = 0; i < COUNT(entries) && !result; i++) {
		struct png_case png_case = usual(PALETTE, entries[i][0]);

		png_case.palette_entries = entries[i][1];
		result = give_both(sink, png_case, "-short", NULL);
		png_case.transparent = true;
		if (!result)
			result = give_both(sink, png_case, "-short", NULL);
	}
	return result;
}

static int give_stored(const struct file_sink *sink)
{
	struct png_case birds[] = { usual(RGB, 8), usual(GREY, 16), usual(PALETTE, 1),
		                    usual(RGBA, 8) };
	int result = 0;

	for (size_t i = 0; i < COUNT(birds) && !result; i++) {
		birds[i].stored = true;
		result = give_both(sink, birds[i], "-stored", NULL);
	}
	return result;
}

int write_kinds(const struct file_sink *sink)
{
	static int (*const groups[])(const struct file_sink *sink) = {
		give_types,  give_sizes,  give_filters,        give_chunks,
		give_splits, give_opaque, give_short_palettes, give_stored,
	};
	int result = 0;

	for (size_t i = 0; i < COUNT(groups) && !result; i++)
		result = groups[i](sink);
	return result;
}
