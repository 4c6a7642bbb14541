/* SPDX-License-Identifier: MIT */
#include "bird.h"
#include "flock.h"
#include "split.h"

#include <png.h>
#include <stdio.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define GREY PNG_COLOR_TYPE_GRAY
#define GREYA PNG_COLOR_TYPE_GRAY_ALPHA
#define RGB PNG_COLOR_TYPE_RGB
#define RGBA PNG_COLOR_TYPE_RGB_ALPHA
#define PALETTE PNG_COLOR_TYPE_PALETTE

enum { USUAL_WIDTH = 33, USUAL_HEIGHT = 17, ALL_BUT_HIST = (BIRD_TIME * 2 - 1) & ~BIRD_HIST };

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

static struct bird usual(int colour_type, int depth)
{
	return (struct bird){ .colour_type = colour_type,
		              .depth = depth,
		              .width = USUAL_WIDTH,
		              .height = USUAL_HEIGHT };
}

static void name_bird(const struct bird *bird, const char *what, char *name, size_t size)
{
	const char *type = "";

	for (size_t i = 0; i < COUNT(types); i++) {
		if (types[i].colour_type == bird->colour_type && types[i].depth == bird->depth)
			type = types[i].name;
	}
	snprintf(name, size, "%s%s%s%s-%dx%d.png", type, bird->transparent ? "-trns" : "", what,
	         bird->interlaced ? "-interlaced" : "", bird->width, bird->height);
}

/* what: "", or a word for the name with a hyphen before it. split: NULL, or how to cut the IDATs. */
static int give(const struct flock *flock, const struct bird *bird, const char *what,
                const struct split *split)
{
	char name[128];
	struct bytes whole = { 0 };
	struct bytes pieces = { 0 };
	int result;

	name_bird(bird, what, name, sizeof(name));
	bird_write(bird, &whole);
	if (split)
		split_idats(&whole, split, &pieces);
	result = flock->handle(flock->context, name, split ? &pieces : &whole);
	bytes_finish(&pieces);
	bytes_finish(&whole);
	return result;
}

static int give_both(const struct flock *flock, struct bird bird, const char *what,
                     const struct split *split)
{
	int result;

	bird.interlaced = false;
	result = give(flock, &bird, what, split);
	bird.interlaced = true;
	return result ? result : give(flock, &bird, what, split);
}

static int give_types(const struct flock *flock)
{
	int result = 0;

	for (size_t i = 0; i < COUNT(types) && !result; i++) {
		struct bird bird = usual(types[i].colour_type, types[i].depth);

		result = give_both(flock, bird, "", NULL);
		bird.transparent = !(types[i].colour_type & PNG_COLOR_MASK_ALPHA);
		if (!result && bird.transparent)
			result = give_both(flock, bird, "", NULL);
	}
	return result;
}

static int give_sizes(const struct flock *flock)
{
	static const int sizes[][2] = { { 1, 1 }, { 1, 7 }, { 7, 1 }, { 3, 5 }, { 257, 3 } };
	const struct bird birds[] = { usual(GREY, 1), usual(PALETTE, 4), usual(RGB, 8),
		                      usual(RGBA, 16) };
	int result = 0;

	for (size_t i = 0; i < COUNT(birds); i++) {
		for (size_t j = 0; j < COUNT(sizes) && !result; j++) {
			struct bird bird = birds[i];

			bird.width = sizes[j][0];
			bird.height = sizes[j][1];
			result = give_both(flock, bird, "", NULL);
		}
	}
	return result;
}

static int give_filters(const struct flock *flock)
{
	static const struct {
		const char *what;
		int filters;
	} filters[] = {
		{ "-none", PNG_FILTER_NONE },   { "-sub", PNG_FILTER_SUB },
		{ "-up", PNG_FILTER_UP },       { "-average", PNG_FILTER_AVG },
		{ "-paeth", PNG_FILTER_PAETH },
	};
	const struct bird birds[] = { usual(PALETTE, 2), usual(GREYA, 8), usual(RGB, 8),
		                      usual(RGBA, 16) };
	int result = 0;

	for (size_t i = 0; i < COUNT(birds); i++) {
		for (size_t j = 0; j < COUNT(filters) && !result; j++) {
			struct bird bird = birds[i];

			bird.filters = filters[j].filters;
			result = give(flock, &bird, filters[j].what, NULL);
		}
	}
	return result;
}

