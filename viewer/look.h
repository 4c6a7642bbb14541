/* SPDX-License-Identifier: MIT
 *
 * How the user wants to see 16-bit and float pixels: which values are black and white, and in which
 * colours. Main thread. */
#ifndef SHMFLIP_VIEWER_LOOK_H
#define SHMFLIP_VIEWER_LOOK_H

#include <stdbool.h>

#include "pixel_convert.h"

enum look_mode {
	LOOK_DEFAULT, /* of gray and floats as LOOK_AUTO, of RGB as LOOK_FULL */
	LOOK_AUTO,    /* the range follows the values of the pictures */
	LOOK_FULL,    /* all that the format can hold: what a picture of 16 bits looks like */
	LOOK_GIVEN,   /* by the options */
};

struct look {
	enum look_mode mode;
	enum colour_map map;
	bool has_given;
	struct pixel_range given;
	struct pixel_range shown; /* of the last picture that has a range */
	bool is_following;        /* shown is an automatic range */
};

/* Whether a picture has a range, and whether it has a colour map too. */
bool look_has_range(const struct pixel_source *source);
bool look_has_map(const struct pixel_source *source);

/* Reads auto, full or LO:HI. Returns false if text is none of these. */
bool look_parse_range(struct look *look, const char *text);

/* auto, full, and the given range if there is one. */
void look_next_range(struct look *look);
void look_next_map(struct look *look);

/* Whether 0 means that there is no value: in gray and floats, but not in the full range, and not in
 * gray of 16 bits that says that it is brightness. */
bool look_zero_is_no_value(const struct look *look, const struct pixel_source *source);

/* The look of the next picture. */
struct pixel_look look_at_next(struct look *look, const struct pixel_source *source);

/* The look of a picture that does not follow the last one, or is shown again: an automatic range is
 * its own. */
struct pixel_look look_at_other(struct look *look, const struct pixel_source *source);

#endif
