/* SPDX-License-Identifier: MIT */
#include "appearance.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

bool appearance_has_range(const struct pixel_source *source)
{
	return source->format->kind == PIXEL_VALUE || source->format->kind == PIXEL_RGBA16;
}

bool appearance_has_map(const struct pixel_source *source)
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

bool appearance_parse_range(struct appearance *appearance, const char *text)
{
	appearance->has_given = false;
	if (strcmp(text, "auto") == 0) {
		appearance->mode = APPEARANCE_AUTO;
		return true;
	}
	if (strcmp(text, "full") == 0) {
		appearance->mode = APPEARANCE_FULL;
		return true;
	}
	appearance->mode = APPEARANCE_GIVEN;
	appearance->has_given = parse_given(text, &appearance->given);
	return appearance->has_given;
}

void appearance_next_range(struct appearance *appearance)
{
	switch (appearance->mode) {
	case APPEARANCE_DEFAULT:
		appearance->mode = appearance->is_following ? APPEARANCE_FULL : APPEARANCE_AUTO;
		break;
	case APPEARANCE_AUTO:
		appearance->mode = APPEARANCE_FULL;
		break;
	case APPEARANCE_FULL:
		appearance->mode = appearance->has_given ? APPEARANCE_GIVEN : APPEARANCE_AUTO;
		break;
	case APPEARANCE_GIVEN:
		appearance->mode = APPEARANCE_AUTO;
		break;
	}
}

void appearance_next_map(struct appearance *appearance)
{
	appearance->map = (appearance->map + 1) % COLOUR_MAPS;
}

/* ---- What pictures look like ---------------------------------------------------------------- */

static struct pixel_range auto_range(const struct appearance *appearance,
                                     const struct pixel_source *source, bool follows)
{
	struct pixel_range measured, range;

	if (!pixel_range_measure(source, &measured))
		return appearance->is_following ? appearance->shown : pixel_range_full(source);
	if (!follows)
		return measured;
	range = appearance->shown;
	pixel_range_follow(&range, &measured);
	return range;
}

static bool is_brightness(const struct pixel_source *source)
{
	return source->format->bits == 16 && (source->colour.white || !source->full_range);
}

bool appearance_zero_is_no_value(const struct appearance *appearance,
                                 const struct pixel_source *source)
{
	return appearance_has_map(source) && appearance->mode != APPEARANCE_FULL &&
	       !is_brightness(source);
}

static struct pixel_appearance appearance_of(struct appearance *appearance,
                                             const struct pixel_source *source, bool follows)
{
	struct pixel_appearance made = { .map = appearance->map };
	bool automatic = appearance->mode == APPEARANCE_AUTO ||
	                 (appearance->mode == APPEARANCE_DEFAULT && appearance_has_map(source));

	if (!appearance_has_range(source))
		return pixel_appearance_full(source);
	if (automatic)
		appearance->shown = auto_range(appearance, source, follows);
	else
		appearance->shown = appearance->mode == APPEARANCE_GIVEN ? appearance->given
		                                                         : pixel_range_full(source);
	appearance->is_following = automatic;
	made.range = appearance->shown;
	made.zero_is_no_value = appearance_zero_is_no_value(appearance, source);
	return made;
}

struct pixel_appearance appearance_of_next(struct appearance *appearance,
                                           const struct pixel_source *source)
{
	return appearance_of(appearance, source, appearance->is_following);
}

struct pixel_appearance appearance_of_other(struct appearance *appearance,
                                            const struct pixel_source *source)
{
	return appearance_of(appearance, source, false);
}
