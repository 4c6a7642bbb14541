/* SPDX-License-Identifier: MIT */
#include "raw_header.h"

#include <ctype.h>
#include <stddef.h>
#include <string.h>

enum { SIDE_MAX = 1 << 26 };
enum { RANGE_LIMITED = 1, RANGE_FULL = 2 }; /* struct shmflip_colour */

const char *raw_layout_init(struct raw_layout *layout, const struct raw_format *format,
                            uint32_t width, uint32_t height)
{
	if (width - 1 >= SIDE_MAX || height - 1 >= SIDE_MAX)
		return "impossible size";
	*layout = (struct raw_layout){
		.format = format, .width = width, .height = height, .maximum = 255
	};
	return NULL;
}

uint64_t raw_layout_row_bytes(const struct raw_layout *layout)
{
	return (uint64_t)layout->width * layout->format->samples * (layout->maximum > 255 ? 2 : 1);
}

uint64_t raw_layout_bytes(const struct raw_layout *layout)
{
	const struct raw_format *format = layout->format;
	uint64_t luma = (uint64_t)layout->width * layout->height, columns, rows;

	if (format->convert)
		return raw_layout_row_bytes(layout) * layout->height;
	columns = (layout->width + format->shift_x) >> format->shift_x;
	rows = (layout->height + format->shift_y) >> format->shift_y;
	return luma + (layout->no_chroma ? 0 : 2 * columns * rows);
}

/* ---- Y4M ---------------------------------------------------------------------------------- */

/* Parses up to nine digits. NULL: no digit, or more than nine. */
static const char *parse_number(const char *text, uint32_t *value)
{
	const char *at = text;

	for (*value = 0; isdigit((unsigned char)*at) && at - text < 9; at++)
		*value = 10 * *value + (uint32_t)(*at - '0');
	return at == text || isdigit((unsigned char)*at) ? NULL : at;
}

/* The value of a parameter: the rest of a word that starts with its name. NULL: not given. */
static const char *find_parameter(const char *text, const char *name)
{
	size_t length = strlen(name);

	while ((text = strchr(text, ' '))) {
		text++;
		if (strncmp(text, name, length) == 0)
			return text + length;
	}
	return NULL;
}

/* The names of 8-bit video; a header without a name means the first. */
static const struct raw_format *parse_chroma(const char *chroma, bool *no_chroma)
{
	static const struct {
		const char *name, *format;
	} kinds[] = {
		{ "420", "yuv420p" },      { "420jpeg", "yuv420p" }, { "420mpeg2", "yuv420p" },
		{ "420paldv", "yuv420p" }, { "422", "yuv422p" },     { "444", "yuv444p" },
		{ "mono", "yuv444p" },
	};
	size_t length = chroma ? strcspn(chroma, " \n") : 0;

	*no_chroma = length == 4 && strncmp(chroma, "mono", 4) == 0;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (!chroma ||
		    (strlen(kinds[i].name) == length && !strncmp(chroma, kinds[i].name, length)))
			return raw_format_find(kinds[i].format);
	}
	return NULL;
}

/* No rate if there is none, or an invalid one, or one outside the limits of -r: 0.0005 to 10^6. */
static struct frame_rate parse_rate(const char *text)
{
	struct frame_rate rate;
	const char *at = text ? parse_number(text, &rate.num) : NULL;

	if (!at || *at != ':' || !parse_number(at + 1, &rate.den) || !rate.den ||
	    rate.num / rate.den >= 1000000 || (uint64_t)rate.num * 2000 < rate.den)
		return (struct frame_rate){ 0 };
	return rate;
}

/* NULL: the header names no matrix, or one that is not known here. */
static const struct matrix *parse_matrix(const char *text)
{
	const char *name = find_parameter(text, MATRIX_Y4M_TAG);

	return name ? matrix_find(name, strcspn(name, " \n")) : NULL;
}

const char *raw_header_y4m(const char *text, const struct matrix *matrix, struct raw_layout *layout,
                           struct frame_rate *rate)
{
	const char *width = find_parameter(text, "W"), *height = find_parameter(text, "H");
	const char *range = find_parameter(text, "XCOLORRANGE="), *fault;
	const struct raw_format *format;
	uint32_t size[2];
	bool no_chroma;

	if (!width || !height || !parse_number(width, &size[0]) || !parse_number(height, &size[1]))
		return "damaged: a Y4M header without a size";
	format = parse_chroma(find_parameter(text, "C"), &no_chroma);
	if (!format)
		return "a Y4M that is not 8-bit 420, 422, 444 or mono: convert it, as with "
		       "ffmpeg's "
		       "-pix_fmt yuv420p";
	fault = raw_layout_init(layout, format, size[0], size[1]);
	if (fault)
		return fault;
	layout->no_chroma = no_chroma;
	if (!matrix)
		matrix = parse_matrix(text);
	layout->colour.matrix = matrix ? matrix->code : 0;
	layout->colour.range = range && strncmp(range, "FULL", 4) == 0 ? RANGE_FULL : RANGE_LIMITED;
	*rate = parse_rate(find_parameter(text, "F"));
	return NULL;
}
