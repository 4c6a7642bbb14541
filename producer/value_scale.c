/* SPDX-License-Identifier: MIT */
#include "value_scale.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "cli.h"

/* Reads a number, and moves *text behind it. */
static bool read_number(const char **text, float *number)
{
	char *end;

	*number = strtof(*text, &end);
	bool is_number = end != *text && isfinite(*number);
	*text = end;
	return is_number;
}

static bool read_scale(const char **text, float *scale)
{
	float divisor = 1;

	if (!read_number(text, scale))
		return false;
	if (**text == '/') {
		++*text;
		if (!read_number(text, &divisor))
			return false;
	}
	*scale /= divisor;
	return isfinite(*scale) && *scale != 0;
}

static bool read_all(const char *text, float *scale, float *offset)
{
	*offset = 0;
	if (!read_scale(&text, scale))
		return false;
	if (*text == ':') {
		text++;
		if (!read_number(&text, offset))
			return false;
	}
	return !*text;
}

void value_scale_option(const char *text, float *scale, float *offset)
{
	if (!read_all(text, scale, offset))
		cli_usage_error("--value-scale takes SCALE or SCALE:OFFSET, numbers such as 1/5000 "
		                "or 0.01:-273.15, not '%s'",
		                text);
}
