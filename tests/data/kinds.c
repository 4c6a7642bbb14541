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
	DEFAULT_WIDTH = 33,
	DEFAULT_HEIGHT = 17,
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

static struct png_case default_case(int colour_type, int depth)
{
	return (struct png_case){ .colour_type = colour_type,
		                  .depth = depth,
		                  .width = DEFAULT_WIDTH,
		                  .height = DEFAULT_HEIGHT };
}

static void make_name(const struct png_case *png_case, const char *what, char *name, size_t size)
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

/* what: a hyphen and a word for the name, or "". split: how to split the IDATs, or NULL. */
static int write_case(const struct file_sink *sink, const struct png_case *png_case,
                      const char *what, const struct split *split)
{
	char name[128];
	struct bytes whole = { 0 };
	struct bytes pieces = { 0 };
	int status;

	make_name(png_case, what, name, sizeof(name));
	png_case_write(png_case, &whole);
	if (split)
		split_idats(&whole, split, &pieces);
	status = sink->handle(sink->context, name, split ? &pieces : &whole);
	bytes_finish(&pieces);
	bytes_finish(&whole);
	return status;
}

/* Without and with interlacing. */
static int write_both(const struct file_sink *sink, struct png_case png_case, const char *what,
                      const struct split *split)
{
	int status;

	png_case.interlaced = false;
	status = write_case(sink, &png_case, what, split);
	png_case.interlaced = true;
	return status ? status : write_case(sink, &png_case, what, split);
}

static int write_types(const struct file_sink *sink)
{
	int status = 0;

	for (size_t i = 0; i < COUNT(types) && !status; i++) {
		struct png_case png_case = default_case(types[i].colour_type, types[i].depth);

		status = write_both(sink, png_case, "", NULL);
		png_case.transparent = !(types[i].colour_type & PNG_COLOR_MASK_ALPHA);
		if (!status && png_case.transparent)
			status = write_both(sink, png_case, "", NULL);
	}
	return status;
}

static int write_sizes(const struct file_sink *sink)
{
	static const int sizes[][2] = { { 1, 1 }, { 1, 7 }, { 7, 1 }, { 3, 5 }, { 257, 3 } };
	const struct png_case cases[] = { default_case(GREY, 1), default_case(PALETTE, 4),
		                          default_case(RGB, 8), default_case(RGBA, 16) };
	int status = 0;

	for (size_t i = 0; i < COUNT(cases); i++) {
		for (size_t j = 0; j < COUNT(sizes) && !status; j++) {
			struct png_case png_case = cases[i];

			png_case.width = sizes[j][0];
			png_case.height = sizes[j][1];
			status = write_both(sink, png_case, "", NULL);
		}
	}
	return status;
}

static int write_filters(const struct file_sink *sink)
{
	static const struct {
		const char *what;
		int filters;
	} filters[] = {
		{ "-none", PNG_FILTER_NONE },   { "-sub", PNG_FILTER_SUB },
		{ "-up", PNG_FILTER_UP },       { "-average", PNG_FILTER_AVG },
		{ "-paeth", PNG_FILTER_PAETH },
	};
	const struct png_case cases[] = { default_case(PALETTE, 2), default_case(GREYA, 8),
		                          default_case(RGB, 8), default_case(RGBA, 16) };
	int status = 0;

	for (size_t i = 0; i < COUNT(cases); i++) {
		for (size_t j = 0; j < COUNT(filters) && !status; j++) {
			struct png_case png_case = cases[i];

			png_case.filters = filters[j].filters;
			status = write_case(sink, &png_case, filters[j].what, NULL);
		}
	}
	return status;
}

