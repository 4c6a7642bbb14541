/* SPDX-License-Identifier: MIT */
#include "labels.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "h273.h"
#include "matrix.h"

const char *label_state(const struct snapshot *snapshot)
{
	if (!snapshot->status)
		return "unknown";
	if (snapshot->stopped)
		return "stopped";
	switch (snapshot->status->state) {
	case SHMFLIP_RUNNING:
		return "alive";
	case SHMFLIP_ENDED:
		return "ended";
	case SHMFLIP_FAILED:
		return "failed";
	default:
		return "stale";
	}
}

const char *label_policy(uint32_t policy)
{
	return policy == SHMFLIP_POLICY_LOSSLESS ? "lossless" : "latest";
}

const char *label_format(char out[LABEL_FORMAT_SIZE], uint32_t fourcc)
{
	const struct shmflip_format_info *info = shmflip_format_info(fourcc);

	if (info)
		return info->name;
	snprintf(out, LABEL_FORMAT_SIZE, "0x%08x", fourcc);
	return out;
}

static void __attribute__((format(printf, 2, 3)))
append(char out[LABEL_PIXELS_SIZE], const char *format, ...)
{
	size_t used = strlen(out);
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(out + used, LABEL_PIXELS_SIZE - used, format, arguments);
	va_end(arguments);
}

uint32_t label_bits(const struct shmflip_format_info *info, const struct shmflip_colour *colour)
{
	uint32_t all = info ? info->bits : 8;

	return colour->bits && colour->bits < all ? colour->bits : all;
}

static void append_bits(char out[LABEL_PIXELS_SIZE], const struct shmflip_format_info *info,
                        const struct shmflip_colour *colour)
{
	uint32_t bits = label_bits(info, colour);

	if (info && info->flags & SHMFLIP_FORMAT_FLOAT)
		append(out, ", float");
	else if (bits != 8)
		append(out, ", %u bits", bits);
	if (colour->white)
		append(out, ", white is %u", colour->white);
}

/* Of H.273, most streams name only a matrix. */
static void append_codes(char out[LABEL_PIXELS_SIZE], const struct shmflip_colour *colour)
{
	static const char *const names[] = { "BT.601", "BT.709", "BT.2020" };
	const struct matrix *matrix = matrix_of_code(colour->matrix);
	unsigned primaries = known_code(colour->primaries);
	unsigned transfer = known_code(colour->transfer), code = known_code(colour->matrix);

	if (matrix)
		append(out, ", %s", names[matrix - matrices]);
	if (primaries || transfer || (code && !matrix))
		append(out, ", H.273 %u/%u/%u", primaries, transfer, code);
}

void label_pixels(char out[LABEL_PIXELS_SIZE], uint32_t fourcc, const struct shmflip_colour *colour)
{
	char format[LABEL_FORMAT_SIZE];
	const char *range = label_range(colour->range);

	snprintf(out, LABEL_PIXELS_SIZE, "%s", label_format(format, fourcc));
	append_bits(out, shmflip_format_info(fourcc), colour);
	append_codes(out, colour);
	if (range)
		append(out, ", %s range", range);
}

const char *label_metadata(char out[LABEL_METADATA_SIZE], uint32_t type)
{
	if (type == SHMFLIP_METADATA_ICC)
		return "icc";
	if (type == SHMFLIP_METADATA_HDR)
		return "hdr";
	snprintf(out, LABEL_METADATA_SIZE, "0x%x", type);
	return out;
}

const char *label_range(uint32_t range)
{
	return range == RANGE_LIMITED ? "limited" : range == RANGE_FULL ? "full" : NULL;
}

void label_pid(char *out, size_t size, int32_t pid)
{
	snprintf(out, size, pid > 0 ? "%d" : "?", pid);
}

void label_bytes(char *out, size_t size, uint64_t bytes)
{
	static const char *const units[] = { "KiB", "MiB", "GiB", "TiB" };
	double value = (double)bytes / 1024;
	size_t unit = 0;

	while (value >= 1024 && unit < 3) {
		value /= 1024;
		unit++;
	}
	snprintf(out, size, "%.*f %s", value < 100 && unit > 0 ? 1 : 0, value, units[unit]);
}
