/* SPDX-License-Identifier: MIT */
#include "description.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#include "error.h"
#include "format.h"

#define OFFSET_UNIT 8
#define RANGE_MAX 2       /* limited, full */
#define SITING_MAX 6      /* H.273's largest Chroma420SampleLocType, and 1 */
#define ORIENTATION_MAX 8 /* EXIF's */

static bool is_valid_time(int64_t ns)
{
	const uint64_t largest = LAYOUT_TIME_END - 1;

	/* Most are not known. One comparison for the others: what is below -largest becomes
	 * large. */
	return ns == SHMFLIP_NO_TIME || (uint64_t)ns + largest <= 2 * largest;
}

int description_check_colour(const struct shmflip_colour *colour)
{
	if (colour->range > RANGE_MAX)
		return fail(-EINVAL, "colour range %u is invalid: use 0 to %d", colour->range,
		            RANGE_MAX);
	if (colour->siting > SITING_MAX)
		return fail(-EINVAL, "chroma siting %u is invalid: use 0 to %d", colour->siting,
		            SITING_MAX);
	return 0;
}

int description_check_values(const struct shmflip_frame *frame)
{
	if (frame->orientation > ORIENTATION_MAX)
		return fail(-EINVAL, "orientation %u is invalid: use 0 to %d", frame->orientation,
		            ORIENTATION_MAX);
	if (!is_valid_time(frame->published_ns) || !is_valid_time(frame->captured_ns) ||
	    !is_valid_time(frame->presentation_ns) || !is_valid_time(frame->duration_ns) ||
	    !is_valid_time(frame->decode_ns))
		return fail(-EINVAL, "a time of the frame is out of range: "
		                     "use nanoseconds between -2^62 and 2^62");
	return 0;
}

static int check_size(const struct shmflip_frame *frame)
{
	if (frame->width == 0 || frame->height == 0)
		return fail(-EINVAL, "a frame of %ux%u pixels is empty", frame->width,
		            frame->height);
	if (frame->fourcc == 0)
		return fail(-EINVAL, "a frame needs a pixel format");
	return description_check_colour(&frame->colour);
}

static int check_stride(const struct shmflip_frame *frame, const struct format *format,
                        uint32_t plane)
{
	uint32_t stride = frame->plane[plane].stride_bytes;
	uint32_t rows = frame->plane[plane].rows;
	uint64_t row_bytes = format_row_bytes(format, plane, frame->width);

	if (stride < row_bytes || (stride & (format_stride_unit(format, plane) - 1)) != 0)
		return fail(-EINVAL,
		            "plane %u: a stride of %u bytes is invalid: use a multiple of %u, at "
		            "least %llu, or shmflip_frame_layout()",
		            plane, stride, format_stride_unit(format, plane),
		            (unsigned long long)row_bytes);
	if (rows != format_rows(format, plane, frame->height))
		return fail(-EINVAL,
		            "plane %u has %u rows, where the format has %u: use "
		            "shmflip_frame_layout()",
		            plane, rows, format_rows(format, plane, frame->height));
	return 0;
}

static int check_format(const struct shmflip_frame *frame)
{
	const struct format *format = format_find(frame->fourcc);
	int error = 0;

	if (frame->planes == 0 || frame->planes > SHMFLIP_PLANES_MAX)
		return fail(-EINVAL, "a frame of %u planes is invalid: use 1 to %d", frame->planes,
		            SHMFLIP_PLANES_MAX);
	if (format && frame->planes != format->info.planes)
		return fail(-EINVAL, "the frame has %u planes, where the format has %u",
		            frame->planes, format->info.planes);
	for (uint32_t plane = 0; format && plane < frame->planes && !error; plane++)
		error = check_stride(frame, format, plane);
	return error;
}

static int fail_outside(uint32_t plane, const struct shmflip_frame *frame, uint64_t slot_bytes)
{
	return fail(-EMSGSIZE,
	            "plane %u of a frame of %ux%u pixels lies outside its slot of %llu bytes",
	            plane, frame->width, frame->height, (unsigned long long)slot_bytes);
}

