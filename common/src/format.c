/* SPDX-License-Identifier: MIT */
#include "format.h"

#include <errno.h>
#include <stddef.h>

#include "error.h"
#include "layout.h"
#include "structure.h"

#define ROW_UNIT UINT64_C(64)
#define BYTES_MAX (INT64_MAX / SHMFLIP_PLANES_MAX - LAYOUT_PAGE) /* of a plane */

/* Half of a value, rounded up, or all of it. */
static uint64_t halve(uint64_t value, unsigned halved)
{
	return (value + halved) >> halved;
}

uint64_t format_row_bytes(const struct format *format, uint32_t plane, uint32_t width)
{
	unsigned halved = format->info.chroma_halved_x;

	if (plane == 0)
		return halve(width, format->info.planes == 1 ? halved : 0) * format->block_bytes;
	return halve(width, halved) * format->chroma_bytes;
}

uint32_t format_rows(const struct format *format, uint32_t plane, uint32_t height)
{
	return plane == 0 ? height : (uint32_t)halve(height, format->info.chroma_halved_y);
}

uint32_t format_stride_unit(const struct format *format, uint32_t plane)
{
	uint32_t bytes = plane == 0 ? format->block_bytes : format->chroma_bytes;

	return bytes % 4 == 0 ? bytes : 4;
}

/* Chroma that is halved across and lies in planes of its own has half the stride of plane 0. So
 * that one is a multiple of two units. */
static uint64_t stride_of(const struct format *format, uint32_t plane, uint32_t width)
{
	unsigned halved = format->info.planes > 1 ? format->info.chroma_halved_x : 0;
	uint64_t unit = ROW_UNIT << halved;
	uint64_t stride = (format_row_bytes(format, 0, width) + unit - 1) & ~(unit - 1);

	return plane > 0 && format->info.planes == 3 ? stride >> halved : stride;
}

/* The rows that a plane takes: chroma begins after an even number of rows if it is halved. */
static uint64_t rows_taken(const struct format *format, uint32_t plane, uint32_t height)
{
	uint64_t rows = format_rows(format, plane, height);

	return plane == 0 && format->info.chroma_halved_y ? (rows + 1) & ~UINT64_C(1) : rows;
}

static int compute(const struct format *format, uint32_t width, uint32_t height,
                   struct shmflip_layout *layout)
{
	uint64_t offset = 0, stride;

	for (uint32_t plane = 0; plane < format->info.planes; plane++) {
		stride = stride_of(format, plane, width);
		if (stride > UINT32_MAX)
			return fail(-EOVERFLOW, "rows of %u pixels are too long", width);
		if (stride > BYTES_MAX / height)
			return fail(-EOVERFLOW, "frames of %ux%u pixels are too large", width,
			            height);
		layout->stride_bytes[plane] = (uint32_t)stride;
		layout->rows[plane] = format_rows(format, plane, height);
		layout->row_bytes[plane] = (uint32_t)format_row_bytes(format, plane, width);
		layout->offset_bytes[plane] = offset;
		layout->bytes = offset + stride * layout->rows[plane];
		offset += stride * rows_taken(format, plane, height);
	}
	layout->planes = format->info.planes;
	return 0;
}

int shmflip_format_layout(uint32_t fourcc, uint32_t width, uint32_t height,
                          struct shmflip_layout *layout)
{
	const struct format *format = format_find(fourcc);
	struct shmflip_layout computed = { 0 };
	int error;

	if (!format)
		return fail(-EINVAL, "pixel format 0x%08x has no known layout", fourcc);
	if (width == 0 || height == 0)
		return fail(-EINVAL, "a frame of %ux%u pixels is empty", width, height);
	error = compute(format, width, height, &computed);
	if (error)
		return error;
	return structure_write(layout, &computed, sizeof(computed), "shmflip_layout");
}
