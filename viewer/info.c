/* SPDX-License-Identifier: MIT */
#include "info.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "text.h"

#define SOURCE_SIZE 40 /* bytes of a frame's name that fit the panel, with the 0 at the end */

const char info_help_keys[] = "space\n"
			      "period\n"
			      "comma\n"
			      "+  -  wheel\n"
			      "1  0\n"
			      "arrows, drag\n"
			      "f, F11, double click\n"
			      "Esc\n"
			      "Tab, Shift+Tab\n"
			      "s\n"
			      "r\n"
			      "c\n"
			      "i\n"
			      "h, ?, F1\n"
			      "q";

const char info_help_meanings[] = "pause, resume\n"
				  "next frame\n"
				  "frame before, since the pause\n"
				  "zoom\n"
				  "actual size, initial size\n"
				  "move the picture\n"
				  "fullscreen and back\n"
				  "back from fullscreen, else quit\n"
				  "next channel, previous one\n"
				  "save the frame as PNG\n"
				  "16 bits, float: range auto or full\n"
				  "16 bits, float: next colour map\n"
				  "information\n"
				  "help\n"
				  "quit";

/* Adds a line to names and a line to values. */
static void __attribute__((format(printf, 4, 5)))
add(char *names, char *values, const char *name, const char *format, ...)
{
	size_t names_length = strlen(names), values_length = strlen(values);
	const char *line_end = names_length > 0 ? "\n" : "";
	va_list arguments;

	snprintf(names + names_length, INFO_SIZE - names_length, "%s%s", line_end, name);
	values_length +=
		(size_t)snprintf(values + values_length, INFO_SIZE - values_length, "%s", line_end);
	va_start(arguments, format);
	if (values_length < INFO_SIZE)
		vsnprintf(values + values_length, INFO_SIZE - values_length, format, arguments);
	va_end(arguments);
}

/* What the format leaves open. */
static void format_detail(char *text, size_t size, const struct pixel_source *source)
{
	const char *range = source->full_range ? "full" : "limited";

	text[0] = '\0';
	if (source->format->kind == PIXEL_YUV)
		snprintf(text, size, ", %s %s", source->matrix->name, range);
	else if (!source->full_range)
		snprintf(text, size, ", %s", range);
	else if (source->format->bits == 16 && source->white != UINT16_MAX)
		snprintf(text, size, ", white %g", (double)source->white);
}

static void add_format(const struct info *info, char *names, char *values)
{
	const struct shmflip_format_info *format = shmflip_format_info(info->picture->fourcc);
	char text[INFO_APPEARANCE_SIZE] = "";

	if (info->source)
		format_detail(text, sizeof(text), info->source);
	add(names, values, "format", "%s%s", format ? format->name : "-", text);
	if (!info->source || !appearance_has_range(info->source))
		return;
	info_format_appearance(text, info->appearance, info->source);
	add(names, values, "range", "%s", text);
}

static const char *alpha_detail(const struct info *info)
{
	if (info->picture->opaque)
		return "";
	return info->source && info->source->premultiplied ? ", with premultiplied alpha"
	                                                   : ", with alpha";
}

static void add_size(const struct info *info, char *names, char *values)
{
	const struct picture_info *picture = info->picture;
	char aspect[48] = "";

	if (picture->aspect_num != picture->aspect_den)
		snprintf(aspect, sizeof(aspect), ", pixels of %" PRIu32 ":%" PRIu32,
		         picture->aspect_num, picture->aspect_den);
	add(names, values, "size", "%" PRIu32 " x %" PRIu32 "%s%s%s", picture->width,
	    picture->height, alpha_detail(info), picture->orientation > 1 ? ", turned" : "",
	    aspect);
}

static void add_frame(const struct info *info, char *names, char *values)
{
	const struct picture_info *picture = info->picture;
	char source[SOURCE_SIZE];

	text_copy_plain(source, sizeof(source), picture->source);
	add(names, values, "channel", "%s", info->channel);
	add(names, values, "frame", "%" PRIu64 "  %s", picture->sequence, source);
	add_size(info, names, values);
	add_format(info, names, values);
	add(names, values, "zoom", "%.4g %%", 100 * info->zoom);
	if (info->copies == 0)
		add(names, values, "shown by", "%s, no copy", info->presenter);
	else
		add(names, values, "shown by", "%s, %u cop%s", info->presenter, info->copies,
		    info->copies == 1 ? "y" : "ies");
}

static void add_rate(const struct info *info, char *names, char *values)
{
	char announced[32] = "", rate[32] = "-", stale[INFO_STALE_SIZE];

	if (info->fps >= 0)
		snprintf(rate, sizeof(rate), "%.1f", info->fps);
	if (info->announced_fps > 0)
		snprintf(announced, sizeof(announced), " of %.5g", info->announced_fps);
	if (info->state >= LIVENESS_ENDED) {
		info_format_stale(stale, info->state, info->stale_s);
		add(names, values, "rate", "%s", stale);
	} else if (info->paused) {
		add(names, values, "rate", "paused");
	} else {
		add(names, values, "rate", "%s%s fps", rate, announced);
	}
}

