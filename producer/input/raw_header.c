/* SPDX-License-Identifier: MIT */
#include "raw_header.h"

#include <ctype.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "h273.h"

enum { SIDE_MAX = 1 << 26 };

const char *raw_layout_init(struct raw_layout *layout, const struct raw_format *format,
                            uint32_t width, uint32_t height)
{
	if (width - 1 >= SIDE_MAX || height - 1 >= SIDE_MAX)
		return "impossible size";
	*layout = (struct raw_layout){
		.format = format,
		.width = width,
		.height = height,
		.maximum = 255,
		.colour = { .range = format->range, .white = format->white },
	};
	return NULL;
}

uint64_t raw_layout_row_bytes(const struct raw_layout *layout)
{
	return (uint64_t)layout->width * layout->format->pixel_bytes *
	       (layout->maximum > 255 ? 2 : 1);
}

uint64_t raw_layout_bytes(const struct raw_layout *layout)
{
	struct shmflip_layout planes;
	uint64_t bytes = 0;

	if (layout->format->pixel_bytes)
		return raw_layout_row_bytes(layout) * layout->height;
	shmflip_init(&planes);
	if (shmflip_format_layout(layout->format->fourcc, layout->width, layout->height, &planes))
		return UINT64_MAX;
	for (uint32_t plane = 0; plane < planes.planes; plane++)
		bytes += (uint64_t)planes.row_bytes[plane] * planes.rows[plane];
	return bytes;
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

/* Parses numbers with a separator between them, up to the end of the word. */
static bool parse_numbers(const char *text, char separator, uint32_t *values, int count)
{
	for (int i = 0; i < count; i++) {
		if (i && *text++ != separator)
			return false;
		text = parse_number(text, &values[i]);
		if (!text)
			return false;
	}
	return strcspn(text, " \n") == 0;
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

static bool is_word(const char *text, const char *word)
{
	return strlen(word) == strcspn(text, " \n") && strncmp(text, word, strlen(word)) == 0;
}

/* Siting: as in struct shmflip_colour. A header without a name means the first. */
static const struct chroma {
	const char *name;
	uint32_t fourcc;
	uint8_t siting;
} chromas[] = {
	{ "420jpeg", SHMFLIP_YUV420, 2 },  { "420", SHMFLIP_YUV420, 2 },
	{ "420mpeg2", SHMFLIP_YUV420, 1 }, { "420paldv", SHMFLIP_YUV420, 3 },
	{ "422", SHMFLIP_YUV422, 0 },      { "444", SHMFLIP_YUV444, 0 },
	{ "mono", SHMFLIP_R8, 0 },         { "420p10", SHMFLIP_S010, 0 },
	{ "422p10", SHMFLIP_S210, 0 },     { "444p10", SHMFLIP_S410, 0 },
	{ "mono16", SHMFLIP_R16, 0 },
};

static const struct chroma *parse_chroma(const char *text)
{
	if (!text)
		return &chromas[0];
	for (size_t i = 0; i < sizeof(chromas) / sizeof(chromas[0]); i++) {
		if (is_word(text, chromas[i].name))
			return &chromas[i];
	}
	return NULL;
}

/* 4:2:0, 4:2:2 or 4:4:4 of 12, 14 or 16 bits. */
static bool is_deep(const char *text)
{
	static const char *const depths[] = { "p12", "p14", "p16" };

	for (size_t i = 0; i < sizeof(depths) / sizeof(depths[0]); i++) {
		if (is_word(text + strcspn(text, "p \n"), depths[i]))
			return true;
	}
	return false;
}

/* No rate if there is none, or an invalid one, or one outside the limits of -r: 0.0005 to 10^6. */
static struct frame_rate parse_rate(const char *text)
{
	uint32_t rate[2];

	if (!text || !parse_numbers(text, ':', rate, 2) || !rate[1] ||
	    rate[0] / rate[1] >= 1000000 || (uint64_t)rate[0] * 2000 < rate[1])
		return (struct frame_rate){ 0 };
	return (struct frame_rate){ rate[0], rate[1] };
}

static void parse_aspect(const char *text, struct raw_layout *layout)
{
	uint32_t aspect[2];

	if (!text || !parse_numbers(text, ':', aspect, 2) || !aspect[0] || !aspect[1])
		return;
	layout->aspect_num = aspect[0];
	layout->aspect_den = aspect[1];
}

/* XCICP has the four numbers of PNG's cICP, with a range of 0 for limited and 1 for full. */
static void parse_cicp(const char *text, struct shmflip_colour *colour)
{
	uint32_t codes[4];

	if (!text || !parse_numbers(text, '-', codes, 4) || codes[0] > UINT8_MAX ||
	    codes[1] > UINT8_MAX || codes[2] > UINT8_MAX || codes[3] > 1)
		return;
	colour->primaries = known_code((uint8_t)codes[0]);
	colour->transfer = known_code((uint8_t)codes[1]);
	colour->matrix = known_code((uint8_t)codes[2]);
	colour->range = codes[3] ? RANGE_FULL : RANGE_LIMITED;
}

/* Gray that says nothing is limited in a Y4M, and full elsewhere. */
static void parse_range(const char *text, struct raw_layout *layout)
{
	bool gray = layout->format->pixel_bytes;

	if (text && is_word(text, "FULL"))
		layout->colour.range = RANGE_FULL;
	else if ((text && is_word(text, "LIMITED")) || (gray && !layout->colour.range))
		layout->colour.range = RANGE_LIMITED;
}

const char *raw_header_y4m(const char *text, struct raw_layout *layout, struct frame_rate *rate)
{
	const char *width = find_parameter(text, "W"), *height = find_parameter(text, "H"), *fault;
	const struct chroma *chroma = parse_chroma(find_parameter(text, "C"));
	uint32_t size[2];

	if (!width || !height || !parse_numbers(width, 0, &size[0], 1) ||
	    !parse_numbers(height, 0, &size[1], 1))
		return "damaged: a Y4M header without a size";
	if (!chroma && is_deep(find_parameter(text, "C")))
		return "a Y4M of more than 10 bits, for which there is no pixel format: convert "
		       "it, as with ffmpeg's -pix_fmt yuv444p10le";
	if (!chroma)
		return "a Y4M that is not 420, 422 or 444 of 8 or 10 bits, mono or mono16: convert "
		       "it, as with ffmpeg's -pix_fmt yuv420p";
	fault = raw_layout_init(layout, raw_format_of(chroma->fourcc), size[0], size[1]);
	if (fault)
		return fault;
	layout->colour.siting = chroma->siting;
	parse_cicp(find_parameter(text, "XCICP="), &layout->colour);
	parse_range(find_parameter(text, "XCOLORRANGE="), layout);
	parse_aspect(find_parameter(text, "A"), layout);
	*rate = parse_rate(find_parameter(text, "F"));
	return NULL;
}
