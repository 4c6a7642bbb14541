/* SPDX-License-Identifier: MIT */
#include "raw_header.h"

#include <ctype.h>
#include <stddef.h>
#include <string.h>

enum { SIDE_MAX = 1 << 26 };

const char *raw_layout_init(struct raw_layout *layout, const struct raw_format *format,
                            uint32_t width, uint32_t height)
{
	if (width - 1 >= SIDE_MAX || height - 1 >= SIDE_MAX)
		return "impossible size";
	*layout = (struct raw_layout){
		.format = format, .width = width, .height = height, .maximum = 255
	};
	raw_yuv_init(&layout->yuv, matrix_of_rows(height), false);
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

/* ---- PGM, PPM, PAM ------------------------------------------------------------------------ */

/* Parses up to nine digits. NULL: no digit, or more than nine. */
static const char *parse_number(const char *text, uint32_t *value)
{
	const char *at = text;

	for (*value = 0; isdigit((unsigned char)*at) && at - text < 9; at++)
		*value = 10 * *value + (uint32_t)(*at - '0');
	return at == text || isdigit((unsigned char)*at) ? NULL : at;
}

static const char *skip_blanks_and_comments(const char *at)
{
	while (isspace((unsigned char)*at) || *at == '#')
		at += *at == '#' ? strcspn(at, "\n") : 1;
	return at;
}

/* Width, height and maximum, with one blank after each. */
static bool parse_pgm_or_ppm(const char *text, uint32_t numbers[3])
{
	const char *at = text + 2;

	for (int i = 0; i < 3; i++) {
		if (!isspace((unsigned char)*at))
			return false;
		at = parse_number(skip_blanks_and_comments(at), &numbers[i]);
		if (!at)
			return false;
	}
	return isspace((unsigned char)*at);
}

bool raw_header_pnm_is_complete(const char *text)
{
	size_t size = strlen(text);
	uint32_t numbers[3];

	if (text[1] == '7')
		return size > 10 && strcmp(text + size - 8, "\nENDHDR\n") == 0;
	return parse_pgm_or_ppm(text, numbers);
}

/* The text after a word at the start of a line. NULL: no line starts with the word. */
static const char *find_line(const char *text, const char *word)
{
	size_t length = strlen(word);

	for (; text; text = strchr(text, '\n')) {
		text += *text == '\n';
		if (strncmp(text, word, length) == 0 && text[length] == ' ')
			return text + length + 1;
	}
	return NULL;
}

static bool parse_line(const char *text, const char *word, uint32_t *value)
{
	const char *found = find_line(text, word);

	return found && parse_number(found, value);
}

static const char *parse_pam(const char *text, uint32_t numbers[3], uint32_t *depth)
{
	static const char *const types[] = { "BLACKANDWHITE", "GRAYSCALE", "RGB" };
	const char *type = find_line(text, "TUPLTYPE");

	if (!parse_line(text, "WIDTH", &numbers[0]) || !parse_line(text, "HEIGHT", &numbers[1]) ||
	    !parse_line(text, "MAXVAL", &numbers[2]) || !parse_line(text, "DEPTH", depth))
		return "damaged: a PAM header without WIDTH, HEIGHT, DEPTH or MAXVAL";
	for (size_t i = 0; type && i < sizeof(types) / sizeof(types[0]); i++) {
		if (strncmp(type, types[i], strlen(types[i])) == 0)
			return NULL;
	}
	return type ? "a PAM that is neither grey nor RGB" : NULL;
}

const char *raw_header_pnm(const char *text, struct raw_layout *layout)
{
	static const char *const names[] = { "gray", "ya8", "rgb24", "rgba" };
	uint32_t numbers[3] = { 0 }, depth = text[1] == '5' ? 1 : 3;
	const char *fault = NULL;

	if (text[1] == '7')
		fault = parse_pam(text, numbers, &depth);
	else if (!parse_pgm_or_ppm(text, numbers))
		fault = "damaged: not a PGM or PPM header";
	if (!fault && (depth < 1 || depth > 4 || numbers[2] < 1 || numbers[2] > 65535))
		fault = "damaged: impossible DEPTH or MAXVAL";
	if (!fault)
		fault = raw_layout_init(layout, raw_format_find(names[depth - 1]), numbers[0],
		                        numbers[1]);
	if (!fault)
		layout->maximum = numbers[2];
	return fault;
}

/* ---- Y4M ---------------------------------------------------------------------------------- */

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

/* 0: no rate, an invalid one, or one above the limit of -r. */
static uint32_t parse_rate(const char *rate)
{
	uint32_t frames, seconds;
	const char *at = rate ? parse_number(rate, &frames) : NULL;

	if (!at || *at != ':' || !parse_number(at + 1, &seconds) || !seconds ||
	    frames / seconds >= 1000000)
		return 0;
	return (uint32_t)(((uint64_t)frames * 1000 + seconds / 2) / seconds);
}

/* NULL: the header names no matrix, or one that is not known here. */
static const struct matrix *parse_matrix(const char *text)
{
	const char *name = find_parameter(text, MATRIX_Y4M_TAG);

	return name ? matrix_find(name, strcspn(name, " \n")) : NULL;
}

const char *raw_header_y4m(const char *text, const struct matrix *matrix, struct raw_layout *layout,
                           uint32_t *fps_milli)
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
	raw_yuv_init(&layout->yuv, matrix ? matrix : matrix_of_rows(size[1]),
	             range && strncmp(range, "FULL", 4) == 0);
	*fps_milli = parse_rate(find_parameter(text, "F"));
	return NULL;
}