static void add_counts(const struct info *info, char *names, char *values)
{
	add(names, values, "shown", "%" PRIu64 " new, %" PRIu64 " repeated", info->shown,
	    info->repeated);
	add(names, values, "not shown", "%" PRIu64 " missed, %" PRIu64 " dropped", info->missed,
	    info->dropped);
	if (info->has_ages)
		add(names, values, "age", "%.2f ms, 99 %% below %.2f ms",
		    (double)info->age_p50_ns / 1e6, (double)info->age_p99_ns / 1e6);
	else
		add(names, values, "age", "-");
}

static bool says_all(const struct pixel_source *source)
{
	return !source || source->format->kind == PIXEL_RGB;
}

/* The values as they came, for formats whose pixels are no colours of 8 bits. */
static void format_values(char *text, size_t size, const struct info *info)
{
	const struct pixel_values *values = &info->values;
	const double *value = values->value;
	uint32_t pixel = info->pixel;

	if (values->count == 1 && value[0] == 0 &&
	    appearance_zero_is_no_value(info->appearance, info->source))
		snprintf(text, size, "0: no value");
	else if (values->count == 1 && values->has_measure)
		snprintf(text, size, "%.7g = %.6g", value[0], values->measure);
	else if (values->count == 1)
		snprintf(text, size, "%.7g", value[0]);
	else if (info->source->format->kind == PIXEL_YUV)
		snprintf(text, size, "YUV %g %g %g  RGB %u %u %u", value[0], value[1], value[2],
		         (unsigned)(pixel >> 16 & 255), (unsigned)(pixel >> 8 & 255),
		         (unsigned)(pixel & 255));
	else if (values->count == 3)
		snprintf(text, size, "%g %g %g", value[0], value[1], value[2]);
	else
		snprintf(text, size, "%g %g %g  alpha %g", value[0], value[1], value[2], value[3]);
}

static void add_values(const struct info *info, char *names, char *values)
{
	char text[INFO_APPEARANCE_SIZE];

	format_values(text, sizeof(text), info);
	add(names, values, "pixel", "%d, %d:  %s", info->pointer.x, info->pointer.y, text);
}

static void add_pixel(const struct info *info, char *names, char *values)
{
	uint32_t pixel = info->pixel;
	char alpha[16] = "";

	if (!info->has_pointer) {
		add(names, values, "pixel", "-");
		return;
	}
	if (!info->has_pixel) {
		add(names, values, "pixel", "%d, %d", info->pointer.x, info->pointer.y);
		return;
	}
	if (!says_all(info->source)) {
		add_values(info, names, values);
		return;
	}
	if (!info->picture->opaque)
		snprintf(alpha, sizeof(alpha), "  alpha %u", (unsigned)(pixel >> 24));
	add(names, values, "pixel", "%d, %d:  #%06x  %u %u %u%s", info->pointer.x, info->pointer.y,
	    (unsigned)(pixel & 0xffffff), (unsigned)(pixel >> 16 & 255),
	    (unsigned)(pixel >> 8 & 255), (unsigned)(pixel & 255), alpha);
}

void info_format(const struct info *info, char names[INFO_SIZE], char values[INFO_SIZE])
{
	names[0] = '\0';
	values[0] = '\0';
	add_frame(info, names, values);
	add_rate(info, names, values);
	add_counts(info, names, values);
	add_pixel(info, names, values);
}

void info_format_appearance(char text[INFO_APPEARANCE_SIZE], const struct appearance *appearance,
                            const struct pixel_source *source)
{
	const char *chosen = appearance->mode == APPEARANCE_GIVEN ? "given" : "full";
	const char *mode = appearance->is_following ? "auto" : chosen;
	bool has_map = appearance_has_map(source);

	snprintf(text, INFO_APPEARANCE_SIZE, "%.5g to %.5g (%s)%s%s", (double)appearance->shown.low,
	         (double)appearance->shown.high, mode, has_map ? ", " : "",
	         has_map ? colour_map_names[appearance->map] : "");
}

void info_format_stale(char text[INFO_STALE_SIZE], enum liveness_state state, int64_t stale_s)
{
	static const char *const endings[] = {
		[LIVENESS_ENDED] = "ended its stream",
		[LIVENESS_DIED] = "died",
		[LIVENESS_BROKEN] = "broke",
		[LIVENESS_REPLACED] = "was replaced",
	};
	const char *unit = stale_s < 120 ? "s" : stale_s < 7200 ? "min" : "h";
	int64_t count = stale_s < 120 ? stale_s : stale_s < 7200 ? stale_s / 60 : stale_s / 3600;

	snprintf(text, INFO_STALE_SIZE, "stale %" PRId64 " %s: the producer %s", count, unit,
	         endings[state]);
}