static int write_chunks(const struct file_sink *sink)
{
	struct {
		const char *what;
		struct png_case png_case;
		unsigned chunks;
	} kinds[] = {
		{ "-gama", default_case(RGB, 8), PNG_CASE_GAMA },
		{ "-srgb", default_case(RGB, 8), PNG_CASE_SRGB },
		{ "-chrm", default_case(RGB, 8), PNG_CASE_CHRM },
		{ "-bkgd", default_case(RGB, 8), PNG_CASE_BKGD },
		{ "-bkgd", default_case(RGBA, 16), PNG_CASE_BKGD },
		{ "-bkgd", default_case(PALETTE, 4), PNG_CASE_BKGD },
		{ "-sbit", default_case(RGB, 8), PNG_CASE_SBIT },
		{ "-sbit", default_case(GREY, 16), PNG_CASE_SBIT },
		{ "-phys", default_case(RGB, 8), PNG_CASE_PHYS },
		{ "-text", default_case(RGB, 8), PNG_CASE_TEXT },
		{ "-ztxt", default_case(RGB, 8), PNG_CASE_ZTXT },
		{ "-itxt", default_case(RGB, 8), PNG_CASE_ITXT },
		{ "-offs", default_case(RGB, 8), PNG_CASE_OFFS },
		{ "-hist", default_case(PALETTE, 4), PNG_CASE_HIST },
		{ "-time", default_case(RGB, 8), PNG_CASE_TIME },
		{ "-everything", default_case(GREY, 2), ALL_BUT_HIST },
		{ "-everything", default_case(RGBA, 8), ALL_BUT_HIST },
		{ "-everything", default_case(PALETTE, 8), ALL_BUT_HIST | PNG_CASE_HIST },
	};
	int status = 0;

	for (size_t i = 0; i < COUNT(kinds) && !status; i++) {
		kinds[i].png_case.chunks = kinds[i].chunks;
		status = write_case(sink, &kinds[i].png_case, kinds[i].what, NULL);
	}
	return status;
}

static int write_splits(const struct file_sink *sink)
{
	static const struct {
		const char *what;
		struct split split;
	} kinds[] = {
		{ "-idat-bytes", { .count = 1, .sizes = { 1 } } },
		{ "-idat-empty", { .count = 5, .sizes = { 0, 1, 0, 0, 40 } } },
		{ "-idat-uneven", { .count = 6, .sizes = { 1, 2, 3, 5, 8, 130 } } },
	};
	int status = 0;

	for (size_t i = 0; i < COUNT(kinds) && !status; i++) {
		status = write_both(sink, default_case(RGB, 8), kinds[i].what, &kinds[i].split);
		if (!status)
			status = write_both(sink, default_case(GREY, 4), kinds[i].what,
			                    &kinds[i].split);
	}
	return status;
}

static int write_opaque(const struct file_sink *sink)
{
	struct png_case cases[] = { default_case(RGBA, 8), default_case(RGBA, 16),
		                    default_case(GREYA, 8), default_case(GREYA, 16) };
	int status = 0;

	for (size_t i = 0; i < COUNT(cases) && !status; i++) {
		cases[i].opaque = true;
		status = write_both(sink, cases[i], "-opaque", NULL);
	}
	return status;
}

static int write_short_palettes(const struct file_sink *sink)
{
	static const int entries[][2] = { { 1, 1 }, { 2, 3 }, { 4, 5 }, { 8, 3 } };
	int status = 0;

	for (size_t i = 0; i < COUNT(entries) && !status; i++) {
		struct png_case png_case = default_case(PALETTE, entries[i][0]);

		png_case.palette_entries = entries[i][1];
		status = write_both(sink, png_case, "-short", NULL);
		png_case.transparent = true;
		if (!status)
			status = write_both(sink, png_case, "-short", NULL);
	}
	return status;
}

static int write_stored(const struct file_sink *sink)
{
	struct png_case cases[] = { default_case(RGB, 8), default_case(GREY, 16),
		                    default_case(PALETTE, 1), default_case(RGBA, 8) };
	int status = 0;

	for (size_t i = 0; i < COUNT(cases) && !status; i++) {
		cases[i].stored = true;
		status = write_both(sink, cases[i], "-stored", NULL);
	}
	return status;
}

int write_kinds(const struct file_sink *sink)
{
	static int (*const groups[])(const struct file_sink *sink) = {
		write_types,  write_sizes,  write_filters,        write_chunks,
		write_splits, write_opaque, write_short_palettes, write_stored,
	};
	int status = 0;

	for (size_t i = 0; i < COUNT(groups) && !status; i++)
		status = groups[i](sink);
	return status;
}
