/* SPDX-License-Identifier: MIT
 *
 * How the user wants to see 16-bit and float pixels: which values are black and white, and in which
 * colours. Main thread. */
#ifndef SHMFLIP_VIEWER_APPEARANCE_H
#define SHMFLIP_VIEWER_APPEARANCE_H

#include <stdbool.h>

#include "pixel_convert.h"

enum appearance_mode {
	APPEARANCE_DEFAULT, /* of gray and floats as APPEARANCE_AUTO, of RGB as APPEARANCE_FULL */
	APPEARANCE_AUTO,    /* the range follows the values of the pictures */
	APPEARANCE_FULL,    /* all that the format can hold: what a picture of 16 bits looks like */
	APPEARANCE_GIVEN,   /* by the options */
};

struct appearance {
	enum appearance_mode mode;
	enum colour_map map;
	bool has_given;
	struct pixel_range given;
	struct pixel_range shown; /* of the last picture that has a range */
	bool is_following;        /* shown is an automatic range */
};

/* Whether a picture has a range, and whether it has a colour map too. */
bool appearance_has_range(const struct pixel_source *source);
bool appearance_has_map(const struct pixel_source *source);

/* Reads auto, full or LO:HI. Returns false if text is none of these. */
bool appearance_parse_range(struct appearance *appearance, const char *text);

/* auto, full, and the given range if there is one. */
void appearance_next_range(struct appearance *appearance);
void appearance_next_map(struct appearance *appearance);

/* Whether 0 means that there is no value: in gray and floats, but not in the full range, and not in
 * gray of 16 bits that says that it is brightness. */
bool appearance_zero_is_no_value(const struct appearance *appearance,
                                 const struct pixel_source *source);

/* The appearance of the next picture. */
struct pixel_appearance appearance_of_next(struct appearance *appearance,
                                           const struct pixel_source *source);

/* The appearance of a picture that does not follow the last one, or is shown again: an automatic
 * range is its own. */
struct pixel_appearance appearance_of_other(struct appearance *appearance,
                                            const struct pixel_source *source);

#endif