static int give_chunks(const struct flock *flock)
{
	struct {
		const char *what;
		struct bird bird;
		unsigned chunks;
	} kinds[] = {
		{ "-gama", usual(RGB, 8), BIRD_GAMA },
		{ "-srgb", usual(RGB, 8), BIRD_SRGB },
		{ "-chrm", usual(RGB, 8), BIRD_CHRM },
		{ "-bkgd", usual(RGB, 8), BIRD_BKGD },
		{ "-bkgd", usual(RGBA, 16), BIRD_BKGD },
		{ "-bkgd", usual(PALETTE, 4), BIRD_BKGD },
		{ "-sbit", usual(RGB, 8), BIRD_SBIT },
		{ "-sbit", usual(GREY, 16), BIRD_SBIT },
		{ "-phys", usual(RGB, 8), BIRD_PHYS },
		{ "-text", usual(RGB, 8), BIRD_TEXT },
		{ "-ztxt", usual(RGB, 8), BIRD_ZTXT },
		{ "-itxt", usual(RGB, 8), BIRD_ITXT },
		{ "-offs", usual(RGB, 8), BIRD_OFFS },
		{ "-hist", usual(PALETTE, 4), BIRD_HIST },
		{ "-time", usual(RGB, 8), BIRD_TIME },
		{ "-everything", usual(GREY, 2), ALL_BUT_HIST },
		{ "-everything", usual(RGBA, 8), ALL_BUT_HIST },
		{ "-everything", usual(PALETTE, 8), ALL_BUT_HIST | BIRD_HIST },
	};
	int result = 0;

	for (size_t i = 0; i < COUNT(kinds) && !result; i++) {
		kinds[i].bird.chunks = kinds[i].chunks;
		result = give(flock, &kinds[i].bird, kinds[i].what, NULL);
	}
	return result;
}

static int give_splits(const struct flock *flock)
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
		result = give_both(flock, usual(RGB, 8), kinds[i].what, &kinds[i].split);
		if (!result)
			result = give_both(flock, usual(GREY, 4), kinds[i].what, &kinds[i].split);
	}
	return result;
}

static int give_opaque(const struct flock *flock)
{
	struct bird birds[] = { usual(RGBA, 8), usual(RGBA, 16), usual(GREYA, 8),
		                usual(GREYA, 16) };
	int result = 0;

	for (size_t i = 0; i < COUNT(birds) && !result; i++) {
		birds[i].opaque = true;
		result = give_both(flock, birds[i], "-opaque", NULL);
	}
	return result;
}

static int give_short_palettes(const struct flock *flock)
{
	static const int entries[][2] = { { 1, 1 }, { 2, 3 }, { 4, 5 }, { 8, 3 } };
	int result = 0;

	for (size_t i = 0; i < COUNT(entries) && !result; i++) {
		struct bird bird = usual(PALETTE, entries[i][0]);

		bird.palette_entries = entries[i][1];
		result = give_both(flock, bird, "-short", NULL);
		bird.transparent = true;
		if (!result)
			result = give_both(flock, bird, "-short", NULL);
	}
	return result;
}

static int give_stored(const struct flock *flock)
{
	struct bird birds[] = { usual(RGB, 8), usual(GREY, 16), usual(PALETTE, 1), usual(RGBA, 8) };
	int result = 0;

	for (size_t i = 0; i < COUNT(birds) && !result; i++) {
		birds[i].stored = true;
		result = give_both(flock, birds[i], "-stored", NULL);
	}
	return result;
}

int flock_kinds(const struct flock *flock)
{
	static int (*const groups[])(const struct flock *flock) = {
		give_types,  give_sizes,  give_filters,        give_chunks,
		give_splits, give_opaque, give_short_palettes, give_stored,
	};
	int result = 0;

	for (size_t i = 0; i < COUNT(groups) && !result; i++)
		result = groups[i](flock);
	return result;
}
