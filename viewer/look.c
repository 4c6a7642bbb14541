/* SPDX-License-Identifier: MIT */
#include "look.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

bool look_has_range(const struct pixel_source *source)
{
	return source->format->kind == PIXEL_VALUE || source->format->kind == PIXEL_RGBA16;
}

bool look_has_map(const struct pixel_source *source)
{
	return source->format->kind == PIXEL_VALUE;
}

/* ---- What the user chooses ------------------------------------------------------------------ */

static bool parse_given(const char *text, struct pixel_range *range)
{
	char *end;

	range->low = strtof(text, &end);
	if (end == text || *end != ':')
		return false;
	text = end + 1;
	range->high = strtof(text, &end);
	return end != text && !*end && isfinite(range->low) && isfinite(range->high) &&
	       range->low < range->high;
}

bool look_parse_range(struct look *look, const char *text)
{
	look->has_given = false;
	if (strcmp(text, "auto") == 0) {
		look->mode = LOOK_AUTO;
		return true;
	}
	if (strcmp(text, "full") == 0) {
		look->mode = LOOK_FULL;
		return true;
	}
	look->mode = LOOK_GIVEN;
	look->has_given = parse_given(text, &look->given);
	return look->has_given;
}

void look_next_range(struct look *look)
{
	switch (look->mode) {
	case LOOK_DEFAULT:
		look->mode = look->is_following ? LOOK_FULL : LOOK_AUTO;
		break;
	case LOOK_AUTO:
		look->mode = LOOK_FULL;
		break;
	case LOOK_FULL:
		look->mode = look->has_given ? LOOK_GIVEN : LOOK_AUTO;
		break;
	case LOOK_GIVEN:
		look->mode = LOOK_AUTO;
		break;
	}
}

void look_next_map(struct look *look)
{
	look->map = (look->map + 1) % COLOUR_MAPS;
}

/* ---- What pictures look like ---------------------------------------------------------------- */

static struct pixel_range auto_range(const struct look *look, const struct pixel_source *source,
                                     bool follows)
{
	struct pixel_range measured, range;

	if (!pixel_range_measure(source, &measured))
		return look->is_following ? look->shown : pixel_range_full(source);
	if (!follows)
		return measured;
	range = look->shown;
	pixel_range_follow(&range, &measured);
	return range;
}

static bool is_brightness(const struct pixel_source *source)
{
	return source->format->bits == 16 && (source->colour.white || !source->full_range);
}

bool look_zero_is_no_value(const struct look *look, const struct pixel_source *source)
{
	return look_has_map(source) && look->mode != LOOK_FULL && !is_brightness(source);
}

static struct pixel_look look_at(struct look *look, const struct pixel_source *source, bool follows)
{
	struct pixel_look made = { .map = look->map };
	bool automatic =
		look->mode == LOOK_AUTO || (look->mode == LOOK_DEFAULT && look_has_map(source));

	if (!look_has_range(source))
		return pixel_look_full(source);
	if (automatic)
		look->shown = auto_range(look, source, follows);
	else
		look->shown = look->mode == LOOK_GIVEN ? look->given : pixel_range_full(source);
	look->is_following = automatic;
	made.range = look->shown;
	made.zero_is_no_value = look_zero_is_no_value(look, source);
	return made;
}

struct pixel_look look_at_next(struct look *look, const struct pixel_source *source)
{
	return look_at(look, source, look->is_following);
}

struct pixel_look look_at_other(struct look *look, const struct pixel_source *source)
{
	return look_at(look, source, false);
}