/* Planes follow each other, and none overlaps the next. */
static int check_planes(const struct shmflip_frame *frame, const uint8_t *base, uint64_t slot_bytes)
{
	uint64_t end = 0, offset, bytes;

	for (uint32_t plane = 0; plane < frame->planes; plane++) {
		const struct shmflip_plane *at = &frame->plane[plane];

		offset = (uint64_t)((uintptr_t)at->pixels - (uintptr_t)base);
		bytes = (uint64_t)at->stride_bytes * at->rows;
		if (offset > slot_bytes || bytes > slot_bytes - offset ||
		    offset / OFFSET_UNIT > UINT32_MAX)
			return fail_outside(plane, frame, slot_bytes);
		if (bytes == 0)
			return fail(-EINVAL, "plane %u is empty", plane);
		if (offset < end || offset % OFFSET_UNIT != 0 || (plane == 0 && offset != 0))
			return fail(-EINVAL,
			            "plane %u begins at byte %llu: use 0 for the first plane, and "
			            "multiples of %d after the end of the one before",
			            plane, (unsigned long long)offset, OFFSET_UNIT);
		end = offset + bytes;
	}
	return 0;
}

int description_check_layout(const struct shmflip_frame *frame, const uint8_t *base,
                             uint64_t slot_bytes)
{
	int error = check_size(frame);

	if (!error)
		error = check_format(frame);
	return error ? error : check_planes(frame, base, slot_bytes);
}

bool description_has_layout_of(const struct shmflip_frame *frame, const struct shmflip_frame *other)
{
	return memcmp(&frame->fourcc, &other->fourcc,
	              offsetof(struct shmflip_frame, slot_bytes) -
	                      offsetof(struct shmflip_frame, fourcc)) == 0;
}

void description_get_layout(const struct shmflip_frame *frame, const uint8_t *base,
                            struct description_layout *layout)
{
	struct layout_geometry *geometry = &layout->geometry;

	*layout = (struct description_layout){ .fourcc = frame->fourcc, .planes = frame->planes };
	geometry->width = frame->width;
	geometry->height = frame->height;
	geometry->colour = frame->colour;
	for (uint32_t plane = 0; plane < frame->planes; plane++) {
		const struct shmflip_plane *at = &frame->plane[plane];

		geometry->stride_bytes[plane] = at->stride_bytes;
		geometry->offset_units[plane] =
			(uint32_t)(((uintptr_t)at->pixels - (uintptr_t)base) / OFFSET_UNIT);
		geometry->rows[plane] = at->rows;
	}
}

bool description_set_layout(struct shmflip_frame *frame, const uint8_t *base,
                            const struct description_layout *layout)
{
	const struct layout_geometry *geometry = &layout->geometry;

	if (layout->planes > SHMFLIP_PLANES_MAX)
		return false;
	frame->fourcc = layout->fourcc;
	frame->planes = layout->planes;
	frame->width = geometry->width;
	frame->height = geometry->height;
	frame->colour = geometry->colour;
	memset(frame->plane, 0, sizeof(frame->plane));
	for (uint32_t plane = 0; plane < layout->planes; plane++) {
		uint64_t offset = (uint64_t)geometry->offset_units[plane] * OFFSET_UNIT;

		frame->plane[plane] = (struct shmflip_plane){
			.pixels = (const uint8_t *)((uintptr_t)base + offset),
			.stride_bytes = geometry->stride_bytes[plane],
			.rows = geometry->rows[plane],
		};
	}
	return true;
}

void description_write(struct layout_slot *record, const struct shmflip_frame *frame)
{
	bool has_values = frame->value_scale != 0 || frame->value_offset != 0;

	record->published_ns = frame->published_ns;
	record->captured_ns = frame->captured_ns;
	record->presentation_ns = frame->presentation_ns;
	record->duration_ns = frame->duration_ns;
	record->decode_ns = frame->decode_ns;
	record->fourcc = frame->fourcc;
	record->flags = frame->flags;
	record->planes = (uint8_t)frame->planes;
	record->orientation = (uint8_t)frame->orientation;
	record->has_values = has_values;
	if (has_values) {
		record->value_scale = frame->value_scale;
		record->value_offset = frame->value_offset;
	}
}

static bool has_finite_values(const struct layout_slot *record)
{
	return record->has_values && isfinite(record->value_scale) &&
	       isfinite(record->value_offset);
}

void description_read_values(struct shmflip_frame *frame, const struct layout_slot *record)
{
	frame->published_ns = record->published_ns;
	frame->captured_ns = record->captured_ns;
	frame->presentation_ns = record->presentation_ns;
	frame->duration_ns = record->duration_ns;
	frame->decode_ns = record->decode_ns;
	frame->flags = record->flags;
	frame->orientation = record->orientation;
	frame->value_scale = has_finite_values(record) ? record->value_scale : 0;
	frame->value_offset = has_finite_values(record) ? record->value_offset : 0;
}
